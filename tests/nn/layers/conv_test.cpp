#include "thalweg/nn/layers/conv.hpp"

#include <doctest/doctest.h>

#include "thalweg/autodiff/ops/activation.hpp"
#include "thalweg/autodiff/ops/views.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"
#include "thalweg/nn/layers/linear.hpp"
#include "thalweg/nn/layers/pooling.hpp"
#include "thalweg/nn/losses/losses.hpp"
#include "thalweg/nn/model/check_gradient.hpp"

using namespace thalweg;

namespace {

template <class Real>
struct Net {
  nn::Conv2d<Real> conv;
  nn::MaxPool2d pool;
  nn::Linear<Real> output;
  auto operator()(const Tensor<Real>& x) const { return output(flatten(pool(tanh(conv(x))), 1)); }
};

template <class Layer>
void check_layer(Layer layer, const Tensor<double>& x) {
  const GradientReport report =
      nn::check_gradient({.directions = 10}, layer, [&] { return mean(square(layer(x))); });
  CHECK_MESSAGE(report, to_string(report));
}

}  // namespace

TEST_CASE("a convolution's parameters are called and shaped as PyTorch's") {
  Random random{1};
  nn::Conv2d<float> conv{4, 6, {3, 2}, {.groups = 2}, random};
  const auto list = nn::parameters(conv);
  REQUIRE(list.size() == 2);
  CHECK(list[0].name == "weight");
  CHECK(list[0].parameter->shape() == Shape{6, 2, 3, 2});
  CHECK(list[1].name == "bias");
  CHECK(conv.in() == 4);
  CHECK(nn::ConvTranspose2d<float>(4, 6, 3, random).weight.shape() == Shape{4, 6, 3, 3});
  CHECK(nn::Conv1d<float>(4, 6, 3, random).weight.shape() == Shape{6, 4, 3});
}

TEST_CASE("without a bias there is no parameter for it") {
  Random random{1};
  nn::Conv2d<double> conv{1, 2, 3, {.bias = false}, random};
  CHECK(nn::parameters(conv).size() == 1);
  CHECK(conv(zeros({1, 1, 3, 3})).to_vector() == std::vector<double>{0, 0});
}

TEST_CASE("the weights start within ±1/√fan_in") {
  Random random{1};
  const nn::Conv2d<double> conv{4, 8, 5, random};
  for (const double w : conv.weight.value().values()) CHECK(std::abs(w) <= 0.1);
  for (const double b : conv.bias->value().values()) CHECK(std::abs(b) <= 0.1);
}

TEST_CASE("convolution layers: gradients of all parameters") {
  Random random{2};
  const auto image = normal({2, 4, 6, 5}, random), line = normal({2, 4, 7}, random);
  check_layer(nn::Conv2d<double>(4, 6, 3, {.stride = 2, .padding = 1, .groups = 2}, random), image);
  check_layer(nn::Conv1d<double>(4, 3, 3, {.padding = 1}, random), line);
  check_layer(nn::ConvTranspose2d<double>(4, 2, 3, {.stride = 2}, random), image);
}

TEST_CASE("a small network of convolution, pooling and an affine map") {
  Random random{3};
  Net<double> net{{1, 2, 3, {.padding = 1}, random}, {2}, {2 * 3 * 3, 4, random}};
  const auto x = normal({3, 1, 6, 6}, random);
  const GradientReport report = nn::check_gradient(net, [&] {
    return nn::cross_entropy(net(x), IndexTensor{0, 3, 1});
  });
  CHECK_MESSAGE(report, to_string(report));
}

TEST_CASE("convolution layers: what is refused, and how") {
  Random random{1};
  CHECK_THROWS_WITH_AS(
      (nn::Conv2d<float>{3, 4, 3, {.groups = 2}, random}),
      "Conv2d: 3 channels in, 4 out, 2 groups, a kernel of [3, 3]; expected at least one of each, "
      "and groups that divide both",
      ValueError);
  CHECK_THROWS_AS((nn::Conv2d<double>{ones({2, 2}), {}}), ShapeError);
  CHECK_THROWS_AS((nn::Conv2d<double>{ones({2, 1, 3, 3}), ones({3})}), ShapeError);
}
