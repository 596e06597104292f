#include "thalweg/nn/onnx/layers.hpp"

namespace thalweg::nn {

OnnxValue detail::sum_node(OnnxGraph& graph, const OnnxValue& x, const OnnxValue& y) {
  return graph.node("Add", {x, y}, {}, broadcast("export_onnx", x.shape, y.shape));
}

// Reshape takes 0 for "as it was" and −1 for "the rest", so that the batch may have any length.
OnnxValue to_onnx(OnnxGraph& graph, const Flatten& layer, const OnnxValue& x) {
  const int first = normalise_axis("flatten", layer.first, x.shape);
  const int last = normalise_axis("flatten", layer.last, x.shape);
  std::vector<Index> shape, sizes;
  for (int k = 0; k < x.shape.rank(); ++k) {
    if (k <= first || k > last) {
      sizes.push_back(x.shape[k]);
      shape.push_back(k == first ? -1 : k < first ? 0 : x.shape[k]);
    } else {
      sizes.back() *= x.shape[k];
    }
  }
  if (first == 1 && last == x.shape.rank() - 1)
    return graph.node("Flatten", {x}, {{"axis", 1}}, Shape(sizes));
  return graph.node("Reshape", {x, graph.constant(Tensor<Index>(shape))}, {}, Shape(sizes));
}

}  // namespace thalweg::nn
