#include <doctest/doctest.h>

#include <string>

#include "tests/close.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/extrema.hpp"
#include "thalweg/autodiff/ops/join.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/ops/select.hpp"
#include "thalweg/autodiff/ops/slice.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"
#include "thalweg/nn/layers/gru.hpp"
#include "thalweg/nn/layers/lstm.hpp"
#include "thalweg/nn/layers/rnn.hpp"
#include "thalweg/nn/model/check_gradient.hpp"

using namespace thalweg;
using testing::close, testing::same;

namespace {

using T = Tensor<double>;

template <class Model>
std::string names(const Model& model) {
  std::string text;
  for (const auto& named : nn::parameters(model))
    text += named.name + to_string(named.parameter->shape()) + " ";
  return text;
}

const T& first(const T& state) { return state; }
const T& first(const LstmState<double>& state) { return state.h; }

/// What a layer does with two layers and two directions is right.
template <class Layer>
void check_gradients(const Layer& layer) {
  Random random{3};
  const T x = normal<double>({2, 3, 2}, random);
  Layer copy = layer;
  const auto report = nn::check_gradient(copy, [&] {
    const auto result = copy(x, {}, {3, 2}, nn::evaluation);
    return Tensor(sum(square(result.output)) + sum(square(first(result.state))));
  });
  CHECK_MESSAGE(report.passed, to_string(report));
}

/// cell(x, state), step by step, is layer(x).
template <class Layer, class Cell>
void check_cell(const Layer& layer, const Cell& cell) {
  Random random{4};
  const T x = normal<double>({3, 4, 2}, random);
  typename Layer::State state;
  std::vector<T> outputs;
  for (Index t = 0; t < 4; ++t) {
    state = cell(at(x, 1, t), state);
    outputs.push_back(first(state));
  }
  const auto result = layer(x, nn::evaluation);
  CHECK(close(result.output, stack(outputs, 1), {.absolute = 1e-14}));
  CHECK(close(at(first(result.state), 0, 0), first(state), {.absolute = 1e-14}));
}

template <class Layer>
RecurrentWeights<double> weights_of(const Layer& layer) {
  const auto list = nn::parameters(layer);
  return {list[0].parameter->value(), list[1].parameter->value(), list[2].parameter->value(),
          list[3].parameter->value()};
}

}  // namespace

TEST_CASE("LSTM: parameters have PyTorch's names, order and shapes") {
  Random random{1};
  CHECK(names(nn::LSTM<float>{3, 2, random}) ==
        "weight_ih_l0[8, 3] weight_hh_l0[8, 2] bias_ih_l0[8] bias_hh_l0[8] ");
  CHECK(names(nn::GRU<float>{3, 2, {.layers = 2, .bidirectional = true, .bias = false}, random}) ==
        "weight_ih_l0[6, 3] weight_hh_l0[6, 2] weight_ih_l0_reverse[6, 3] "
        "weight_hh_l0_reverse[6, 2] weight_ih_l1[6, 4] weight_hh_l1[6, 2] "
        "weight_ih_l1_reverse[6, 4] weight_hh_l1_reverse[6, 2] ");
  CHECK(names(nn::RNNCell<float>{3, 2, random}) ==
        "weight_ih[2, 3] weight_hh[2, 2] bias_ih[2] bias_hh[2] ");
}

TEST_CASE("LSTM: all parameters start uniform on (-k, k), k = 1 / sqrt(hidden)") {
  Random random{1};
  const nn::LSTM<double> lstm(7, 100, random);
  for (const auto& named : nn::parameters(lstm)) {
    const double largest = max(abs(named.parameter->value())).item();
    CHECK(largest <= 0.1);
    CHECK(largest > 0.097);
  }
}

TEST_CASE("recurrent layers: gradients through layers, directions and lengths") {
  Random random{1};
  check_gradients(nn::RNN<double>{2, 3, {.layers = 2, .bidirectional = true}, random});
  check_gradients(nn::LSTM<double>{2, 2, {.layers = 2, .bidirectional = true}, random});
  check_gradients(nn::GRU<double>{2, 2, {.layers = 2, .bidirectional = true}, random});
  check_gradients(nn::LSTM<double>{2, 3, {.layers = 3, .bias = false}, random});
}

