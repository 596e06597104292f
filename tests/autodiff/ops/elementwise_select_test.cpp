#include "tests/autodiff/laws/laws.hpp"
#include "thalweg/autodiff/ops/select.hpp"

using namespace thalweg;

TEST_SUITE("selecting ops") {
  TEST_CASE("abs") { laws::slope_is_derivative<op::Abs>({-7.0, -1e-5, 0.4, 1e5}); }
  TEST_CASE("sign") { laws::slope_is_derivative<op::Sign>({-7.0, -0.1, 0.4, 1e5}); }
  TEST_CASE("floor") { laws::slope_is_derivative<op::Floor>({-7.3, -0.1, 0.4}); }
  TEST_CASE("ceil") { laws::slope_is_derivative<op::Ceil>({-7.3, -0.1, 0.4}); }
  TEST_CASE("round") { laws::slope_is_derivative<op::Round>({-7.3, -0.1, 0.4}); }
  TEST_CASE("maximum") {
    laws::slope_is_derivative<op::Maximum>({{1.0, 2.0}, {3.0, -4.0}, {-1.0, -0.5}, {0.5, 0.25}});
  }
  TEST_CASE("minimum") {
    laws::slope_is_derivative<op::Minimum>({{1.0, 2.0}, {3.0, -4.0}, {-1.0, -0.5}, {0.5, 0.25}});
  }

  TEST_CASE("at a tie and at a kink the slope is PyTorch's") {
    laws::takes<op::Abs>(0, 0, 0);
    laws::takes<op::Sign>(0, 0, 0);
    laws::takes<op::Maximum>({2, 2}, 2, {0.5, 0.5});
    laws::takes<op::Minimum>({2, 2}, 2, {0.5, 0.5});
    Tape tape;
    Var low = tape.variable(0.0), high = tape.variable(1.0), below = tape.variable(-2.0);
    Var y = clamp(low, 0, 1) + 10 * clamp(high, 0.0, 1.0) + 100 * clamp(below, low, high);
    const Gradients gradients = tape.backward(y);
    CHECK(gradients[low] == 101);
    CHECK(gradients[high] == 10);
    CHECK(gradients[below] == 0);
    CHECK(clamp(below, 3, 2).value() == 2);
  }
  TEST_CASE("NaN wins, infinities are numbers") {
    laws::takes<op::Maximum>({NAN, 1}, NAN, {0.5, 0.5});
    laws::takes<op::Maximum>({1, NAN}, NAN, {0.5, 0.5});
    laws::takes<op::Minimum>({1, NAN}, NAN, {0.5, 0.5});
    laws::takes<op::Maximum>({-INFINITY, 1}, 1, {0, 1});
    laws::takes<op::Abs>(-INFINITY, INFINITY, -1);
    laws::takes<op::Abs>(NAN, NAN, NAN);
    laws::takes<op::Sign>(NAN, NAN, 0);
    CHECK(std::isnan(clamp(std::nan(""), 0.0, 1.0)));
  }
  TEST_CASE("round takes halves away from 0, as std::round") {
    laws::takes<op::Round>(2.5, 3, 0);
    laws::takes<op::Round>(-2.5, -3, 0);
    laws::takes<op::Floor>(-0.5, -1, 0);
    laws::takes<op::Ceil>(0.25, 1, 0);
  }
}
