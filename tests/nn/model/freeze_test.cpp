#include "thalweg/nn/model/freeze.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/nn/layers/activations.hpp"
#include "thalweg/nn/layers/linear.hpp"
#include "thalweg/nn/layers/sequential.hpp"
#include "thalweg/nn/model/check_gradient.hpp"
#include "thalweg/optim/rules/adam.hpp"
#include "thalweg/optim/rules/sgd.hpp"
#include "thalweg/optim/training/lookahead.hpp"

using namespace thalweg;

namespace {

auto network() {
  Random random{1};
  return nn::Sequential{nn::Linear<double>{2, 3, random}, nn::Tanh{},
                        nn::Linear<double>{3, 1, random}};
}
const Tensor<double> x = {{1, 2}, {-1, 0.5}};

}  // namespace

TEST_CASE("freeze: a frozen parameter is on no tape and has gradient zero") {
  auto model = network();
  nn::freeze(model.get<0>());
  Tape tape;
  const Tensor<double> y = model(x);
  CHECK(tape.statements() == 2 + 2);  // the last layer alone
  const Gradients gradients = tape.backward(sum(y));
  CHECK(gradients[model.get<0>().weight].to_vector() == std::vector<double>(6, 0));
  CHECK(!gradients.contains(model.get<0>().weight));
  CHECK(gradients[model.get<2>().bias].to_vector() == std::vector<double>{2});
}

TEST_CASE("freeze: the gradients of the others are the same as before") {
  auto model = network();
  const auto gradient = [&] {
    Tape tape;
    return tape.backward(sum(model(x)))[model.get<0>().weight].to_vector();
  };
  const auto before = gradient();
  nn::freeze(model, "2.*");
  CHECK(gradient() == before);
}

TEST_CASE("freeze: optimizers leave frozen parameters alone, decay and momentum included") {
  auto model = network();
  const auto parameters = nn::parameters(model);
  optim::AdamW adam{{.rate = 0.1, .weight_decay = 0.1}};
  const auto step = [&] {
    Tape tape;
    adam.step(parameters, tape.backward(sum(model(x))));
  };
  step();
  nn::freeze(model, "*.bias");
  const auto weight = model.get<0>().weight.value().to_vector();
  const auto bias = model.get<0>().bias.value().to_vector();
  step();
  CHECK(model.get<0>().bias.value().to_vector() == bias);
  CHECK(model.get<0>().weight.value().to_vector() != weight);
  nn::unfreeze(model);
  step();
  CHECK(model.get<0>().bias.value().to_vector() != bias);
}

TEST_CASE("freeze: what is learned and what is frozen can be counted") {
  auto model = network();
  nn::freeze(model, "0.*");
  CHECK(nn::learned_count(model) == 4);
  CHECK(nn::frozen_count(model) == 9);
  CHECK(nn::parameter_count(model) == 13);
}

TEST_CASE("freeze: a copy is frozen as its original, a moved parameter stays so") {
  Parameter<float> original(Tensor<float>{1, 2});
  original.freeze();
  Parameter<float> copy = original;
  CHECK(copy.frozen());
  const Parameter<float> moved = std::move(copy);
  CHECK(moved.frozen());
  Parameter<float> other(Tensor<float>{3, 4});
  other = original;  // takes over the value only
  CHECK(!other.frozen());
}

TEST_CASE("freeze: a pattern that fits nothing is refused") {
  auto model = network();
  CHECK_THROWS_WITH_AS(nn::freeze(model, "encoder.*"),
                       "freeze: no parameter fits encoder.*; there is 0.weight, 0.bias, 2.weight, "
                       "2.bias",
                       ValueError);
  nn::ReLU nothing;
  CHECK_THROWS_WITH_AS(nn::unfreeze(nothing), "unfreeze: no parameter fits *; there is none",
                       ValueError);
}

TEST_CASE("freeze: Lookahead and the gradient check leave frozen parameters out") {
  auto model = network();
  const auto parameters = nn::parameters(model);
  optim::Lookahead optimizer{optim::Sgd{{.rate = 0.1}}, {.k = 2}};
  const auto step = [&] {
    Tape tape;
    optimizer.step(parameters, tape.backward(sum(model(x))));
  };
  step();
  nn::freeze(model, "*.bias");
  const auto bias = model.get<2>().bias.value().to_vector();
  step();  // the slow weights are half-way back
  CHECK(model.get<2>().bias.value().to_vector() == bias);
  const GradientReport report = nn::check_gradient(model, [&] { return sum(model(x)); });
  CHECK(report);
  CHECK(report.compared == 9);  // the weights
}
