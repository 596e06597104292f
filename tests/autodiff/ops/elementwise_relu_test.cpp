#include "tests/autodiff/laws/laws.hpp"
#include "thalweg/autodiff/ops/activation.hpp"

using namespace thalweg;

TEST_SUITE("activations with kinks") {
  TEST_CASE("relu") { laws::slope_is_derivative<op::Relu>({-7.0, -0.3, 0.4, 1e5}); }
  TEST_CASE("relu6") { laws::slope_is_derivative<op::Relu6>({-7.0, -0.3, 0.4, 5.7, 9.0}); }
  TEST_CASE("leaky_relu") {
    laws::slope_is_derivative<op::LeakyRelu>({-7.0, -0.3, 0.4, 1e5});
    laws::slope_is_derivative<op::LeakyRelu>({-7.0, 0.4}, {0.1});
  }
  TEST_CASE("elu") {
    laws::slope_is_derivative<op::Elu>({-7.0, -0.3, 0.4, 1e5});
    laws::slope_is_derivative<op::Elu>({-7.0, -0.3, 0.4}, {2.5});
  }
  TEST_CASE("selu") { laws::slope_is_derivative<op::Selu>({-7.0, -0.3, 0.4, 1e5}); }
  TEST_CASE("hardtanh") {
    laws::slope_is_derivative<op::Hardtanh>({-7.0, -0.3, 0.4, 2.0});
    laws::slope_is_derivative<op::Hardtanh>({-7.0, 0.4, 4.5, 7.0}, {0.0, 5.0});
  }
  TEST_CASE("hardsigmoid") { laws::slope_is_derivative<op::Hardsigmoid>({-7.0, -2.7, 0.4, 4.0}); }
  TEST_CASE("hardswish") { laws::slope_is_derivative<op::Hardswish>({-7.0, -2.7, 0.4, 4.0}); }

  TEST_CASE("at a kink the slope is PyTorch's") {
    laws::takes<op::Relu>(0, 0, 0);
    laws::takes<op::Relu>(-0.0, 0, 0);
    laws::takes<op::Relu6>(0, 0, 0);
    laws::takes<op::Relu6>(6, 6, 0);
    laws::takes<op::LeakyRelu>(0, 0, 0.25, {0.25});
    laws::takes<op::Elu>(0, 0, 1.5, {1.5});
    laws::takes<op::Hardtanh>(-1, -1, 0);
    laws::takes<op::Hardtanh>(1, 1, 0);
    laws::takes<op::Hardsigmoid>(-3, 0, 0);
    laws::takes<op::Hardsigmoid>(3, 1, 0);
    laws::takes<op::Hardswish>(-3, 0, -0.5);
    laws::takes<op::Hardswish>(3, 3, 1.5);
  }
  TEST_CASE("limits are taken at infinity, and NaN stays NaN") {
    laws::takes<op::Relu>(INFINITY, INFINITY, 1);
    laws::takes<op::Relu>(-INFINITY, 0, 0);
    laws::takes<op::Relu>(NAN, NAN, 1);
    laws::takes<op::Relu6>(NAN, NAN, 1);
    laws::takes<op::LeakyRelu>(-INFINITY, 0, 0, {0.0});
    laws::takes<op::LeakyRelu>(-INFINITY, -INFINITY, 0.5, {0.5});
    laws::takes<op::Elu>(-INFINITY, -1, 0);
    laws::takes<op::Elu>(INFINITY, INFINITY, 1);
    laws::takes<op::Elu>(NAN, NAN, NAN);
    laws::takes<op::Hardswish>(-INFINITY, 0, 0);
    laws::takes<op::Hardswish>(INFINITY, INFINITY, 1);
    laws::takes<op::Hardsigmoid>(NAN, NAN, 1.0 / 6);
  }
  TEST_CASE("options out of their domain are refused") {
    const Tensor<double> x = {1.0, -2.0};
    CHECK_THROWS_WITH_AS(leaky_relu(x, -0.1), "leaky_relu: slope is -0.1; it must not be negative",
                         ValueError);
    CHECK_THROWS_WITH_AS(elu(x, -1), "elu: alpha is -1; it must not be negative", ValueError);
    CHECK_THROWS_WITH_AS(hardtanh(x, 2, 1), "hardtanh: the bounds 2 and 1 are not in order",
                         ValueError);
  }
}
