#include "tests/autodiff/laws/laws.hpp"
#include "tests/close.hpp"
#include "thalweg/autodiff/ops/special.hpp"
#include "thalweg/autodiff/ops/trigonometric.hpp"

using namespace thalweg;

TEST_SUITE("hyperbolic and special") {
  TEST_CASE("sinh") { laws::slope_is_derivative<op::Sinh>({-20.0, -1e-3, 0.0, 1.0, 50.0}); }
  TEST_CASE("cosh") { laws::slope_is_derivative<op::Cosh>({-20.0, -1e-3, 0.0, 1.0, 50.0}); }
  TEST_CASE("tanh") { laws::slope_is_derivative<op::Tanh>({-3.0, -1e-3, 0.0, 1.0, 5.0}); }
  TEST_CASE("asinh") { laws::slope_is_derivative<op::Asinh>({-1e10, -1.0, 0.0, 0.5, 1e5}); }
  TEST_CASE("acosh") { laws::slope_is_derivative<op::Acosh>({1.0001, 1.5, 10.0, 1e10}); }
  TEST_CASE("atanh") { laws::slope_is_derivative<op::Atanh>({-0.999, -0.3, 0.0, 0.7, 0.99}); }
  TEST_CASE("erf") { laws::slope_is_derivative<op::Erf>({-2.0, -0.3, 0.0, 1.0, 3.0}); }
  TEST_CASE("erfc") { laws::slope_is_derivative<op::Erfc>({-2.0, -0.3, 0.0, 1.0, 3.0, 8.0}); }
  TEST_CASE("lgamma") {
    laws::slope_is_derivative<op::Lgamma>({-2.3, -0.4, 1e-3, 1.3, 2.2, 30.0, 1e5});
  }
  TEST_CASE("digamma") {
    laws::slope_is_derivative<op::Digamma>({-2.3, -0.4, 1e-3, 1.3, 2.2, 30.0, 1e3});
  }

  TEST_CASE("the borders of the hyperbolic functions") {
    laws::takes<op::Tanh>(INFINITY, 1, 0);
    laws::takes<op::Tanh>(-1000, -1, 0);
    laws::takes<op::Sinh>(-INFINITY, -INFINITY, INFINITY);
    laws::takes<op::Acosh>(1, 0, INFINITY);
    laws::takes<op::Acosh>(-2, NAN, NAN);
    laws::takes<op::Atanh>(1, INFINITY, INFINITY);
    laws::takes<op::Asinh>(0, 0, 1);
  }
  TEST_CASE("the slope of asinh and acosh outlives the square of x") {
    const op::Asinh asinh;
    const op::Acosh acosh;
    CHECK(laws::Of<op::Asinh>::rule<double>(asinh).at({1e200}).slopes[0] == 1e-200);
    CHECK(testing::close(laws::Of<op::Acosh>::rule<double>(acosh).at({1e200}).slopes[0], 1e-200,
                         {.relative = 1e-14}));
  }
  TEST_CASE("the borders of the special functions") {
    laws::takes<op::Erf>(INFINITY, 1, 0);
    laws::takes<op::Erf>(-INFINITY, -1, 0);
    laws::takes<op::Erfc>(-INFINITY, 2, 0);
    laws::takes<op::Erfc>(INFINITY, 0, 0);
    laws::takes<op::Lgamma>(0, INFINITY, -INFINITY);
    laws::takes<op::Lgamma>(-0.0, INFINITY, INFINITY);
    laws::takes<op::Lgamma>(-3, INFINITY, NAN);
    laws::takes<op::Lgamma>(INFINITY, INFINITY, INFINITY);
    laws::takes<op::Lgamma>(-INFINITY, INFINITY, NAN);
    laws::takes<op::Lgamma>(1, 0, kernels::digamma(1.0));
    laws::takes<op::Digamma>(0, -INFINITY, INFINITY);
    laws::takes<op::Digamma>(-2, NAN, INFINITY);
  }
}
