#pragma once
/// RNN, LSTM and GRU in ONNX: one node per layer, both directions in it.
///
/// What is exported of a call from a state of zeros is its output [batch, time, directions ·
/// hidden], not the state; its time can be an axis of any length. For the last step alone:
///
///     nn::OnnxValue to_onnx(nn::OnnxGraph& graph, nn::OnnxValue x) const {
///       const nn::OnnxValue y = graph.add(lstm, x);          // [batch, time, hidden]
///       const nn::OnnxValue last = graph.constant(IndexTensor(-1));
///       return graph.node("Gather", {y, last}, {{"axis", 1}}, {y.shape[0], y.shape[2]});
///     }
///
/// Weights lose their names, as ONNX has the gates in another order: i o f c for LSTM, z r h for
/// GRU (whose linear_before_reset is PyTorch's r outside of the product), all directions in one.

#include "thalweg/nn/layers/gru.hpp"
#include "thalweg/nn/layers/lstm.hpp"
#include "thalweg/nn/layers/rnn.hpp"
#include "thalweg/nn/onnx/graph.hpp"

namespace thalweg::nn {

namespace detail {

/// What ONNX calls a cell.
struct OnnxRecurrent {
  const char* op;
  std::vector<Index> gates;  ///< ours, in ONNX's order
  std::vector<OnnxAttribute> attributes = {};
};
OnnxRecurrent onnx_form(const cells::Rnn& cell, Index directions);
OnnxRecurrent onnx_form(const cells::Lstm& cell, Index directions);
OnnxRecurrent onnx_form(const cells::Gru& cell, Index directions);

/// Layers, each with the weights of its directions.
using OnnxRecurrentLayers = std::vector<std::vector<RecurrentWeights<float>>>;

OnnxValue recurrent_nodes(OnnxGraph& graph, const OnnxRecurrent& form,
                          const OnnxRecurrentLayers& layers, const OnnxValue& x);

template <class Real, class Cell>
OnnxRecurrentLayers weights_of(const Recurrent<Real, Cell>& stack) {
  const auto rounded = [](const auto& part) { return OnnxGraph::to_float(part.value()); };
  OnnxRecurrentLayers layers(stack.options().layers);
  for (std::size_t k = 0; k < layers.size(); ++k)
    for (Index d = 0; d < stack.directions(); ++d) {
      const auto& part = stack.part(static_cast<Index>(k), d);
      layers[k].push_back({rounded(part.ih), rounded(part.hh)});
      if (!part.has_bias()) continue;
      layers[k].back().bias_ih = rounded(part.bias_ih);
      layers[k].back().bias_hh = rounded(part.bias_hh);
    }
  return layers;
}

}  // namespace detail

/// Throws ShapeError unless x is [batch, time, in].
template <class Real, class Cell>
OnnxValue to_onnx(OnnxGraph& graph, const Recurrent<Real, Cell>& layer, const OnnxValue& x) {
  return detail::recurrent_nodes(graph, detail::onnx_form(layer.cell(), layer.directions()),
                                 detail::weights_of(layer), x);
}

}  // namespace thalweg::nn
