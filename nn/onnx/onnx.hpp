#pragma once
/// Models for other runtimes: ONNX files, for inference.
///
///     nn::export_onnx(model, "digits.onnx", {1, 1, 28, 28});
///
///     session = onnxruntime.InferenceSession("digits.onnx")           # Python
///     session.run(None, {"input": images})                           # images [n, 1, 28, 28]
///
/// What is written is the model in evaluation: statistics are the running ones, dropout is left
/// out. The input is called "input", and its first axis may have any length. Weights keep their
/// names; they, and all numbers between, are float. Other axes of any length are asked for:
///
///     nn::export_onnx(model, "digits.onnx", {1, 1, 28, 28},
///                     {.dynamic = {{2, "height"}, {3, "width"}}, .output = "scores"});
///
/// Known: Linear, Embedding, Conv1d, Conv2d, ConvTranspose2d, pooling, BatchNorm, LayerNorm,
/// RMSNorm, GroupNorm, activations, dropout, Flatten, Residual, Sequential; RNN, LSTM, GRU, of
/// which the output is exported (nn/onnx/recurrent.hpp); MultiHeadAttention, TransformerEncoder and
/// positions (nn/onnx/transformer.hpp). A struct with an operator() of its own says what it is made
/// of in a `to_onnx` (nn/onnx/graph.hpp); without one it does not compile.

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"
#include "thalweg/nn/onnx/activations.hpp"
#include "thalweg/nn/onnx/graph.hpp"
#include "thalweg/nn/onnx/images.hpp"
#include "thalweg/nn/onnx/layers.hpp"
#include "thalweg/nn/onnx/norms.hpp"
#include "thalweg/nn/onnx/recurrent.hpp"
#include "thalweg/nn/onnx/transformer.hpp"

namespace thalweg::nn {

/// An axis of the input that may have any length.
struct OnnxAxis {
  int axis = 0;  ///< negative ones count from the last
  std::string name;
};

struct OnnxOptions {
  int opset = 17;                      ///< version of the operators, 13 to 21
  bool dynamic_batch = true;           ///< false: the batch is as long as the sample's
  std::vector<OnnxAxis> dynamic = {};  ///< further axes of any length; 0 renames the batch
  std::string input = "input";
  std::string output = {};  ///< the output's name; empty: after its operator
};

namespace detail {

/// What a call made; of recurrent layers, the output without the state.
template <class Result>
auto onnx_output(const Result& result) {
  if constexpr (requires { as_tensor(result.output); })
    return as_tensor(result.output);
  else
    return as_tensor(result);
}

/// Throws ShapeError unless the model made what its ONNX form says.
void expect_same_output(const Shape& onnx, const Shape& model);

/// The axes of input and output that may have any length.
struct OnnxAxesOfBoth {
  OnnxAxes input, output;

  /// Those of the batch. The output's first axis is one if it is as long as the input's.
  OnnxAxesOfBoth(const Shape& in, const Shape& out, const OnnxOptions& options);
  /// The same axis, and those of the output that got longer with it, from the shapes of two calls.
  void add(const OnnxAxis& any, const Shape& in, const Shape& out, const Shape& longer_in,
           const Shape& longer_out);
};

/// The sample's shape with more than twice the length along one axis. Throws ShapeError if there is
/// no such axis.
Shape onnx_longer(const Shape& shape, const OnnxAxis& any);
[[noreturn]] void refuse_axis(const OnnxAxis& any, const Shape& shape, const std::string& why);

template <class Model, class Element>
OnnxValue onnx_nodes(OnnxGraph& graph, const Model& model, const Tensor<Element>& sample,
                     const OnnxOptions& options) {
  const bool whole = std::is_same_v<Element, Index>;
  const OnnxValue y = graph.add(model, graph.input(sample.shape(), whole, options.input));
  if constexpr (requires { onnx_output(call(model, sample, evaluation)); })
    expect_same_output(y.shape, onnx_output(call(model, sample, evaluation)).shape());
  return y;
}

// That an axis may have any length is tried: with another one the model works, and the graph is the
// same.
template <class Model, class Element>
std::string onnx_bytes(const Model& model, const Tensor<Element>& sample,
                       const OnnxOptions& options) {
  // The list points to what can be changed; it is only read.
  const auto parts = state(const_cast<Model&>(model));
  OnnxGraph graph(parts, options.opset);
  const OnnxValue y = onnx_nodes(graph, model, sample, options);
  OnnxAxesOfBoth axes(sample.shape(), y.shape, options);
  for (const OnnxAxis& any : options.dynamic) {
    const Shape longer = onnx_longer(sample.shape(), any);
    OnnxGraph again(parts, options.opset);
    Shape made;
    try {
      made = onnx_nodes(again, model, zeros<Element>(longer), options).shape;
    } catch (const Error& error) {
      refuse_axis(any, longer, error.what());
    }
    if (!graph.same_as(again))
      refuse_axis(any, longer, "the graph has other nodes or constants than for the sample");
    axes.add(any, sample.shape(), y.shape, longer, made);
  }
  return graph.model(y, axes.input, axes.output, options.output);
}

void write_onnx(const std::string& path, const std::string& bytes);

}  // namespace detail

/// Writes the model for inputs like `sample`, whole or not at all: an IndexTensor for a model that
/// begins with an Embedding. The model is called once with it. Throws what the model throws for
/// such an input, ShapeError if its to_onnx makes another shape than it does, ValueError for an
/// opset that is not supported, for an axis that cannot have any length and beyond 2 GiB, DataError
/// if the file cannot be written.
template <class Model, class Element>
void export_onnx(const Model& model, const std::string& path, const Tensor<Element>& sample,
                 const OnnxOptions& options = {}) {
  detail::write_onnx(path, detail::onnx_bytes(model, sample, options));
}
/// For inputs of numbers of this shape.
template <class Model>
void export_onnx(const Model& model, const std::string& path, const Shape& shape,
                 const OnnxOptions& options = {}) {
  using Real = std::conditional_t<std::is_same_v<RealOf<Model>, double>, double, float>;
  export_onnx(model, path, zeros<Real>(shape), options);
}

}  // namespace thalweg::nn
