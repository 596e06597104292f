#include "thalweg/nn/onnx/norms.hpp"

namespace thalweg::nn::detail {
namespace {

/// The mean over the last `axes` axes, which stay with size 1.
OnnxValue mean(OnnxGraph& graph, const OnnxValue& x, int axes) {
  std::vector<Index> last;
  Shape shape = x.shape;
  for (int k = shape.rank() - axes; k < shape.rank(); ++k) {
    last.push_back(k);
    shape[k] = 1;
  }
  if (graph.opset() >= 18)
    return graph.node("ReduceMean", {x, graph.constant(Tensor<Index>(last))}, {{"keepdims", 1}},
                      shape);
  return graph.node("ReduceMean", {x}, {{"axes", last}, {"keepdims", 1}}, shape);
}

OnnxValue same(OnnxGraph& graph, const char* op, const OnnxValue& x, const OnnxValue& y) {
  return graph.node(op, {x, y}, {}, x.shape);
}

/// z / √(mean of z² + ε)
OnnxValue scaled(OnnxGraph& graph, const OnnxValue& z, int axes, double epsilon) {
  const OnnxValue square = mean(graph, same(graph, "Mul", z, z), axes);
  const OnnxValue sum = same(graph, "Add", square, graph.constant(epsilon));
  return same(graph, "Div", z, graph.node("Sqrt", {sum}, {}, sum.shape));
}

OnnxValue affine(OnnxGraph& graph, OnnxValue z, const OnnxValue& weight, const OnnxValue& bias) {
  if (!weight.name.empty()) z = same(graph, "Mul", z, weight);
  return bias.name.empty() ? z : same(graph, "Add", z, bias);
}

}  // namespace

OnnxValue layer_norm_nodes(OnnxGraph& graph, const OnnxValue& x, const Shape& shape,
                           const OnnxValue& weight, const OnnxValue& bias, double epsilon) {
  const int axes = shape.rank();
  if (graph.opset() >= 17) {
    std::vector<OnnxValue> inputs = {
        x, weight.name.empty() ? graph.constant(ones<float>(shape)) : weight};
    if (!bias.name.empty()) inputs.push_back(bias);
    return graph.node("LayerNormalization", inputs, {{"axis", -axes}, {"epsilon", epsilon}},
                      x.shape);
  }
  const OnnxValue centred = same(graph, "Sub", x, mean(graph, x, axes));
  return affine(graph, scaled(graph, centred, axes, epsilon), weight, bias);
}

OnnxValue rms_norm_nodes(OnnxGraph& graph, const OnnxValue& x, const OnnxValue& weight,
                         double epsilon) {
  return affine(graph, scaled(graph, x, weight.shape.rank(), epsilon), weight, {});
}

OnnxValue group_norm_nodes(OnnxGraph& graph, const OnnxValue& x, Index groups,
                           const Tensor<float>& weight, const Tensor<float>& bias, double epsilon) {
  const Index batch = x.shape[0], rest = x.shape.size_after(0) / groups;
  Shape along_channels{weight.size()};
  while (along_channels.rank() < x.shape.rank() - 1) along_channels.push_back(1);
  const Tensor<Index> by_group(std::vector<Index>{0, groups, -1});  // 0: as it was, −1: the rest
  OnnxValue y = graph.node("Reshape", {x, graph.constant(by_group)}, {}, {batch, groups, rest});
  y = graph.node("InstanceNormalization",
                 {y, graph.constant(ones<float>({groups})), graph.constant(zeros<float>({groups}))},
                 {{"epsilon", epsilon}}, y.shape);
  y = graph.node("Reshape", {y, graph.shape_of(x)}, {}, x.shape);
  return affine(graph, y, graph.constant(Tensor<float>(along_channels, weight.values())),
                graph.constant(Tensor<float>(along_channels, bias.values())));
}

}  // namespace thalweg::nn::detail
