#include "thalweg/autodiff/base/shape.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <vector>

using namespace thalweg;

TEST_CASE("a shape is a range of its sizes, prints, and is no span of numbers") {
  const Shape shape{2, 3, 4};
  CHECK(std::vector<Index>(shape.begin(), shape.end()) == std::vector<Index>{2, 3, 4});
  CHECK(shape.sizes().size() == 3);
  CHECK(shape.end() - shape.begin() == 3);
  CHECK(Shape(shape.sizes().first(2)) == Shape{2, 3});
  std::ostringstream text;
  text << shape << Shape{};
  CHECK(text.str() == "[2, 3, 4][]");
  static_assert(!std::is_convertible_v<Shape, std::span<const Index>>);
  static_assert(!std::is_constructible_v<std::span<const Index>, const Shape&>);
}
