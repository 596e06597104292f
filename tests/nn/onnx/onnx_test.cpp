#include <doctest/doctest.h>

#include <map>
#include <set>

#include "tests/nn/onnx/models.hpp"
#include "tests/nn/onnx/proto_reader.hpp"
#include "tests/temporary_folder.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/files.hpp"

using namespace thalweg;
using Names = std::vector<std::string>;

namespace {

/// A model's bytes; its graph is field 7.
template <class Model>
std::string exported(const Model& model, const Shape& shape, const nn::OnnxOptions& options = {}) {
  return nn::detail::onnx_bytes(model, zeros<float>(shape), options);
}

Names operators(const ProtoReader& graph) {
  Names names;
  for (const ProtoReader& node : graph.messages(1)) names.push_back(node.text(4));
  return names;
}

std::string bytes_of(const Tensor<float>& tensor) {
  return {reinterpret_cast<const char*>(tensor.data()),
          static_cast<std::size_t>(tensor.size()) * sizeof(float)};
}

struct Wrong {
  nn::Linear<float> fc;
  Tensor<float> operator()(const Tensor<float>& x) const { return fc(x); }
  nn::OnnxValue to_onnx(nn::OnnxGraph&, nn::OnnxValue x) const { return x; }
};

struct Lost {
  Tensor<float> operator()(const Tensor<float>& x) const { return x; }
  nn::OnnxValue to_onnx(nn::OnnxGraph& graph, nn::OnnxValue x) const {
    return graph.node("Relu", {{"nowhere", x.shape}}, {}, x.shape);
  }
};

}  // namespace

TEST_CASE("ONNX: the file is a model with one input, one output, and weights under their names") {
  Random random{1};
  const nn::Sequential model{nn::Linear<float>{3, 2, random}, nn::Dropout{}, nn::ReLU{}};
  const std::string bytes = exported(model, {4, 3});
  const ProtoReader file(bytes);
  CHECK(file.number(1) == 8);
  CHECK(file.message(8).number(2) == 17);
  CHECK(file.text(2) == "thalweg");
  const std::string graph_bytes = file.text(7);
  const ProtoReader graph(graph_bytes);
  CHECK(operators(graph) == Names{"Gemm", "Relu"});

  const ProtoReader gemm = graph.messages(1)[0], relu = graph.messages(1)[1];
  CHECK(gemm.texts(1) == Names{"input", "0.weight", "0.bias"});
  CHECK(relu.texts(1) == gemm.texts(2));
  CHECK(gemm.message(5).text(1) == "transB");
  CHECK(gemm.message(5).number(3) == 1);

  const auto weights = graph.messages(5);
  REQUIRE(weights.size() == 2);
  for (const ProtoReader& weight : weights) {
    const bool bias = weight.text(8) == "0.bias";
    CHECK(weight.numbers(1) ==
          (bias ? std::vector<std::int64_t>{2} : std::vector<std::int64_t>{2, 3}));
    CHECK(weight.number(2) == 1);
    const auto& layer = model.get<0>();
    CHECK(weight.text(9) == bytes_of((bias ? layer.bias : layer.weight).value()));
  }

  const auto axes = [](const ProtoReader& value) {
    return value.message(2).message(1).message(2).messages(1);
  };
  const ProtoReader input = graph.message(11), output = graph.message(12);
  CHECK(input.text(1) == "input");
  CHECK(output.texts(1) == relu.texts(2));
  CHECK(axes(input)[0].text(2) == "batch");
  CHECK(axes(input)[1].number(1) == 3);
  CHECK(axes(output)[0].text(2) == "batch");
  CHECK(axes(output)[1].number(1) == 2);
  const std::string fixed = exported(model, {4, 3}, {.dynamic_batch = false});
  const std::string fixed_graph = ProtoReader(fixed).text(7);
  CHECK(axes(ProtoReader(fixed_graph).message(11))[0].number(1) == 4);
}

