#include <doctest/doctest.h>

#include <vector>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/nn/layers/group_norm.hpp"
#include "thalweg/nn/layers/layer_norm.hpp"
#include "thalweg/nn/layers/prelu.hpp"
#include "thalweg/nn/layers/rms_norm.hpp"
#include "thalweg/nn/model/check_gradient.hpp"

using namespace thalweg;
using Names = std::vector<std::string>;

namespace {

Tensor<double> some(const Shape& shape) {
  Random random{11};
  Tensor<double> x = Tensor<double>::uninitialised(shape);
  random.fill_normal(x.mutable_values(), 1, 2);
  return x;
}

Names names(auto& model) {
  Names result;
  for (const auto& named : nn::state(model)) result.push_back(named.name);
  return result;
}

void check_parameters(auto& layer, const Tensor<double>& x) {
  const auto report = nn::check_gradient(layer, [&] { return layer(x); });
  CHECK_MESSAGE(report.passed, to_string(report));
}

}  // namespace

TEST_CASE("Normalisation: numbers whose squares float does not hold are normalised too") {
  for (const float scale : {1e25f, 1e-25f}) {
    const Tensor<float> x{{3 * scale, -3 * scale, 3 * scale, -3 * scale}};
    const nn::RMSNorm<float> rms{4, {.epsilon = 0}};
    const nn::LayerNorm<float> layer{4, {.epsilon = 0}};
    for (const Tensor<float>& y : {rms(x), layer(x)})
      for (Index k = 0; k < 4; ++k)
        CHECK(double(y.data()[k]) == doctest::Approx(k % 2 ? -1 : 1).epsilon(1e-6));
  }
}

TEST_CASE("LayerNorm: weight and bias start as ones and zeros, and are learned") {
  nn::LayerNorm<double> norm{Shape{2, 3}};
  const Tensor<double> x = some({4, 2, 3});
  CHECK(norm(x).to_vector() == layer_norm(x, {2, 3}).to_vector());
  CHECK(names(norm) == Names{"weight", "bias"});
  check_parameters(norm, x);
}

TEST_CASE("LayerNorm: with weight alone, and with neither") {
  nn::LayerNorm<double> weighted{6, {.bias = false}}, bare{6, {.affine = false}};
  CHECK(names(weighted) == Names{"weight"});
  CHECK(names(bare).empty());
  check_parameters(weighted, some({2, 6}));
  CHECK(bare(some({2, 6})).to_vector() == layer_norm(some({2, 6}), {6}).to_vector());
}

TEST_CASE("RMSNorm: the weight starts as ones and is learned") {
  nn::RMSNorm<double> norm{5, {.epsilon = 0.1}};
  CHECK(norm(some({3, 5})).to_vector() == rms_norm(some({3, 5}), {5}, {}, 0.1).to_vector());
  CHECK(names(norm) == Names{"weight"});
  check_parameters(norm, some({3, 5}));
}

TEST_CASE("GroupNorm: does not see the other examples") {
  nn::GroupNorm<double> norm{2, 6};
  const Tensor<double> x = some({2, 6, 5});
  const Tensor<double> first(Shape{1, 6, 5}, x.values().first(30));
  const auto both = norm(x).to_vector();
  CHECK(norm(first).to_vector() == std::vector<double>(both.begin(), both.begin() + 30));
  check_parameters(norm, x);
}

TEST_CASE("PReLU: one slope, or one per channel") {
  nn::PReLU<double> one, each{3};
  each.weight.assign(Tensor<double>{0, 0.5, 2});
  const Tensor<double> x = {{-2, 4, -1}, {1, -4, 3}};
  CHECK(one(x).to_vector() == std::vector<double>{-0.5, 4, -0.25, 1, -1, 3});
  CHECK(each(x).to_vector() == std::vector<double>{0, 4, -2, 1, -2, 3});
  check_parameters(one, x);
  check_parameters(each, some({2, 3, 2, 2}));
}

TEST_CASE("Layers of norms refuse what does not fit") {
  using nn::GroupNorm, nn::LayerNorm, nn::RMSNorm;
  CHECK_THROWS_WITH_AS(LayerNorm<float>{0}, "LayerNorm: shape [0]; expected sizes of at least 1",
                       ValueError);
  CHECK_THROWS_WITH_AS((LayerNorm<float>{1, {.epsilon = -1}}),
                       "LayerNorm: epsilon is -1; expected at least 0", ValueError);
  CHECK_THROWS_WITH_AS((LayerNorm<double>{some({2}), some({3})}),
                       "LayerNorm: weight [2] and bias [3]; expected the same shape", ShapeError);
  CHECK_THROWS_WITH_AS(LayerNorm<double>{4}(some({2, 3})),
                       "layer_norm: x has shape [2, 3]; its last sizes should be [4]", ShapeError);
  CHECK_THROWS_WITH_AS(RMSNorm<float>{Shape{}}, "RMSNorm: shape []; expected sizes of at least 1",
                       ValueError);
  CHECK_THROWS_WITH_AS((GroupNorm<float>{4, 6}),
                       "GroupNorm: 4 groups of 6 channels; expected a divisor", ValueError);
  CHECK_THROWS_WITH_AS((GroupNorm<float>{1, -6}),
                       "GroupNorm: 1 groups of 0 channels; expected a divisor", ValueError);
  CHECK_THROWS_WITH_AS((GroupNorm<double>{1, some({2}), some({3})}),
                       "GroupNorm: weight [2] and bias [3]; expected [channels] of each",
                       ShapeError);
  CHECK_THROWS_WITH_AS(nn::PReLU<double>{4}(some({2, 3})),
                       "PReLU: x has shape [2, 3]; expected [n, 4, ...]", ShapeError);
  CHECK_THROWS_WITH_AS(nn::PReLU<float>{0}, "PReLU: 0 weights; expected at least one", ValueError);
}
