#pragma once
/// RNN, LSTM and GRU in ONNX: one node per layer, both directions in it.
///
/// What is exported of a call from a state of zeros is its output [batch, time, directions ·
/// hidden], not the state; a text has as many steps as the sample. For the last step alone:
///
///     nn::OnnxValue to_onnx(nn::OnnxGraph& graph, nn::OnnxValue x) const {
///       const nn::OnnxValue y = graph.add(lstm, x);          // [batch, time, hidden]
///       const nn::OnnxValue last = graph.constant(IndexTensor(y.shape[1] - 1));
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

struct OnnxRecurrent {
  const char* op;
  std::vector<Index> gates;  ///< ours, in ONNX's order
  Index hidden;
  std::vector<OnnxAttribute> attributes = {};  ///< more of them
};

/// Layers, each with the weights of its directions.
using OnnxRecurrentLayers = std::vector<std::vector<RecurrentWeights<float>>>;

OnnxValue recurrent_nodes(OnnxGraph& graph, const OnnxRecurrent& kind,
                          const OnnxRecurrentLayers& layers, const OnnxValue& x);

template <class Real>
OnnxRecurrentLayers weights_of(const RecurrentStack<Real>& stack) {
  const auto rounded = [](const auto& part) { return OnnxGraph::to_float(part.value()); };
  OnnxRecurrentLayers layers(static_cast<std::size_t>(stack.options().layers));
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
template <class Real>
OnnxValue to_onnx(OnnxGraph& graph, const RNN<Real>& layer, const OnnxValue& x) {
  const bool tanh = layer.nonlinearity() == Nonlinearity::tanh;
  const OnnxAttribute::Texts names(static_cast<std::size_t>(layer.directions()),
                                   tanh ? "Tanh" : "Relu");
  return detail::recurrent_nodes(graph, {"RNN", {0}, layer.hidden(), {{"activations", names}}},
                                 detail::weights_of(layer), x);
}

template <class Real>
OnnxValue to_onnx(OnnxGraph& graph, const LSTM<Real>& layer, const OnnxValue& x) {
  return detail::recurrent_nodes(graph, {"LSTM", {0, 3, 1, 2}, layer.hidden()},
                                 detail::weights_of(layer), x);
}

template <class Real>
OnnxValue to_onnx(OnnxGraph& graph, const GRU<Real>& layer, const OnnxValue& x) {
  return detail::recurrent_nodes(graph,
                                 {"GRU", {1, 0, 2}, layer.hidden(), {{"linear_before_reset", 1}}},
                                 detail::weights_of(layer), x);
}

}  // namespace thalweg::nn
