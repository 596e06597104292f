#include "thalweg/nn/layers/linear.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/close.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

using namespace thalweg;

namespace {
nn::Linear<double> small() {
  return {Tensor<double>{{1, 2, 3}, {4, 5, 6}}, Tensor<double>{10, 20}};
}
}  // namespace

TEST_CASE("Linear: y = x W' + b") {
  const Tensor<double> x = {{1, 0, 0}, {0, 1, -1}};
  const Tensor y = small()(x);
  CHECK(y.shape() == Shape{2, 2});
  CHECK(y.to_vector() == std::vector<double>{11, 24, 9, 19});
}

TEST_CASE("Linear: one example without a batch axis") {
  const Tensor y = small()(Tensor<double>{1, 1, 1});
  CHECK(y.shape() == Shape{2});
  CHECK(y.to_vector() == std::vector<double>{16, 35});
}

TEST_CASE("Linear: gradients reach the input, the weight and the bias") {
  const auto layer = small();
  Tape tape;
  const Tensor x = tape.variable(Tensor<double>{{1, 2, 3}});
  const Tensor y = layer(x);
  const Gradients gradients = tape.backward(y, Tensor<double>{{1, -1}});
  CHECK(gradients[x].to_vector() == std::vector<double>{-3, -3, -3});
  CHECK(gradients[layer.weight].to_vector() == std::vector<double>{1, 2, 3, -1, -2, -3});
  CHECK(gradients[layer.bias].to_vector() == std::vector<double>{1, -1});
}

TEST_CASE("Linear: weight and bias start uniform on +-1 / sqrt(in)") {
  Random random{5};
  const nn::Linear<float> layer{100, 400, random};
  CHECK(layer.in() == 100);
  CHECK(layer.out() == 400);
  for (const auto* parameter : {&layer.weight, &layer.bias}) {
    double squares = 0, largest = 0;
    for (const float value : parameter->value().values()) {
      squares += double(value) * double(value);
      largest = std::max(largest, std::abs(double(value)));
    }
    CHECK(largest <= 0.1);
    CHECK(largest > 0.099);
    // Of n draws the mean square is off by a share of √(0.8 / n); five times that is borne.
    const double n = static_cast<double>(parameter->size());
    CHECK(testing::close(squares / n, 0.01 / 3, {.relative = 5 * std::sqrt(0.8 / n)}));
  }
}

TEST_CASE("Linear: equal seeds make equal layers") {
  Random one{3}, two{3};
  CHECK(nn::Linear<float>(4, 3, one).weight.value().to_vector() ==
        nn::Linear<float>(4, 3, two).weight.value().to_vector());
}

TEST_CASE("Linear: sizes and shapes that are none are refused") {
  Random random{1};
  CHECK_THROWS_WITH_AS((nn::Linear<float>{0, 3, random}),
                       "Linear: 0 inputs and 3 outputs; expected at least one of each", ValueError);
  CHECK_THROWS_WITH_AS((nn::Linear<double>{Tensor<double>{{1, 2}}, Tensor<double>{1, 2}}),
                       "Linear: weight [1, 2] and bias [2]; expected [out, in] and [out]",
                       ShapeError);
}
