#include "tests/autodiff/laws/laws.hpp"
#include "thalweg/autodiff/ops/select.hpp"

using namespace thalweg;

TEST_SUITE("ops of three arguments") {
  TEST_CASE("fma") {
    laws::slope_is_derivative<op::Fma>({{1.0, 2.0, 3.0}, {-2.0, 0.5, 7.0}, {0.1, 0.2, -0.3}});
  }
  TEST_CASE("clamp") {
    laws::slope_is_derivative<op::Clamp>({{1.0, 0.5, 2.5}, {-2.0, -1.0, 1.5}, {7.0, -3.0, 2.0}});
  }
  TEST_CASE("where") {
    laws::slope_is_derivative<op::Where>({{1.0, 2.0, 3.0}, {2.0, 0.5, 7.0}, {-0.5, 0.2, -0.3}});
  }
}
