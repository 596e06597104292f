/// Recurrent layers that are no ops of this library, written as a user would write them with the
/// ops there are.

#include "autodiff/ops/activation.hpp"
#include "autodiff/ops/join.hpp"
#include "autodiff/ops/matmul.hpp"
#include "autodiff/ops/slice.hpp"
#include "autodiff/ops/trigonometric.hpp"
#include "cases.hpp"

namespace reference {
namespace {

/// State after state of cell(x Wᵢᵀ + bᵢ, h Wₕᵀ + bₕ, h), from h = 0.   x [batch, time, in], with
/// time first unless "batch_first".
template <class Cell>
Tensor<double> unrolled(const Case& c, Cell cell) {
  const int time = c.option("batch_first", false) ? 1 : 0;
  const Shape state{c["x"].size(1 - time), c["weight_hh"].size(1)};
  Tensor<double> h(state, std::vector<double>(std::size_t(state.size())));
  std::vector<Tensor<double>> states;
  for (Index t = 0; t < c["x"].size(time); ++t) {
    Tensor input = linear(at(c["x"], time, t), c["weight_ih"]);
    Tensor recurrent = linear(h, c["weight_hh"]);
    if (c.has_input("bias_ih")) input = input + c["bias_ih"];
    if (c.has_input("bias_hh")) recurrent = recurrent + c["bias_hh"];
    h = cell(input, recurrent, h);
    states.push_back(h);
  }
  return stack(states, time);
}

Tensor<double> rnn_tanh(const Case& c) {
  return unrolled(c, [](const auto& x, const auto& r, const auto&) { return Tensor(tanh(x + r)); });
}

Tensor<double> gru(const Case& c) {
  return unrolled(c, [](const auto& x, const auto& recurrent, const auto& h) {
    const auto in = split(x, Index{3}, 1), of_h = split(recurrent, Index{3}, 1);
    const Tensor reset = sigmoid(in[0] + of_h[0]);
    const Tensor update = sigmoid(in[1] + of_h[1]);
    const Tensor fresh = tanh(in[2] + reset * of_h[2]);
    return Tensor((1 - update) * fresh + update * h);
  });
}

Tensor<double> lstm(const Case& c) {
  const Shape state{c["x"].size(c.option("batch_first", false) ? 0 : 1), c["weight_hh"].size(1)};
  Tensor<double> memory(state, std::vector<double>(std::size_t(state.size())));
  return unrolled(c, [&memory](const auto& x, const auto& recurrent, const auto&) {
    const auto gates = split(x + recurrent, Index{4}, 1);  // input, forget, cell, output
    memory = sigmoid(gates[1]) * memory + sigmoid(gates[0]) * tanh(gates[2]);
    return Tensor(sigmoid(gates[3]) * tanh(memory));
  });
}

}  // namespace

const Ops& composed_layers() {
  static const Ops ops{
      {"rnn_tanh", rnn_tanh},
      {"gru", gru},
      {"lstm", lstm},
  };
  return ops;
}

}  // namespace reference

TEST_CASE("reference: layers composed of public ops") {
  reference::check_cases(reference::composed_layers());
}
