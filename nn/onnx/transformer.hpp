#pragma once
/// Self attention, transformer encoders and positions in ONNX. With the causal mask and sinusoidal
/// positions a text is as long as the sample's.
///
/// Not known: rotary positions, which are refused with a ValueError; attention to another text, so
/// no decoder; masks other than the causal one, and caches, which belong to calls, not to layers.

#include "thalweg/nn/layers/positional.hpp"
#include "thalweg/nn/layers/transformer.hpp"
#include "thalweg/nn/onnx/layers.hpp"
#include "thalweg/nn/onnx/norms.hpp"

namespace thalweg::nn {

namespace detail {

/// Throws ShapeError unless x is [b, t, e].
void expect_rows(const char* layer, const OnnxValue& x, Index e);
/// Throws ValueError if rotary.
void refuse_rotary(bool rotary);
/// x + p, p [t, e].
OnnxValue position_nodes(OnnxGraph& graph, const OnnxValue& x, const Tensor<float>& p);
/// x + the first rows of a table.
OnnxValue first_rows_nodes(OnnxGraph& graph, const OnnxValue& x, const OnnxValue& table);
/// softmax(q kᵀ / √d) v per head: qkv [b, t, 3e] to [b, t, e].
OnnxValue attention_nodes(OnnxGraph& graph, const OnnxValue& qkv, Index heads, bool causal);
/// x Wᵀ + b for x of rank 3; b only if it has a name.
OnnxValue rows_nodes(OnnxGraph& graph, const OnnxValue& x, const OnnxValue& transposed,
                     const OnnxValue& bias);
OnnxValue activation_node(OnnxGraph& graph, TransformerActivation activation, const OnnxValue& x);

/// linear2(activation(linear1 x))
template <class Real>
OnnxValue row_network_nodes(OnnxGraph& graph, const TransformerEncoderLayer<Real>& layer,
                            const OnnxValue& x) {
  const OnnxValue inner = graph.add(layer.linear1, x);
  return graph.add(layer.linear2, activation_node(graph, layer.options().activation, inner));
}

}  // namespace detail

/// Self attention; causal: row i sees rows 0 … i.
template <class Real>
OnnxValue to_onnx(OnnxGraph& graph, const MultiHeadAttention<Real>& layer, const OnnxValue& x,
                  bool causal = false) {
  detail::refuse_rotary(layer.options().rotary);
  detail::expect_rows("MultiHeadAttention", x, layer.size());
  const bool bias = layer.options().bias;
  const OnnxValue qkv =
      detail::rows_nodes(graph, x, detail::transposed(graph, layer.in_proj_weight.value()),
                         bias ? graph.weight(layer.in_proj_bias) : OnnxValue{});
  const OnnxValue y = detail::attention_nodes(graph, qkv, layer.heads(), causal);
  return detail::rows_nodes(graph, y, detail::transposed(graph, layer.out_proj.weight.value()),
                            bias ? graph.weight(layer.out_proj.bias) : OnnxValue{});
}

template <class Real>
OnnxValue to_onnx(OnnxGraph& graph, const TransformerEncoderLayer<Real>& layer,
                  const OnnxValue& x) {
  const bool causal = layer.options().causal;
  if (layer.options().norm_first) {
    const OnnxValue seen = to_onnx(graph, layer.self_attn, graph.add(layer.norm1, x), causal);
    const OnnxValue h = detail::sum_node(graph, x, seen);
    const OnnxValue y = detail::row_network_nodes(graph, layer, graph.add(layer.norm2, h));
    return detail::sum_node(graph, h, y);
  }
  const OnnxValue seen = to_onnx(graph, layer.self_attn, x, causal);
  const OnnxValue h = graph.add(layer.norm1, detail::sum_node(graph, x, seen));
  const OnnxValue y = detail::row_network_nodes(graph, layer, h);
  return graph.add(layer.norm2, detail::sum_node(graph, h, y));
}

template <class Real>
OnnxValue to_onnx(OnnxGraph& graph, const TransformerEncoder<Real>& encoder, const OnnxValue& x) {
  OnnxValue y = x;
  for (const auto& layer : encoder.layers) y = graph.add(layer, y);
  return encoder.options().norm_first ? graph.add(encoder.norm, y) : y;
}

/// From position 0 on.
template <class Real>
OnnxValue to_onnx(OnnxGraph& graph, const SinusoidalEncoding<Real>& layer, const OnnxValue& x) {
  detail::expect_rows("SinusoidalEncoding", x, layer.size);
  return detail::position_nodes(graph, x, OnnxGraph::to_float(layer.table(x.shape[1], layer.size)));
}
template <class Real>
OnnxValue to_onnx(OnnxGraph& graph, const LearnedPositions<Real>& layer, const OnnxValue& x) {
  detail::expect_rows("LearnedPositions", x, layer.weight.shape()[1]);
  return detail::first_rows_nodes(graph, x, graph.weight(layer.weight));
}

}  // namespace thalweg::nn