TEST_CASE("recurrent layers: a cell called step by step is the layer") {
  Random random{1};
  const nn::LSTM<double> lstm{2, 3, random};
  check_cell(lstm, nn::LSTMCell<double>{weights_of(lstm)});
  const nn::GRU<double> gru{2, 3, random};
  check_cell(gru, nn::GRUCell<double>{weights_of(gru)});
  const nn::RNN<double> rnn{2, 3, {.nonlinearity = Nonlinearity::relu}, random};
  check_cell(rnn, nn::RNNCell<double>{weights_of(rnn), Nonlinearity::relu});
}

TEST_CASE("recurrent layers: two layers are one on top of the other") {
  Random random{1};
  const nn::LSTM<double> lower{2, 3, random}, upper{3, 3, random};
  const nn::LSTM<double> both{{weights_of(lower), weights_of(upper)}, {.layers = 2}};
  const T x = normal<double>({4, 5, 2}, random);
  const auto [y, state] = both(x, nn::evaluation);
  const auto below = lower(x, nn::evaluation);
  const auto above = upper(below.output, nn::evaluation);
  CHECK(same(y, above.output));
  CHECK(same(state.c, concat({below.state.c, above.state.c})));
  const auto [z, later] = both(x, state, nn::evaluation);
  CHECK(same(
      z, upper(lower(x, below.state, nn::evaluation).output, above.state, nn::evaluation).output));
}

TEST_CASE("recurrent layers: dropout falls between layers and in training only") {
  Random random{1};
  const nn::GRU<double> one{2, 8, {.dropout = 0.5}, random};
  const nn::GRU<double> two{2, 8, {.layers = 2, .dropout = 0.5}, random};
  const T x = normal<double>({4, 5, 2}, random);
  const auto output = [&](const auto& layer, nn::Mode mode) { return layer(x, mode).output; };
  CHECK(same(output(one, nn::training(random)), output(one, nn::evaluation)));
  CHECK(same(output(two, nn::evaluation), output(two, nn::evaluation)));
  // Of NaN the largest is NaN, and not above.
  const T difference = abs(output(two, nn::training(random)) - output(two, nn::evaluation));
  CHECK(max(difference).item() > 0.01);
  Random a{9}, b{9};
  CHECK(same(output(two, nn::training(a)), output(two, nn::training(b))));
}

TEST_CASE("recurrent layers: what is none is refused") {
  Random random{1};
  CHECK_THROWS_WITH_AS((nn::LSTM<float>{0, 3, random}),
                       "LSTM: 0 inputs and 3 hidden units; expected at least one of each",
                       ValueError);
  CHECK_THROWS_WITH_AS((nn::GRU<float>{1, 3, {.layers = 0}, random}),
                       "GRU: 0 layers; expected at least one", ValueError);
  CHECK_THROWS_WITH_AS((nn::RNN<float>{1, 3, {.dropout = 1}, random}),
                       "RNN: dropout 1; expected at least 0 and below 1", ValueError);
  const nn::LSTM<double> lstm{2, 3, {.layers = 2}, random};
  const T x = zeros<double>({4, 5, 2});
  CHECK_THROWS_WITH_AS(lstm(x, {zeros<double>({1, 4, 3})}, nn::evaluation),
                       "LSTM: h of the first state [1, 4, 3]; expected [2, 4, 3]", ShapeError);
  CHECK_THROWS_WITH_AS(lstm(zeros<double>({4, 5, 3}), nn::evaluation),
                       "lstm: weight_ih [12, 2]; expected [12, 3]", ShapeError);
  CHECK_THROWS_WITH_AS((nn::LSTM<double>{{weights_of(lstm)}, {.layers = 2}}),
                       "LSTM: 1 sets of weights; expected 2 layers times 1 directions", ShapeError);
  const nn::LSTMCell<double> cell{2, 3, random};
  CHECK_THROWS_WITH_AS(cell(x), "LSTMCell: x [4, 5, 2]; expected [batch, in]", ShapeError);
  CHECK_THROWS_WITH_AS(cell(zeros<double>({4, 2}), {zeros<double>({4, 2})}),
                       "LSTMCell: h of the first state [4, 2]; expected [4, 3]", ShapeError);
}
