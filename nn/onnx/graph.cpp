#include "thalweg/nn/onnx/graph.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::nn {
namespace {

using detail::ProtoMessage;

// Numbers of the fields in onnx.proto.
namespace model_field {
constexpr int ir_version = 1, producer = 2, producer_version = 3, graph = 7, opset = 8,
              opset_version = 2;
}
namespace graph_field {
constexpr int node = 1, name = 2, initializer = 5, input = 11, output = 12;
}
namespace node_field {
constexpr int input = 1, output = 2, name = 3, op = 4, attribute = 5;
}
namespace attribute_field {
constexpr int name = 1, real = 2, whole = 3, text = 4, wholes = 8, texts = 9, type = 20;
}
namespace tensor_field {
constexpr int size = 1, type = 2, name = 8, bytes = 9;
}
namespace value_field {
constexpr int name = 1, type = 2, tensor = 1, element = 1, shape = 2, axis = 1, size = 1,
              parameter = 2;
}
constexpr int float_type = 1, whole_type = 7;

/// The first version of the file format that has the operators of an opset.
int ir_version_of(int opset) { return opset <= 18 ? 8 : opset <= 20 ? 9 : 10; }

ProtoMessage attribute_message(const OnnxAttribute& attribute) {
  using namespace attribute_field;
  ProtoMessage message;
  message.text(name, attribute.name);
  if (const auto* number = std::get_if<Index>(&attribute.value))
    message.number(whole, *number).number(type, 2);
  else if (const auto* fraction = std::get_if<double>(&attribute.value))
    message.real(real, static_cast<float>(*fraction)).number(type, 1);
  else if (const auto* words = std::get_if<std::string>(&attribute.value))
    message.text(text, *words).number(type, 3);
  else if (const auto* list = std::get_if<OnnxAttribute::Texts>(&attribute.value)) {
    for (const std::string& each : *list) message.text(texts, each);
    message.number(type, 8);
  } else {
    for (const Index each : std::get<std::vector<Index>>(attribute.value))
      message.number(wholes, each);
    message.number(type, 7);
  }
  return message;
}

ProtoMessage value_message(const OnnxValue& value, const OnnxAxes& axes) {
  using namespace value_field;
  ProtoMessage sizes;
  for (int k = 0; k < value.shape.rank(); ++k) {
    ProtoMessage one;
    const std::string& called = axes[static_cast<std::size_t>(k)];
    if (called.empty())
      one.number(size, value.shape[k]);
    else if (called != "?")
      one.text(parameter, called);
    sizes.message(axis, one);
  }
  ProtoMessage of_tensor, any;
  of_tensor.number(element, value.whole ? whole_type : float_type).message(shape, sizes);
  any.message(tensor, of_tensor);
  return ProtoMessage().text(name, value.name).message(type, any);
}

}  // namespace

OnnxGraph::OnnxGraph(const StateList& state, int opset) : opset_(opset) {
  if (opset < 13 || opset > 21)
    throw ValueError(fmt::format("export_onnx: opset {}; expected 13 to 21", opset));
  for (const auto& [name, part] : state)
    std::visit([&, &given = name](const auto* place) { names_.emplace(place, given); }, part);
}

std::string OnnxGraph::fresh(std::string_view stem) {
  std::string name(stem);
  while (!known_.emplace(name, 0).second) name = fmt::format("{}_{}", stem, ++known_[name]);
  return name;
}

void OnnxGraph::expect_known(const char* op, const OnnxValue& value) const {
  if (!value.name.empty() && !known_.contains(value.name))
    throw ValueError(fmt::format("export_onnx: {} reads '{}', which nothing in the graph makes", op,
                                 value.name));
}

OnnxValue OnnxGraph::node(const char* op, const std::vector<OnnxValue>& inputs,
                          const std::vector<OnnxAttribute>& attributes, const Shape& shape) {
  std::vector<OnnxValue> results;
  return node_of_many(op, inputs, attributes, {shape}, results);
}

OnnxValue OnnxGraph::node_of_many(const char* op, const std::vector<OnnxValue>& inputs,
                                  const std::vector<OnnxAttribute>& attributes,
                                  const std::vector<Shape>& shapes,
                                  std::vector<OnnxValue>& results) {
  ProtoMessage message;
  for (const OnnxValue& each : inputs) {
    expect_known(op, each);
    message.text(node_field::input, each.name);
  }
  results.clear();
  for (const Shape& shape : shapes) {
    results.push_back({fresh(op), shape});
    message.text(node_field::output, results.back().name);
  }
  message.text(node_field::name, results[0].name).text(node_field::op, op);
  for (const OnnxAttribute& each : attributes)
    message.message(node_field::attribute, attribute_message(each));
  nodes_.message(graph_field::node, message);
  return results[0];
}

