#include "tests/autodiff/laws.hpp"

using namespace thalweg;

TEST_SUITE("exponential") {
  TEST_CASE("exp") { laws::slope_is_derivative<op::Exp>({-80.0, -1.0, 0.0, 0.3, 20.0, 700.0}); }
  TEST_CASE("expm1") { laws::slope_is_derivative<op::Expm1>({-5.0, -1e-6, 0.0, 0.3, 20.0}); }
}
