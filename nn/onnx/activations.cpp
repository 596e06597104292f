#include "thalweg/nn/onnx/activations.hpp"

#include <cmath>
#include <numbers>

namespace thalweg::nn {
namespace {

OnnxValue unary(OnnxGraph& graph, const char* op, const OnnxValue& x,
                const std::vector<OnnxAttribute>& attributes = {}) {
  return graph.node(op, {x}, attributes, x.shape);
}
OnnxValue times(OnnxGraph& graph, const OnnxValue& x, const OnnxValue& y) {
  return graph.node("Mul", {x, y}, {}, x.shape);
}
OnnxValue plus(OnnxGraph& graph, const OnnxValue& x, const OnnxValue& y) {
  return graph.node("Add", {x, y}, {}, x.shape);
}
OnnxValue clip(OnnxGraph& graph, const OnnxValue& x, double low, double high) {
  return graph.node("Clip", {x, graph.constant(low), graph.constant(high)}, {}, x.shape);
}

/// ½ x (1 + z)
OnnxValue half_of(OnnxGraph& graph, const OnnxValue& x, const OnnxValue& z) {
  return times(graph, times(graph, x, plus(graph, z, graph.constant(1.0))), graph.constant(0.5));
}

}  // namespace

OnnxValue to_onnx(OnnxGraph& graph, const ReLU&, const OnnxValue& x) {
  return unary(graph, "Relu", x);
}
OnnxValue to_onnx(OnnxGraph& graph, const ReLU6&, const OnnxValue& x) {
  return clip(graph, x, 0, 6);
}

// ½ x (1 + erf(x / √2))
OnnxValue to_onnx(OnnxGraph& graph, const GELU&, const OnnxValue& x) {
  const OnnxValue scaled = times(graph, x, graph.constant(1 / std::numbers::sqrt2));
  return half_of(graph, x, unary(graph, "Erf", scaled));
}

// ½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))
OnnxValue to_onnx(OnnxGraph& graph, const GELUTanh&, const OnnxValue& x) {
  const OnnxValue cube = times(graph, times(graph, x, x), x);
  const OnnxValue sum = plus(graph, x, times(graph, cube, graph.constant(0.044715)));
  const double scale = std::sqrt(2 / std::numbers::pi);
  return half_of(graph, x, unary(graph, "Tanh", times(graph, sum, graph.constant(scale))));
}

OnnxValue to_onnx(OnnxGraph& graph, const SiLU&, const OnnxValue& x) {
  return times(graph, x, unary(graph, "Sigmoid", x));
}
OnnxValue to_onnx(OnnxGraph& graph, const Mish&, const OnnxValue& x) {
  return times(graph, x, unary(graph, "Tanh", unary(graph, "Softplus", x)));
}
OnnxValue to_onnx(OnnxGraph& graph, const SELU&, const OnnxValue& x) {
  return unary(graph, "Selu", x);
}
OnnxValue to_onnx(OnnxGraph& graph, const Tanh&, const OnnxValue& x) {
  return unary(graph, "Tanh", x);
}
OnnxValue to_onnx(OnnxGraph& graph, const Sigmoid&, const OnnxValue& x) {
  return unary(graph, "Sigmoid", x);
}
// −softplus(−x), which does not take the logarithm of a rounded 0.
OnnxValue to_onnx(OnnxGraph& graph, const LogSigmoid&, const OnnxValue& x) {
  return unary(graph, "Neg", unary(graph, "Softplus", unary(graph, "Neg", x)));
}
OnnxValue to_onnx(OnnxGraph& graph, const Softplus&, const OnnxValue& x) {
  return unary(graph, "Softplus", x);
}
OnnxValue to_onnx(OnnxGraph& graph, const Softsign&, const OnnxValue& x) {
  return unary(graph, "Softsign", x);
}
OnnxValue to_onnx(OnnxGraph& graph, const Hardsigmoid&, const OnnxValue& x) {
  return unary(graph, "HardSigmoid", x, {{"alpha", 1.0 / 6}, {"beta", 0.5}});
}
OnnxValue to_onnx(OnnxGraph& graph, const Hardswish&, const OnnxValue& x) {
  return times(graph, x, graph.add(Hardsigmoid{}, x));
}
OnnxValue to_onnx(OnnxGraph& graph, const LeakyReLU& layer, const OnnxValue& x) {
  return unary(graph, "LeakyRelu", x, {{"alpha", layer.slope}});
}
OnnxValue to_onnx(OnnxGraph& graph, const ELU& layer, const OnnxValue& x) {
  return unary(graph, "Elu", x, {{"alpha", layer.alpha}});
}
OnnxValue to_onnx(OnnxGraph& graph, const Hardtanh& layer, const OnnxValue& x) {
  return clip(graph, x, layer.low, layer.high);
}
OnnxValue to_onnx(OnnxGraph& graph, const Softmax& layer, const OnnxValue& x) {
  return unary(graph, "Softmax", x, {{"axis", normalise_axis("softmax", layer.axis, x.shape)}});
}
OnnxValue to_onnx(OnnxGraph& graph, const LogSoftmax& layer, const OnnxValue& x) {
  return unary(graph, "LogSoftmax", x,
               {{"axis", normalise_axis("log_softmax", layer.axis, x.shape)}});
}

// The slope is broadcast from the right: [c, 1, 1] for images.
OnnxValue detail::prelu_node(OnnxGraph& graph, const Tensor<float>& weight, const OnnxValue& x) {
  Shape shape{weight.size()};
  while (weight.size() > 1 && shape.rank() < x.shape.rank() - 1) shape.push_back(1);
  return graph.node("PRelu", {x, graph.constant(Tensor<float>(shape, weight.values()))}, {},
                    x.shape);
}

}  // namespace thalweg::nn
