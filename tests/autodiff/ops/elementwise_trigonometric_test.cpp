#include "tests/autodiff/laws/laws.hpp"
#include "thalweg/autodiff/ops/trigonometric.hpp"

using namespace thalweg;

TEST_SUITE("trigonometric") {
  TEST_CASE("sin") { laws::slope_is_derivative<op::Sin>({-3.0, 0.0, 1.5, 100.0, 1e4}); }
  TEST_CASE("cos") { laws::slope_is_derivative<op::Cos>({-3.0, 0.0, 1.5, 100.0, 1e4}); }
  TEST_CASE("tan") { laws::slope_is_derivative<op::Tan>({-3.0, 0.0, 1.5, 100.0}); }
  TEST_CASE("asin") { laws::slope_is_derivative<op::Asin>({-0.999, -0.3, 0.0, 0.7, 0.9999}); }
  TEST_CASE("acos") { laws::slope_is_derivative<op::Acos>({-0.999, -0.3, 0.0, 0.7, 0.9999}); }
  TEST_CASE("atan") { laws::slope_is_derivative<op::Atan>({-1e3, -1.0, 0.0, 0.2, 50.0}); }
  TEST_CASE("atan2") {
    laws::slope_is_derivative<op::Atan2>(
        {{1.0, 2.0}, {-1.0, -2.0}, {3.0, -0.5}, {0.0, 1.0}, {1e-3, 0.7}, {1e10, 2e10}});
  }
  TEST_CASE("hypot") {
    laws::slope_is_derivative<op::Hypot>(
        {{3.0, 4.0}, {-1.0, 2.0}, {0.0, 1.0}, {1e-3, 0.7}, {1e20, 2e20}});
  }

  TEST_CASE("the borders of the inverse functions") {
    laws::takes<op::Asin>(1, std::asin(1.0), INFINITY);
    laws::takes<op::Asin>(2, NAN, NAN);
    laws::takes<op::Acos>(1, 0, -INFINITY);
    laws::takes<op::Atan>(0, 0, 1);
    laws::takes<op::Atan>(INFINITY, std::acos(0.0), 0);
    laws::takes<op::Sin>(INFINITY, NAN, NAN);
    laws::takes<op::Tan>(0, 0, 1);
  }
  TEST_CASE("hypot and atan2 have slope 0 at the origin and neither overflows nor vanishes") {
    laws::takes<op::Hypot>({0, 0}, 0, {0, 0});
    laws::takes<op::Hypot>({0x3p800, 0x4p800}, 0x5p800, {0.6, 0.8});
    laws::takes<op::Atan2>({0, 0}, 0, {0, -0.0});
    laws::takes<op::Atan2>({0, 1e-200}, 0, {1e200, 0});
  }
}