TEST_CASE("ONNX: every value is made once, before it is read") {
  onnx_models::for_each([](const std::string& name, const auto& model, const auto& x, bool) {
    INFO(name);
    for (const int opset : {13, 17}) {
      const std::string bytes = nn::detail::onnx_bytes(model, x, {.opset = opset});
      const std::string graph_bytes = ProtoReader(bytes).text(7);
      const ProtoReader graph(graph_bytes);
      std::set<std::string> known = {graph.message(11).text(1)};
      for (const ProtoReader& weight : graph.messages(5)) {
        std::int64_t size = weight.number(2) == 7 ? 8 : 4;
        for (const std::int64_t each : weight.numbers(1)) size *= each;
        CHECK(static_cast<std::int64_t>(weight.text(9).size()) == size);
        CHECK(known.insert(weight.text(8)).second);
      }
      for (const ProtoReader& node : graph.messages(1)) {
        for (const std::string& input : node.texts(1)) CHECK(known.contains(input));
        for (const std::string& output : node.texts(2)) CHECK(known.insert(output).second);
      }
      CHECK(known.contains(graph.message(12).text(1)));
    }
  });
}

TEST_CASE("ONNX: LayerNorm is one node from opset 17 on") {
  const nn::Sequential model{nn::LayerNorm<float>{4}};
  const auto names = [&](int opset) {
    const std::string bytes = exported(model, {2, 4}, {.opset = opset});
    const std::string graph = ProtoReader(bytes).text(7);
    return operators(ProtoReader(graph));
  };
  CHECK(names(17) == Names{"LayerNormalization"});
  CHECK(names(16) ==
        Names{"ReduceMean", "Sub", "Mul", "ReduceMean", "Add", "Sqrt", "Div", "Mul", "Add"});
}

TEST_CASE("ONNX: an average over a padded line counts the padding, or not, as the layer does") {
  for (const bool counted : {false, true}) {
    const nn::Sequential model{
        nn::AvgPool1d{3, {.stride = 2, .padding = 1, .count_include_pad = counted}}};
    const std::string bytes = exported(model, {2, 4, 7});
    const std::string graph = ProtoReader(bytes).text(7);
    const ProtoReader node = ProtoReader(graph).messages(1)[0];
    CHECK(node.text(4) == "AveragePool");
    std::map<std::string, std::vector<std::int64_t>> attributes;
    for (const ProtoReader& each : node.messages(5))
      attributes[each.text(1)] = each.numbers(each.numbers(8).empty() ? 3 : 8);
    using Numbers = std::vector<std::int64_t>;
    CHECK(attributes == std::map<std::string, Numbers>{{"count_include_pad", {counted}},
                                                       {"kernel_shape", {3}},
                                                       {"pads", {1, 1}},
                                                       {"strides", {2}}});
  }
}

TEST_CASE("ONNX: a layer used twice shares its weights") {
  Random random{1};
  const auto layer = std::make_shared<nn::Linear<float>>(3, 3, random);
  struct Twice {
    std::shared_ptr<nn::Linear<float>> layer;
    auto operator()(const Tensor<float>& x) const { return (*layer)((*layer)(x)); }
    nn::OnnxValue to_onnx(nn::OnnxGraph& graph, nn::OnnxValue x) const {
      return graph.add(*layer, graph.add(*layer, x));
    }
  };
  const std::string bytes = exported(Twice{layer}, {1, 3});
  const std::string graph = ProtoReader(bytes).text(7);
  CHECK(ProtoReader(graph).messages(5).size() == 2);
}

TEST_CASE("ONNX: what cannot be right is refused, and no file is written") {
  const TemporaryFolder folder;
  Random random{1};
  const nn::Linear<float> fc{3, 2, random};
  CHECK_THROWS_WITH_AS(nn::export_onnx(Wrong{fc}, folder / "m", {1, 3}),
                       "export_onnx: the model's ONNX form makes [1, 3], the model itself [1, 2]",
                       ShapeError);
  CHECK_THROWS_WITH_AS(nn::export_onnx(Lost{}, folder / "m", zeros<float>({1, 3})),
                       "export_onnx: Relu reads 'nowhere', which nothing in the graph makes",
                       ValueError);
  CHECK_THROWS_WITH_AS(nn::export_onnx(fc, folder / "m", {1, 3}, {.opset = 18}),
                       "export_onnx: opset 18; expected 13 to 17", ValueError);
  CHECK_THROWS_WITH_AS(nn::export_onnx(fc, folder / "m", {1, 3}, {.opset = 12}),
                       "export_onnx: opset 12; expected 13 to 17", ValueError);
  CHECK_THROWS_AS(nn::export_onnx(fc, folder / "m", {1, 4}), ShapeError);
  CHECK(folder.files() == 0);
  nn::export_onnx(fc, folder / "m", {1, 3});
  CHECK(read_file(folder / "m") == exported(fc, {1, 3}));
}