OnnxValue OnnxGraph::initializer(const std::string& name, const Shape& shape, bool whole,
                                 std::string_view bytes) {
  ProtoMessage message;
  for (const Index size : shape) message.number(tensor_field::size, size);
  message.number(tensor_field::type, whole ? whole_type : float_type);
  message.text(tensor_field::name, name).text(tensor_field::bytes, bytes);
  initializers_.message(graph_field::initializer, message);
  return {name, shape, whole};
}

namespace {
template <class Number>
std::string_view bytes_of(const Tensor<Number>& value) {
  return {reinterpret_cast<const char*>(value.data()),
          static_cast<std::size_t>(value.size()) * sizeof(Number)};
}
}  // namespace

OnnxValue OnnxGraph::named_weight(const void* part, const Tensor<float>& value) {
  const auto found = names_.find(part);
  if (found == names_.end()) return constant(value);
  if (known_.contains(found->second)) return {found->second, value.shape()};
  return initializer(fresh(found->second), value.shape(), false, bytes_of(value));
}

OnnxValue OnnxGraph::constant(const Tensor<float>& value) {
  return initializer(fresh("constant"), value.shape(), false, bytes_of(value));
}

OnnxValue OnnxGraph::constant(const Tensor<Index>& value) {
  return initializer(fresh("constant"), value.shape(), true, bytes_of(value));
}

OnnxValue OnnxGraph::input(const Shape& shape, bool whole, std::string_view name) {
  if (name.empty()) throw ValueError("export_onnx: the input has no name");
  for (const auto& each : names_)
    if (each.second == name)
      throw ValueError(
          fmt::format("export_onnx: the input cannot be called '{}', as a weight is", name));
  return input_ = {fresh(name), shape, whole};
}

OnnxValue OnnxGraph::shape_of(const OnnxValue& x) {
  OnnxValue shape = node("Shape", {x}, {}, {x.shape.rank()});
  shape.whole = true;
  return shape;
}

bool OnnxGraph::same_as(const OnnxGraph& other) const {
  return nodes_.bytes() == other.nodes_.bytes() &&
         initializers_.bytes() == other.initializers_.bytes();
}

Tensor<float> OnnxGraph::to_float(const Tensor<double>& value) {
  Tensor<float> rounded = Tensor<float>::uninitialised(value.shape());
  for (Index k = 0; k < value.size(); ++k)
    rounded.unshared_data()[k] = static_cast<float>(value.data()[k]);
  return rounded;
}

std::string OnnxGraph::model(const OnnxValue& output, const OnnxAxes& input_axes,
                             const OnnxAxes& output_axes, const std::string& name) const {
  expect_known("the output", output);
  OnnxValue named = output;
  ProtoMessage graph = nodes_;
  if (!name.empty() && name != output.name) {
    if (known_.contains(name))
      throw ValueError(fmt::format(
          "export_onnx: the output cannot be called '{}', as another value of the graph is", name));
    named.name = name;
    ProtoMessage node;
    node.text(node_field::input, output.name).text(node_field::output, name);
    graph.message(graph_field::node,
                  node.text(node_field::name, name).text(node_field::op, "Identity"));
  }
  graph.text(graph_field::name, "model").append(initializers_);
  graph.message(graph_field::input, value_message(input_, input_axes));
  graph.message(graph_field::output, value_message(named, output_axes));
  ProtoMessage file;
  file.number(model_field::ir_version, ir_version_of(opset_));
  file.text(model_field::producer, "thalweg").text(model_field::producer_version, THALWEG_VERSION);
  file.message(model_field::graph, graph);
  file.message(model_field::opset, ProtoMessage().number(model_field::opset_version, opset_));
  constexpr std::size_t largest = 0x7FFFFFFF;  // Protocol Buffers' own limit
  if (file.bytes().size() > largest)
    throw ValueError("export_onnx: the model takes more than 2 GiB, which ONNX does not hold");
  return file.bytes();
}

}  // namespace thalweg::nn
