#include "thalweg/nn/onnx/recurrent.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::nn::detail {
namespace {

using Part = Tensor<float> RecurrentWeights<float>::*;

/// The same weights of all directions in one tensor [directions, …]; of several parts, all gates of
/// the first stand before those of the second.
OnnxValue joined(OnnxGraph& graph, const OnnxRecurrent& form,
                 const std::vector<RecurrentWeights<float>>& directions,
                 const std::vector<Part>& parts) {
  const Tensor<float>& first = directions[0].*parts[0];
  Shape shape{static_cast<Index>(directions.size()),
              first.shape()[0] * static_cast<Index>(parts.size())};
  if (first.rank() == 2) shape.push_back(first.shape()[1]);
  auto all = Tensor<float>::uninitialised(shape);
  float* to = all.unshared_data();
  const Index block = first.size() / static_cast<Index>(form.gates.size());
  for (const auto& direction : directions)
    for (const Part part : parts)
      for (const Index gate : form.gates)
        to = std::copy_n((direction.*part).data() + gate * block, block, to);
  return graph.constant(all);
}

/// [time, batch, …] to [batch, time, …] and back.
OnnxValue swapped(OnnxGraph& graph, const OnnxValue& x) {
  return graph.node("Transpose", {x}, {{"perm", {1, 0, 2}}}, {x.shape[1], x.shape[0], x.shape[2]});
}

/// x [time, batch, in] to [time, batch, directions · hidden]; the node's own result is
/// [time, directions, batch, hidden].
OnnxValue layer_nodes(OnnxGraph& graph, const OnnxRecurrent& form,
                      const std::vector<RecurrentWeights<float>>& directions, const OnnxValue& x) {
  const Index time = x.shape[0], batch = x.shape[1], hidden = directions[0].hh.shape()[1];
  const auto count = static_cast<Index>(directions.size());
  using Weights = RecurrentWeights<float>;
  std::vector<OnnxValue> inputs = {x, joined(graph, form, directions, {&Weights::ih}),
                                   joined(graph, form, directions, {&Weights::hh})};
  if (directions[0].bias_ih.size() > 0)
    inputs.push_back(joined(graph, form, directions, {&Weights::bias_ih, &Weights::bias_hh}));
  std::vector<OnnxAttribute> attributes = form.attributes;
  attributes.emplace_back("hidden_size", hidden);
  attributes.emplace_back("direction", count == 2 ? "bidirectional" : "forward");
  const OnnxValue y = graph.node(form.op, inputs, attributes, {time, count, batch, hidden});
  const Shape wide{time, batch, count * hidden};
  if (count == 1)
    return graph.node("Squeeze", {y, graph.constant(Tensor<Index>(std::vector<Index>{1}))}, {},
                      wide);
  const OnnxValue beside =
      graph.node("Transpose", {y}, {{"perm", {0, 2, 1, 3}}}, {time, batch, count, hidden});
  const Tensor<Index> sizes(std::vector<Index>{0, 0, count * hidden});  // 0: as it was
  return graph.node("Reshape", {beside, graph.constant(sizes)}, {}, wide);
}

}  // namespace

OnnxRecurrent onnx_form(const cells::Rnn& cell, Index directions) {
  const bool tanh = cell.nonlinearity == Nonlinearity::tanh;
  return {"RNN", {0}, {{"activations", OnnxAttribute::Texts(directions, tanh ? "Tanh" : "Relu")}}};
}
OnnxRecurrent onnx_form(const cells::Lstm&, Index) { return {"LSTM", {0, 3, 1, 2}}; }
OnnxRecurrent onnx_form(const cells::Gru&, Index) {
  return {"GRU", {1, 0, 2}, {{"linear_before_reset", 1}}};
}

OnnxValue recurrent_nodes(OnnxGraph& graph, const OnnxRecurrent& form,
                          const OnnxRecurrentLayers& layers, const OnnxValue& x) {
  const Index in = layers[0][0].ih.shape()[1];
  if (x.shape.rank() != 3 || x.shape[2] != in)
    throw ShapeError(
        fmt::format("export_onnx: {} reads {}; expected [batch, time, {}]", form.op, x.shape, in));
  OnnxValue y = swapped(graph, x);
  for (const auto& directions : layers) y = layer_nodes(graph, form, directions, y);
  return swapped(graph, y);
}

}  // namespace thalweg::nn::detail
