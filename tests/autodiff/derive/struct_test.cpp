#include <doctest/doctest.h>

#include <thalweg/autodiff/derive/check_gradient.hpp>
#include <thalweg/autodiff/derive/differentiate.hpp>
#include <thalweg/autodiff/ops/arithmetic.hpp>
#include <thalweg/autodiff/ops/reduce.hpp>
#include <thalweg/autodiff/tensor/creation.hpp>

using namespace thalweg;

namespace {

struct Line {
  Tensor<double> slope, offset;
  Index degree = 1;
};

template <class Number>
struct Circle {
  Number x, y;
  std::vector<Number> radii;
  bool closed = true;
};

struct Fit {
  Line line;
  Var<double> scale = 1;
};

struct Layer {
  Parameter<float> weight, bias;
};

}  // namespace

TEST_CASE("a struct of tensors has a gradient of its own type, constants as they are") {
  const Line at{Tensor{1.0, 2.0}, Tensor{3.0}, 4};
  const Line slopes = gradient(
      [](const Line& l) { return sum(l.slope * l.slope * l.offset) * double(l.degree); }, at);
  CHECK(slopes.slope.to_vector() == std::vector{24.0, 48.0});
  CHECK(slopes.offset.to_vector() == std::vector{20.0});
  CHECK(slopes.degree == 4);
}

TEST_CASE("a struct that is a template of its number is called with Var") {
  const Circle<double> at{2, 3, {4, 5}, false};
  const auto [value, slopes] = value_and_gradient(
      [](const auto& c) {
        CHECK_FALSE(c.closed);
        return c.x * c.y + c.radii[0] * c.radii[1];
      },
      at);
  CHECK(value == 26);
  CHECK(slopes.x == 3);
  CHECK(slopes.y == 2);
  CHECK(slopes.radii == std::vector{5.0, 4.0});
  CHECK_FALSE(slopes.closed);
}

TEST_CASE("structs nest, and stand beside other arguments") {
  const Fit at{{Tensor{1.0, 2.0}, Tensor{3.0, 4.0}}, 5.0};
  const auto [slopes, slope] = gradient(
      [](const Fit& fit, const Var<double>& factor) -> Var<double> { return fit.scale * factor; },
      at, 7.0);
  CHECK(slopes.scale.value() == 7);
  CHECK(slope == 5);
  CHECK(slopes.line.slope.to_vector() == std::vector{0.0, 0.0});
  const Fit nested =
      gradient([](const Fit& fit) { return sum(fit.line.slope * fit.line.offset); }, at);
  CHECK(nested.line.slope.to_vector() == std::vector{3.0, 4.0});
  CHECK(nested.scale.value() == 0);
}

TEST_CASE("a struct of parameters gives its gradient as parameters") {
  const Layer layer{Parameter(Tensor{1.0f, 2.0f}), Parameter(Tensor{0.5f, 0.25f})};
  const Layer slopes =
      gradient([](const Layer& l) { return sum(l.weight * l.weight + l.bias); }, layer);
  CHECK(slopes.weight.value().to_vector() == std::vector{2.0f, 4.0f});
  CHECK(slopes.bias.value().to_vector() == std::vector{1.0f, 1.0f});
}

TEST_CASE("check_gradient names a struct's members; a Jacobian has its numbers side by side") {
  const auto f = [](const Line& l) { return sum(l.slope * l.slope) + sum(l.offset); };
  const Line at{Tensor{1.0, 2.0}, Tensor{3.0}};
  CHECK(check_gradient(f, at));
  CHECK(jacobian(f, at).to_vector() == std::vector{2.0, 4.0, 1.0});
  const derive::ArgumentList arguments(at);
  CHECK(arguments.size() == 3);
  CHECK(arguments.blocks()[1].name == "offset");
}
