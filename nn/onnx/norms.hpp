#pragma once
/// Normalisation in ONNX.

#include "thalweg/autodiff/tensor/creation.hpp"
#include "thalweg/nn/layers/batch_norm.hpp"
#include "thalweg/nn/layers/group_norm.hpp"
#include "thalweg/nn/layers/layer_norm.hpp"
#include "thalweg/nn/layers/rms_norm.hpp"
#include "thalweg/nn/onnx/graph.hpp"

namespace thalweg::nn {

namespace detail {
/// (x − mean) / √(variance + ε) over the last `axes` axes, then weight and bias; ones and nothing
/// where a name is empty. LayerNormalization from opset 17 on.
OnnxValue layer_norm_nodes(OnnxGraph& graph, const OnnxValue& x, const Shape& shape,
                           const OnnxValue& weight, const OnnxValue& bias, double epsilon);
/// x / √(mean of x² + ε), then weight.
OnnxValue rms_norm_nodes(OnnxGraph& graph, const OnnxValue& x, const OnnxValue& weight,
                         double epsilon);
/// The groups as the channels of an InstanceNormalization.
OnnxValue group_norm_nodes(OnnxGraph& graph, const OnnxValue& x, Index groups,
                           const Tensor<float>& weight, const Tensor<float>& bias, double epsilon);
}  // namespace detail

/// With the running statistics.
template <class Real, int axes>
OnnxValue to_onnx(OnnxGraph& graph, const BatchNorm<Real, axes>& layer, const OnnxValue& x) {
  const bool affine = layer.options().affine;
  const Shape channels{layer.channels()};
  const OnnxValue weight =
      affine ? graph.weight(layer.weight) : graph.constant(ones<float>(channels));
  const OnnxValue bias = affine ? graph.weight(layer.bias) : graph.constant(zeros<float>(channels));
  return graph.node(
      "BatchNormalization",
      {x, weight, bias, graph.weight(layer.running_mean), graph.weight(layer.running_var)},
      {{"epsilon", layer.options().epsilon}}, x.shape);
}

template <class Real>
OnnxValue to_onnx(OnnxGraph& graph, const LayerNorm<Real>& layer, const OnnxValue& x) {
  const LayerNormOptions& options = layer.options();
  const OnnxValue weight = options.affine ? graph.weight(layer.weight) : OnnxValue{};
  const OnnxValue bias = options.affine && options.bias ? graph.weight(layer.bias) : OnnxValue{};
  return detail::layer_norm_nodes(graph, x, layer.shape(), weight, bias, options.epsilon);
}

template <class Real>
OnnxValue to_onnx(OnnxGraph& graph, const RMSNorm<Real>& layer, const OnnxValue& x) {
  return detail::rms_norm_nodes(graph, x, graph.weight(layer.weight), layer.options().epsilon);
}

template <class Real>
OnnxValue to_onnx(OnnxGraph& graph, const GroupNorm<Real>& layer, const OnnxValue& x) {
  return detail::group_norm_nodes(graph, x, layer.groups(),
                                  OnnxGraph::to_float(layer.weight.value()),
                                  OnnxGraph::to_float(layer.bias.value()), layer.options().epsilon);
}

}  // namespace thalweg::nn
