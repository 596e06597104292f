#include "tests/autodiff/laws/laws.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"

using namespace thalweg;

TEST_SUITE("exponential") {
  TEST_CASE("exp") { laws::slope_is_derivative<op::Exp>({-80.0, -1.0, 0.0, 0.3, 20.0, 700.0}); }
  TEST_CASE("expm1") { laws::slope_is_derivative<op::Expm1>({-5.0, -1e-6, 0.0, 0.3, 20.0}); }
  TEST_CASE("log") { laws::slope_is_derivative<op::Log>({1e-30, 0.2, 1.001, 9.0, 1e30}); }
  TEST_CASE("log1p") { laws::slope_is_derivative<op::Log1p>({-0.999, -1e-9, 0.0, 3.0, 1e10}); }
  TEST_CASE("log2") { laws::slope_is_derivative<op::Log2>({1e-30, 0.2, 1.001, 9.0, 1e30}); }
  TEST_CASE("log10") { laws::slope_is_derivative<op::Log10>({1e-30, 0.2, 1.001, 9.0, 1e30}); }

  TEST_CASE("the borders of the exponentials and logarithms") {
    laws::takes<op::Exp>(-INFINITY, 0, 0);
    laws::takes<op::Exp>(INFINITY, INFINITY, INFINITY);
    laws::takes<op::Exp>(1e5, INFINITY, INFINITY);
    laws::takes<op::Expm1>(-INFINITY, -1, 0);
    laws::takes<op::Log>(0, -INFINITY, INFINITY);
    laws::takes<op::Log>(INFINITY, INFINITY, 0);
    laws::takes<op::Log>(1, 0, 1);
    laws::takes<op::Log1p>(-1, -INFINITY, INFINITY);
    laws::takes<op::Log2>(0, -INFINITY, INFINITY);
    laws::takes<op::Log10>(0, -INFINITY, INFINITY);
  }
}
