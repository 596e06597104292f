#pragma once
/// Activations and Dropout in ONNX. Those that ONNX has no operator for are put together.

#include "thalweg/nn/layers/activations.hpp"
#include "thalweg/nn/layers/dropout.hpp"
#include "thalweg/nn/layers/prelu.hpp"
#include "thalweg/nn/onnx/graph.hpp"

namespace thalweg::nn {

OnnxValue to_onnx(OnnxGraph& graph, const ReLU&, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const ReLU6&, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const GELU&, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const GELUTanh&, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const SiLU&, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const Mish&, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const SELU&, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const Tanh&, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const Sigmoid&, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const LogSigmoid&, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const Softplus&, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const Softsign&, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const Hardsigmoid&, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const Hardswish&, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const LeakyReLU& layer, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const ELU& layer, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const Hardtanh& layer, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const Softmax& layer, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const LogSoftmax& layer, const OnnxValue& x);

inline OnnxValue to_onnx(OnnxGraph&, const Identity&, const OnnxValue& x) { return x; }
// Nothing is dropped in evaluation.
inline OnnxValue to_onnx(OnnxGraph&, const Dropout&, const OnnxValue& x) { return x; }
inline OnnxValue to_onnx(OnnxGraph&, const Dropout2d&, const OnnxValue& x) { return x; }

namespace detail {
OnnxValue prelu_node(OnnxGraph& graph, const Tensor<float>& weight, const OnnxValue& x);
}

template <class Real>
OnnxValue to_onnx(OnnxGraph& graph, const PReLU<Real>& layer, const OnnxValue& x) {
  return detail::prelu_node(graph, OnnxGraph::to_float(layer.weight.value()), x);
}

}  // namespace thalweg::nn
