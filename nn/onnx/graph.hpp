#pragma once
/// A model on its way to ONNX: nodes, constants, and the values between them.
///
/// A struct of one's own says what it is made of, as its operator() does:
///
///     nn::OnnxValue to_onnx(nn::OnnxGraph& graph, nn::OnnxValue x) const {
///       x = graph.add(conv, x);                              // layers of the library or with a
///       x = graph.add(nn::ReLU{}, x);                        // to_onnx of their own
///       x = graph.node("GlobalAveragePool", {x}, {}, Shape{x.shape[0], 8, 1, 1});
///       return graph.add(output, graph.add(nn::Flatten{}, x));
///     }
///
/// A free function to_onnx(graph, layer, x) beside the layer's class will do too.
///
/// Source: github.com/onnx/onnx, "Open Neural Network Exchange Intermediate Representation",
/// "Operators".

#include <concepts>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "thalweg/nn/formats/protobuf.hpp"
#include "thalweg/nn/model/module.hpp"

namespace thalweg::nn {

class OnnxGraph;

/// What a node makes. Its shape is the one for the sample; the batch may be of another size.
struct OnnxValue {
  std::string name;  ///< empty: an input that a node goes without
  Shape shape;
  bool whole = false;  ///< whole numbers, I64; otherwise float
};

/// An attribute of a node: {"axis", 1}, {"pads", {0, 1, 0, 1}}, {"epsilon", 1e-5}.
struct OnnxAttribute {
  using Texts = std::vector<std::string>;
  using Value = std::variant<Index, double, std::vector<Index>, std::string, Texts>;
  OnnxAttribute(std::string_view given, Index number) : name(given), value(number) {}
  OnnxAttribute(std::string_view given, int number) : name(given), value(Index{number}) {}
  OnnxAttribute(std::string_view given, double number) : name(given), value(number) {}
  OnnxAttribute(std::string_view given, std::vector<Index> numbers)
      : name(given), value(std::move(numbers)) {}
  OnnxAttribute(std::string_view given, const char* text) : name(given), value(std::string(text)) {}
  // Not for braces: in {0, 0}, 0 could be a null pointer to text.
  template <std::same_as<Texts> List>
  OnnxAttribute(std::string_view given, const List& texts) : name(given), value(texts) {}

  std::string name;
  Value value;
};

namespace detail {
template <class Layer>
concept ConvertsItself = requires(const Layer& layer, OnnxGraph& graph, const OnnxValue& x) {
  { layer.to_onnx(graph, x) } -> std::convertible_to<OnnxValue>;
};
template <class Layer>
concept IsConverted = requires(const Layer& layer, OnnxGraph& graph, const OnnxValue& x) {
  { to_onnx(graph, layer, x) } -> std::convertible_to<OnnxValue>;
};
}  // namespace detail

/// What the axes of a value are called that may have any length: "" of an axis that may not, "?" of
/// one without a name.
using OnnxAxes = std::vector<std::string>;

/// Names are made as needed; parameters and buffers keep theirs. Numbers are written as float.
class OnnxGraph {
 public:
  /// `state` names the model's parameters; opset 13 to 21.
  OnnxGraph(const StateList& state, int opset);

  int opset() const { return opset_; }

  /// A layer, from its own to_onnx or that of the library.
  template <class Layer>
  OnnxValue add(const Layer& layer, const OnnxValue& x) {
    static_assert(detail::ConvertsItself<Layer> || detail::IsConverted<Layer>,
                  "thalweg: there is no ONNX form of this layer: give it a member "
                  "`nn::OnnxValue to_onnx(nn::OnnxGraph& graph, nn::OnnxValue x) const`; see "
                  "nn/onnx/graph.hpp");
    if constexpr (detail::ConvertsItself<Layer>)
      return layer.to_onnx(*this, x);
    else if constexpr (detail::IsConverted<Layer>)
      return to_onnx(*this, layer, x);
    else
      return x;
  }

  /// One operator with one result. Throws ValueError if an input is not of this graph.
  OnnxValue node(const char* op, const std::vector<OnnxValue>& inputs,
                 const std::vector<OnnxAttribute>& attributes, const Shape& shape);
  /// The first of `count` results.
  OnnxValue node_of_many(const char* op, const std::vector<OnnxValue>& inputs,
                         const std::vector<OnnxAttribute>& attributes,
                         const std::vector<Shape>& shapes, std::vector<OnnxValue>& results);

  /// A model's parameter or buffer, under its name; written once.
  template <class Part>
  requires requires(const Part& part) { part.value(); }
  OnnxValue weight(const Part& part) { return named_weight(&part, to_float(part.value())); }
  OnnxValue constant(const Tensor<float>& value);
  OnnxValue constant(const Tensor<double>& value) { return constant(to_float(value)); }
  OnnxValue constant(const Tensor<Index>& value);
  /// A number; of shape [].
  OnnxValue constant(double value) { return constant(Tensor<float>(static_cast<float>(value))); }

  /// Throws ValueError for a name that is empty or a weight's.
  OnnxValue input(const Shape& shape, bool whole, std::string_view name = "input");
  /// x's shape as numbers, made when the model runs.
  OnnxValue shape_of(const OnnxValue& x);
  /// True if all nodes and constants are the same.
  bool same_as(const OnnxGraph& other) const;
  /// The whole file; an output without a name is called after its operator.
  std::string model(const OnnxValue& output, const OnnxAxes& input_axes,
                    const OnnxAxes& output_axes, const std::string& name) const;

  static Tensor<float> to_float(const Tensor<float>& value) { return value; }
  static Tensor<float> to_float(const Tensor<double>& value);

 private:
  OnnxValue named_weight(const void* part, const Tensor<float>& value);
  OnnxValue initializer(const std::string& name, const Shape& shape, bool whole,
                        std::string_view bytes);
  std::string fresh(std::string_view stem);
  void expect_known(const char* op, const OnnxValue& value) const;

  int opset_;
  OnnxValue input_;
  std::map<const void*, std::string> names_;       // of parameters and buffers
  std::map<std::string, int, std::less<>> known_;  // values that exist; counts of stems
  detail::ProtoMessage nodes_, initializers_;      // fields of the graph
};

}  // namespace thalweg::nn
