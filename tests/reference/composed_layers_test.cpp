/// Normalisations, attention and recurrent layers that are no ops of this library, written as a
/// user would write them with the ops there are.

#include "autodiff/ops/activation.hpp"
#include "autodiff/ops/compare.hpp"
#include "autodiff/ops/exponential.hpp"
#include "autodiff/ops/join.hpp"
#include "autodiff/ops/matmul.hpp"
#include "autodiff/ops/select.hpp"
#include "autodiff/ops/slice.hpp"
#include "autodiff/ops/softmax.hpp"
#include "autodiff/ops/trigonometric.hpp"
#include "autodiff/ops/views.hpp"
#include "cases.hpp"

namespace reference {
namespace {

/// (x − m) / √(v + ε), m and v the mean and the variance along the axes.
Tensor<double> normalized(const Tensor<double>& x, std::span<const int> list, double epsilon) {
  const Axes axes(list);
  const Tensor d = x - mean(x, axes, keep_axes);
  return d / sqrt(mean(square(d), axes, keep_axes) + epsilon);
}

/// y w + b, as far as there are such inputs, lying along the axes of `shape` that are not 1.
Tensor<double> scaled(const Case& c, Tensor<double> y, const Shape& shape) {
  if (c.has_input("weight")) y = y * reshape(c["weight"], shape);
  if (c.has_input("bias")) y = y + reshape(c["bias"], shape);
  return y;
}

/// [1, channels, 1, …], for x [batch, channels, …].
Shape per_channel(const Tensor<double>& x) {
  Shape shape{1, x.size(1)};
  while (shape.rank() < x.rank()) shape.push_back(1);
  return shape;
}

/// The last axes, as many as the weight has.
std::vector<int> weight_axes(const Case& c) {
  std::vector<int> axes;
  for (int k = c.has_input("weight") ? c["weight"].rank() : 1; k > 0; --k) axes.push_back(-k);
  return axes;
}

Tensor<double> layer_norm(const Case& c) {
  const auto axes = weight_axes(c);
  const Tensor y = normalized(c["x"], axes, c.option("epsilon", 1e-5));
  return c.has_input("weight") ? scaled(c, y, c["weight"].shape()) : y;
}

Tensor<double> rms_norm(const Case& c) {
  const auto axes = weight_axes(c);
  const Tensor root =
      sqrt(mean(square(c["x"]), Axes(std::span(axes)), keep_axes) + c.option("epsilon", 1e-6));
  const Tensor y = c["x"] / root;
  return c.has_input("weight") ? scaled(c, y, c["weight"].shape()) : y;
}

Tensor<double> group_norm(const Case& c) {
  const Tensor rows = reshape(c["x"], {c["x"].size(0), c.option<Index>("groups", 1), -1});
  const Tensor y = normalized(rows, std::vector{-1}, c.option("epsilon", 1e-5));
  return scaled(c, reshape(y, c["x"].shape()), per_channel(c["x"]));
}

Tensor<double> batch_norm_train(const Case& c) {
  std::vector<int> axes{0};
  for (int axis = 2; axis < c["x"].rank(); ++axis) axes.push_back(axis);
  return scaled(c, normalized(c["x"], axes, c.option("epsilon", 1e-5)), per_channel(c["x"]));
}

Tensor<double> batch_norm_eval(const Case& c) {
  const Shape shape = per_channel(c["x"]);
  const Tensor variance = reshape(c.constant("variance"), shape);
  const Tensor y =
      (c["x"] - reshape(c.constant("mean"), shape)) / sqrt(variance + c.option("epsilon", 1e-5));
  return scaled(c, y, shape);
}

/// softmax(q kᵀ / √d) v; if causal, position i sees the positions up to i only.
Tensor<double> attention(const Case& c) {
  const double d = static_cast<double>(c["q"].size(-1));
  Tensor scores = matmul(c["q"], transpose(c["k"])) / std::sqrt(d);
  if (c.option("causal", false)) {
    const Index n = scores.size(-2), m = scores.size(-1);
    Tensor<double> hidden = Tensor<double>(Shape{n, m}, std::vector<double>(std::size_t(n * m)));
    for (Index i = 0; i < n; ++i)
      for (Index j = i + 1; j < m; ++j) hidden.set({i, j}, 1);
    scores = where(hidden, -INFINITY, scores);
  }
  return matmul(softmax(scores, -1), c["v"]);
}

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
      {"layer_norm", layer_norm},
      {"rms_norm", rms_norm},
      {"group_norm", group_norm},
      {"batch_norm_train", batch_norm_train},
      {"batch_norm_eval", batch_norm_eval},
      {"scaled_dot_product_attention", attention},
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
