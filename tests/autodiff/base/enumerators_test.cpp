#include "thalweg/autodiff/base/enumerators.hpp"

#include <doctest/doctest.h>

using namespace thalweg;

namespace {

enum class Season { spring, summer, autumn, winter };
enum class Phase : bool { first, second };
enum class Sparse { zero, two = 2 };
enum class Nothing {};
struct Owner {
  enum class Inner { e0, e1, e2 };
};

}  // namespace

TEST_CASE("enumerators are counted from 0 to the first number without a name") {
  static_assert(enumerator_count<Season> == 4);
  static_assert(enumerator_count<Phase> == 2);
  static_assert(enumerator_count<Owner::Inner> == 3);
  static_assert(enumerator_count<Sparse> == 1);
  static_assert(enumerator_count<Nothing> == 0);
}
