#include "thalweg/nn/onnx/images.hpp"

namespace thalweg::nn {

namespace detail {

std::vector<OnnxAttribute> OnnxWindow::attributes(std::vector<OnnxAttribute> more) const {
  std::vector<Index> pads = padding;
  pads.insert(pads.end(), padding.begin(), padding.end());
  more.emplace_back("kernel_shape", kernel);
  more.emplace_back("strides", stride);
  more.emplace_back("pads", pads);
  more.emplace_back("dilations", dilation);
  return more;
}

Shape OnnxWindow::output(const Shape& x, Index channels) const {
  Shape shape{x[0], channels};
  for (std::size_t k = 0; k < kernel.size(); ++k) {
    const Index reach = dilation[k] * (kernel[k] - 1) + 1;
    shape.push_back((x[static_cast<int>(k) + 2] + 2 * padding[k] - reach) / stride[k] + 1);
  }
  return shape;
}

Shape OnnxWindow::enlarged(const Shape& x, Index channels, const std::vector<Index>& extra) const {
  Shape shape{x[0], channels};
  for (std::size_t k = 0; k < kernel.size(); ++k)
    shape.push_back((x[static_cast<int>(k) + 2] - 1) * stride[k] - 2 * padding[k] +
                    dilation[k] * (kernel[k] - 1) + extra[k] + 1);
  return shape;
}

OnnxValue pool_node(OnnxGraph& graph, const char* op, const OnnxValue& x, OnnxWindow window,
                    const std::vector<OnnxAttribute>& more) {
  for (std::size_t k = 0; k < window.kernel.size(); ++k)
    if (window.stride[k] == 0) window.stride[k] = window.kernel[k];
  std::vector<OnnxAttribute> attributes = window.attributes(more);
  std::erase_if(attributes, [](const auto& each) { return each.name == "dilations"; });
  return graph.node(op, {x}, attributes, window.output(x.shape, x.shape[1]));
}

OnnxValue global_pool_node(OnnxGraph& graph, const char* op, const OnnxValue& x) {
  return graph.node(op, {x}, {}, {x.shape[0], x.shape[1], 1, 1});
}

}  // namespace detail

using namespace detail;

OnnxValue to_onnx(OnnxGraph& graph, const MaxPool1d& layer, const OnnxValue& x) {
  return pool_node(graph, "MaxPool", x, window<1>(layer.kernel, layer.options), {});
}
OnnxValue to_onnx(OnnxGraph& graph, const MaxPool2d& layer, const OnnxValue& x) {
  return pool_node(graph, "MaxPool", x, window<2>(layer.kernel, layer.options), {});
}
OnnxValue to_onnx(OnnxGraph& graph, const AvgPool1d& layer, const OnnxValue& x) {
  return pool_node(graph, "AveragePool", x, window<1>(layer.kernel, layer.options),
                   {{"count_include_pad", Index{layer.options.count_include_pad}}});
}
OnnxValue to_onnx(OnnxGraph& graph, const AvgPool2d& layer, const OnnxValue& x) {
  return pool_node(graph, "AveragePool", x, window<2>(layer.kernel, layer.options),
                   {{"count_include_pad", Index{layer.options.count_include_pad}}});
}
OnnxValue to_onnx(OnnxGraph& graph, const GlobalAvgPool2d&, const OnnxValue& x) {
  return global_pool_node(graph, "GlobalAveragePool", x);
}
OnnxValue to_onnx(OnnxGraph& graph, const GlobalMaxPool2d&, const OnnxValue& x) {
  return global_pool_node(graph, "GlobalMaxPool", x);
}

}  // namespace thalweg::nn
