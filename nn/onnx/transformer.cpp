#include "thalweg/nn/onnx/transformer.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/onnx/activations.hpp"

namespace thalweg::nn::detail {
namespace {

OnnxValue list(OnnxGraph& graph, const std::vector<Index>& numbers) {
  return graph.constant(Tensor<Index>(numbers));
}

/// x [b, t, e] by heads, [b, t, heads, e / heads], its axes then in this order.
OnnxValue split(OnnxGraph& graph, const OnnxValue& x, Index heads,
                const std::vector<Index>& order) {
  const Shape by_head{x.shape[0], x.shape[1], heads, x.shape[2] / heads};
  const OnnxValue y =
      graph.node("Reshape", {x, list(graph, {0, 0, heads, by_head[3]})}, {}, by_head);
  Shape shape;
  for (const Index axis : order) shape.push_back(by_head[static_cast<int>(axis)]);
  return graph.node("Transpose", {y}, {{"perm", order}}, shape);
}

/// Row i: 0 up to column i, then −∞.
Tensor<float> causal_mask(Index t) {
  auto mask = Tensor<float>::uninitialised({t, t});
  for (Index i = 0; i < t; ++i)
    for (Index j = 0; j < t; ++j)
      mask.unshared_data()[i * t + j] = j <= i ? 0 : -std::numeric_limits<float>::infinity();
  return mask;
}

}  // namespace

void expect_rows(const char* layer, const OnnxValue& x, Index e) {
  if (x.shape.rank() != 3 || x.shape[2] != e)
    throw ShapeError(
        fmt::format("export_onnx: {} reads {}; expected [b, t, {}]", layer, x.shape, e));
}

void refuse_rotary(bool rotary) {
  if (rotary)
    throw ValueError(
        "export_onnx: MultiHeadAttention with rotary positions has no ONNX form here; expected "
        "rotary = false");
}

OnnxValue position_nodes(OnnxGraph& graph, const OnnxValue& x, const Tensor<float>& p) {
  return graph.node("Add", {x, graph.constant(p)}, {}, x.shape);
}

OnnxValue first_rows_nodes(OnnxGraph& graph, const OnnxValue& x, const OnnxValue& table) {
  const Index t = x.shape[1], length = table.shape[0];
  if (t > length)
    throw IndexError(
        fmt::format("export_onnx: LearnedPositions: position {}; there are {}", t - 1, length));
  const OnnxValue steps = graph.node(
      "Slice", {graph.shape_of(x), list(graph, {1}), list(graph, {2}), list(graph, {0})}, {}, {1});
  const std::vector<OnnxValue> from_to = {table, list(graph, {0}), steps, list(graph, {0})};
  const OnnxValue p = graph.node("Slice", from_to, {}, {t, x.shape[2]});
  return graph.node("Add", {x, p}, {}, x.shape);
}

OnnxValue attention_nodes(OnnxGraph& graph, const OnnxValue& qkv, Index heads, bool causal) {
  const Index b = qkv.shape[0], t = qkv.shape[1], e = qkv.shape[2] / 3;
  const Shape rows{b, t, e}, scores_shape{b, heads, t, t};
  std::vector<OnnxValue> thirds;
  std::vector<OnnxAttribute> attributes = {{"axis", 2}};
  if (graph.opset() >= 18) attributes.emplace_back("num_outputs", 3);
  graph.node_of_many("Split", {qkv}, attributes, {rows, rows, rows}, thirds);
  const OnnxValue q = split(graph, thirds[0], heads, {0, 2, 1, 3});
  const OnnxValue k = split(graph, thirds[1], heads, {0, 2, 3, 1});
  const OnnxValue v = split(graph, thirds[2], heads, {0, 2, 1, 3});
  const double scale = 1 / std::sqrt(static_cast<double>(e / heads));
  const OnnxValue scaled = graph.node("Mul", {q, graph.constant(scale)}, {}, q.shape);
  OnnxValue scores = graph.node("MatMul", {scaled, k}, {}, scores_shape);
  if (causal)
    scores = graph.node("Add", {scores, graph.constant(causal_mask(t))}, {}, scores_shape);
  const OnnxValue weights = graph.node("Softmax", {scores}, {{"axis", 3}}, scores_shape);
  const OnnxValue y = graph.node("MatMul", {weights, v}, {}, v.shape);
  const OnnxValue beside =
      graph.node("Transpose", {y}, {{"perm", {0, 2, 1, 3}}}, {b, t, heads, e / heads});
  return graph.node("Reshape", {beside, list(graph, {0, 0, e})}, {}, rows);
}

OnnxValue rows_nodes(OnnxGraph& graph, const OnnxValue& x, const OnnxValue& transposed,
                     const OnnxValue& bias) {
  const Shape shape{x.shape[0], x.shape[1], transposed.shape[1]};
  const OnnxValue y = graph.node("MatMul", {x, transposed}, {}, shape);
  return bias.name.empty() ? y : graph.node("Add", {y, bias}, {}, shape);
}

OnnxValue activation_node(OnnxGraph& graph, TransformerActivation activation, const OnnxValue& x) {
  return activation == TransformerActivation::relu ? graph.add(ReLU{}, x) : graph.add(GELU{}, x);
}

}  // namespace thalweg::nn::detail
