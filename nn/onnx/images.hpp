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
  /// (size − 1) stride − 2 padding + dilation (kernel − 1) + extra + 1: of the adjoint.
  Shape enlarged(const Shape& x, Index channels, const std::vector<Index>& extra) const;
};

/// Along one axis the width counts.
template <int axes>
std::vector<Index> list(Extent extent) {
  if constexpr (axes == 1)
    return {extent.width};
  else
    return {extent.height, extent.width};
}

template <int axes, class Options>
OnnxWindow window(Extent kernel, const Options& options, Extent dilation = 1) {
  return {list<axes>(kernel), list<axes>(options.stride), list<axes>(options.padding),
          list<axes>(dilation)};
}

OnnxValue pool_node(OnnxGraph& graph, const char* op, const OnnxValue& x, OnnxWindow window,
                    const std::vector<OnnxAttribute>& more);
OnnxValue global_pool_node(OnnxGraph& graph, const char* op, const OnnxValue& x);

}  // namespace detail

template <class Real, int axes, bool transposed>
OnnxValue to_onnx(OnnxGraph& graph, const Conv<Real, axes, transposed>& layer, const OnnxValue& x) {
  const auto& options = layer.options;
  const Shape& w = layer.weight.shape();
  const auto window =
      detail::window<axes>({w[w.rank() - 2], w[w.rank() - 1]}, options, options.dilation);
  std::vector<OnnxValue> inputs = {x, graph.weight(layer.weight)};
  if (layer.bias) inputs.push_back(graph.weight(*layer.bias));
  if constexpr (transposed) {
    const auto extra = detail::list<axes>(options.output_padding);
    return graph.node("ConvTranspose", inputs,
                      window.attributes({{"group", options.groups}, {"output_padding", extra}}),
                      window.enlarged(x.shape, layer.out(), extra));
  } else {
    return graph.node("Conv", inputs, window.attributes({{"group", options.groups}}),
                      window.output(x.shape, layer.out()));
  }
}

OnnxValue to_onnx(OnnxGraph& graph, const MaxPool1d& layer, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const MaxPool2d& layer, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const AvgPool1d& layer, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const AvgPool2d& layer, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const GlobalAvgPool2d&, const OnnxValue& x);
OnnxValue to_onnx(OnnxGraph& graph, const GlobalMaxPool2d&, const OnnxValue& x);

}  // namespace thalweg::nn
