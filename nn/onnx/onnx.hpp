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
/// names; they, and all numbers between, are float.
///
/// Known: Linear, Embedding, Conv1d, Conv2d, ConvTranspose2d, pooling, BatchNorm, LayerNorm,
/// RMSNorm, GroupNorm, activations, dropout, Flatten, Residual, Sequential; RNN, LSTM, GRU, of
/// which the output is exported (nn/onnx/recurrent.hpp); MultiHeadAttention, TransformerEncoder and
/// positions (nn/onnx/transformer.hpp). A struct with an operator() of its own says what it is made
/// of in a `to_onnx` (nn/onnx/graph.hpp); without one it does not compile.

#include "thalweg/nn/onnx/activations.hpp"
#include "thalweg/nn/onnx/graph.hpp"
#include "thalweg/nn/onnx/images.hpp"
#include "thalweg/nn/onnx/layers.hpp"
#include "thalweg/nn/onnx/norms.hpp"
#include "thalweg/nn/onnx/recurrent.hpp"
#include "thalweg/nn/onnx/transformer.hpp"

namespace thalweg::nn {

struct OnnxOptions {
  int opset = 17;             ///< version of the operators, 13 to 17
  bool dynamic_batch = true;  ///< false: the batch is as long as the sample's
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

template <class Model, class X>
std::string onnx_bytes(const Model& model, const X& sample, const OnnxOptions& options) {
  // The list points to what can be changed; it is only read.
  OnnxGraph graph(state(const_cast<Model&>(model)), options.opset);
  const OnnxValue x = graph.input(sample.shape(), std::is_same_v<X, IndexTensor>);
  const OnnxValue y = graph.add(model, x);
  if constexpr (requires { onnx_output(call(model, sample, evaluation)); })
    expect_same_output(y.shape, onnx_output(call(model, sample, evaluation)).shape());
  return graph.model(y, options.dynamic_batch);
}

void write_onnx(const std::string& path, const std::string& bytes);

}  // namespace detail

/// Writes the model for inputs like `sample`, whole or not at all: an IndexTensor for a model that
/// begins with an Embedding. The model is called once with it. Throws what the model throws for
/// such an input, ShapeError if its to_onnx makes another shape than it does, ValueError for an
/// opset that is not supported and beyond 2 GiB, DataError if the file cannot be written.
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
