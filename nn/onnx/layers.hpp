#pragma once
/// Linear, Embedding, Flatten and what layers are put together with, in ONNX.

#include "thalweg/nn/layers/embedding.hpp"
#include "thalweg/nn/layers/flatten.hpp"
#include "thalweg/nn/layers/linear.hpp"
#include "thalweg/nn/layers/residual.hpp"
#include "thalweg/nn/layers/sequential.hpp"
#include "thalweg/nn/onnx/graph.hpp"

namespace thalweg::nn {

namespace detail {
/// W as a node reads it for x W; for other ranks than 2.
template <class Real>
OnnxValue transposed(OnnxGraph& graph, const Tensor<Real>& w) {
  const Tensor<float> from = OnnxGraph::to_float(w);
  Tensor<float> to = Tensor<float>::uninitialised({w.shape()[1], w.shape()[0]});
  for (Index i = 0; i < w.shape()[0]; ++i)
    for (Index j = 0; j < w.shape()[1]; ++j)
      to.unshared_data()[j * w.shape()[0] + i] = from.data()[i * w.shape()[1] + j];
  return graph.constant(to);
}
OnnxValue sum_node(OnnxGraph& graph, const OnnxValue& x, const OnnxValue& y);
}  // namespace detail

/// Gemm for x [n, in], otherwise MatMul and Add.
template <class Real>
OnnxValue to_onnx(OnnxGraph& graph, const Linear<Real>& layer, const OnnxValue& x) {
  Shape shape = x.shape;
  shape[shape.rank() - 1] = layer.out();
  const OnnxValue bias = graph.weight(layer.bias);
  if (shape.rank() == 2)
    return graph.node("Gemm", {x, graph.weight(layer.weight), bias}, {{"transB", 1}}, shape);
  const OnnxValue weight = detail::transposed(graph, layer.weight.value());
  return graph.node("Add", {graph.node("MatMul", {x, weight}, {}, shape), bias}, {}, shape);
}

template <class Real>
OnnxValue to_onnx(OnnxGraph& graph, const Embedding<Real>& layer, const OnnxValue& x) {
  Shape shape = x.shape;
  shape.push_back(layer.size());
  return graph.node("Gather", {graph.weight(layer.weight), x}, {{"axis", 0}}, shape);
}

OnnxValue to_onnx(OnnxGraph& graph, const Flatten& layer, const OnnxValue& x);

template <class Layer>
OnnxValue to_onnx(OnnxGraph& graph, const Residual<Layer>& layer, const OnnxValue& x) {
  return detail::sum_node(graph, x, graph.add(layer.inner, x));
}

template <class... Layers>
OnnxValue to_onnx(OnnxGraph& graph, const Sequential<Layers...>& layers, const OnnxValue& x) {
  OnnxValue y = x;
  [&]<std::size_t... k>(std::index_sequence<k...>) {
    ((y = graph.add(layers.template get<k>(), y)), ...);
  }
  (std::index_sequence_for<Layers...>());
  return y;
}

}  // namespace thalweg::nn
