#include "thalweg/autodiff/base/pack.hpp"

#include <doctest/doctest.h>

#include <string>
#include <type_traits>

using namespace thalweg::detail;

TEST_CASE("a pack holds values side by side, equal types among them") {
  Pack<int, std::string, int> pack{1, "two", 3};
  CHECK(element<0>(pack) == 1);
  CHECK(element<1>(pack) == "two");
  element<2>(pack) = 4;
  CHECK(pack.unpack([](int a, const std::string& b, int c) { return a + int(b.size()) + c; }) == 8);
}

TEST_CASE("a pack of trivial types is trivial to copy and no larger than they are") {
  CHECK(std::is_trivially_copyable_v<Pack<double, Pack<float, float>>>);
  CHECK(sizeof(Pack<double, Pack<float, float>>) == 16);
}
