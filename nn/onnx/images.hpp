#pragma once
/// Convolution and pooling in ONNX.

#include "thalweg/nn/layers/conv.hpp"
#include "thalweg/nn/layers/pooling.hpp"
#include "thalweg/nn/onnx/graph.hpp"

namespace thalweg::nn {

namespace detail {

/// A window of one or two axes.
struct OnnxWindow {
  std::vector<Index> kernel, stride, padding, dilation;

  /// Attributes, with `more`. The padding is the same on both sides.
  std::vector<OnnxAttribute> attributes(std::vector<OnnxAttribute> more) const;
  /// ⌊(size + 2 padding − dilation (kernel − 1) − 1) / stride⌋ + 1 along each axis.
  Shape output(const Shape& x, Index channels) const;
};

inline std::vector<Index> list(Extent extent) { return {extent.height, extent.width}; }
inline std::vector<Index> list(Index size) { return {size}; }

OnnxValue pool_node(OnnxGraph& graph, const char* op, const OnnxValue& x, OnnxWindow window,
                    const std::vector<OnnxAttribute>& more);
OnnxValue global_pool_node(OnnxGraph& graph, const char* op, const OnnxValue& x);

template <class Layer>
std::vector<OnnxValue> with_weights(OnnxGraph& graph, const Layer& layer, const OnnxValue& x) {
  std::vector<OnnxValue> inputs = {x, graph.weight(layer.weight)};
  if (layer.bias) inputs.push_back(graph.weight(*layer.bias));
  return inputs;
}

template <class Layer>
OnnxValue conv_node(OnnxGraph& graph, const Layer& layer, const OnnxValue& x) {
  const auto& options = layer.options;
  const Shape& w = layer.weight.shape();
  const OnnxWindow window{{w.begin() + 2, w.end()},
                          list(options.stride),
                          list(options.padding),
                          list(options.dilation)};
  return graph.node("Conv", with_weights(graph, layer, x),
                    window.attributes({{"group", options.groups}}),
                    window.output(x.shape, layer.out()));
}

/// The window of a pooling along one axis takes of its options the width; stride 0 is the kernel.
template <class Options>
OnnxWindow window_1d(Index kernel, const Options& options) {
  return {{kernel}, {options.stride.width}, {options.padding.width}, {1}};
}
template <class Options>
OnnxWindow window_2d(Extent kernel, const Options& options) {
  return {list(kernel), list(options.stride), list(options.padding), {1, 1}};
}

}  // namespace detail

template <class Real>
OnnxValue to_onnx(OnnxGraph& graph, const Conv1d<Real>& layer, const OnnxValue& x) {
  return detail::conv_node(graph, layer, x);
}
template <class Real>
OnnxValue to_onnx(OnnxGraph& graph, const Conv2d<Real>& layer, const OnnxValue& x) {
  return detail::conv_node(graph, layer, x);
}

template <class Real>
OnnxValue to_onnx(OnnxGraph& graph, const ConvTranspose2d<Real>& layer, const OnnxValue& x) {
  const auto& options = layer.options;
  const Shape& w = layer.weight.shape();
  const detail::OnnxWindow window{{w[2], w[3]},
                                  detail::list(options.stride),
                                  detail::list(options.padding),
                                  detail::list(options.dilation)};
  Shape shape{x.shape[0], layer.out()};
  const std::vector<Index> extra = detail::list(options.output_padding);
  for (std::size_t k = 0; k < 2; ++k)
    shape.push_back((x.shape[static_cast<int>(k) + 2] - 1) * window.stride[k] -
                    2 * window.padding[k] + window.dilation[k] * (window.kernel[k] - 1) + extra[k] +
                    1);
  return graph.node("ConvTranspose", detail::with_weights(graph, layer, x),
                    window.attributes({{"group", options.groups}, {"output_padding", extra}}),
                    shape);
}

OnnxValue to_onnx(OnnxGraph& graph, const MaxPool1d& layer, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const MaxPool2d& layer, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const AvgPool1d& layer, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const AvgPool2d& layer, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const GlobalAvgPool2d&, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const GlobalMaxPool2d&, const OnnxValue& x);

}  // namespace thalweg::nn
