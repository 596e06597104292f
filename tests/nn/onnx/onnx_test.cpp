#include <doctest/doctest.h>

#include <algorithm>
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

/// What the axes of an input or output are called, or how long they are; "?" for neither.
Names axes_of(const ProtoReader& value) {
  Names names;
  for (const ProtoReader& axis : value.message(2).message(1).message(2).messages(1))
    names.push_back(!axis.texts(2).empty()     ? axis.text(2)
                    : !axis.numbers(1).empty() ? std::to_string(axis.number(1))
                                               : "?");
  return names;
}

/// The axes of the input, then those of the output.
template <class Model, class Element>
std::pair<Names, Names> axes(const Model& model, const Tensor<Element>& sample,
                             const nn::OnnxOptions& options) {
  const std::string bytes = nn::detail::onnx_bytes(model, sample, options);
  const std::string graph = ProtoReader(bytes).text(7);
  return {axes_of(ProtoReader(graph).message(11)), axes_of(ProtoReader(graph).message(12))};
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
  CHECK(std::ranges::count(file.text(3), '.') == 2);  // its version
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
    for (const int opset : {13, 17, 21}) {
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

TEST_CASE("ONNX: from opset 18 on axes are an input of ReduceMean, and Split counts its outputs") {
  Random random{1};
  const auto node = [](const auto& model, const Shape& shape, int opset, const char* op) {
    const std::string bytes = exported(model, shape, {.opset = opset});
    const std::string graph = ProtoReader(bytes).text(7);
    std::pair<std::size_t, Names> found;
    for (const ProtoReader& each : ProtoReader(graph).messages(1))
      if (each.text(4) == op) {
        found.first = each.texts(1).size();
        for (const ProtoReader& attribute : each.messages(5))
          found.second.push_back(attribute.text(1));
      }
    return found;
  };
  using Found = std::pair<std::size_t, Names>;
  const nn::Sequential norm{nn::RMSNorm<float>{4}};
  CHECK(node(norm, {2, 4}, 17, "ReduceMean") == Found{1, {"axes", "keepdims"}});
  CHECK(node(norm, {2, 4}, 18, "ReduceMean") == Found{2, {"keepdims"}});
  const nn::MultiHeadAttention<float> attention{8, 2, random};
  CHECK(node(attention, {1, 3, 8}, 17, "Split") == Found{1, {"axis"}});
  CHECK(node(attention, {1, 3, 8}, 18, "Split") == Found{1, {"axis", "num_outputs"}});
}

TEST_CASE("ONNX: the file says which version of the format its opset asks for") {
  const nn::Sequential model{nn::ReLU{}};
  for (const auto& [opset, format] :
       std::map<int, int>{{17, 8}, {18, 8}, {19, 9}, {20, 9}, {21, 10}}) {
    const std::string bytes = exported(model, {1, 2}, {.opset = opset});
    CHECK(ProtoReader(bytes).number(1) == format);
    CHECK(ProtoReader(bytes).message(8).number(2) == opset);
  }
}

TEST_CASE("ONNX: input and output have the names that are asked for") {
  Random random{1};
  const nn::Sequential model{nn::Linear<float>{3, 2, random}};
  const std::string bytes = exported(model, {4, 3}, {.input = "pixels", .output = "scores"});
  const std::string graph_bytes = ProtoReader(bytes).text(7);
  const ProtoReader graph(graph_bytes);
  CHECK(graph.message(11).text(1) == "pixels");
  CHECK(graph.message(12).text(1) == "scores");
  CHECK(graph.messages(1)[0].texts(1)[0] == "pixels");
  CHECK(operators(graph) == Names{"Gemm", "Identity"});
  CHECK(graph.messages(1)[1].texts(2) == Names{"scores"});
  CHECK(axes_of(graph.message(12)) == Names{"batch", "2"});
  CHECK_THROWS_WITH_AS(exported(model, {4, 3}, {.output = "0.bias"}),
                       "export_onnx: the output cannot be called '0.bias', as another value of the "
                       "graph is",
                       ValueError);
  CHECK_THROWS_WITH_AS(exported(model, {4, 3}, {.input = ""}), "export_onnx: the input has no name",
                       ValueError);
  CHECK_THROWS_WITH_AS(exported(model, {4, 3}, {.input = "0.bias"}),
                       "export_onnx: the input cannot be called '0.bias', as a weight is",
                       ValueError);
}

TEST_CASE("ONNX: any axis of the input can have any length, and the output's axes follow it") {
  Random random{1};
  using Both = std::pair<Names, Names>;
  const nn::LSTM<float> lstm{4, 3, {.layers = 2, .bidirectional = true}, random};
  CHECK(axes(lstm, zeros<float>({3, 5, 4}), {}) == Both{{"batch", "5", "4"}, {"batch", "5", "6"}});
  CHECK(axes(lstm, zeros<float>({3, 5, 4}), {.dynamic = {{1, "time"}}}) ==
        Both{{"batch", "time", "4"}, {"batch", "time", "6"}});
  const onnx_models::Last<nn::LSTM<float>> last{nn::LSTM<float>{4, 3, random}};
  CHECK(axes(last, zeros<float>({3, 5, 4}), {.dynamic = {{-2, "time"}, {0, "texts"}}}) ==
        Both{{"texts", "time", "4"}, {"texts", "3"}});

  const nn::OnnxOptions size{.dynamic = {{2, "height"}, {3, "width"}}};
  const Tensor<float> image = zeros<float>({2, 1, 8, 8});
  const nn::Conv2d<float> same{1, 4, 3, {.padding = 1}, random};
  CHECK(axes(nn::Sequential{same, nn::GroupNorm<float>{2, 4}}, image, size) ==
        Both{{"batch", "1", "height", "width"}, {"batch", "4", "height", "width"}});
  CHECK(axes(nn::Sequential{same, nn::MaxPool2d{2}}, image, size) ==
        Both{{"batch", "1", "height", "width"}, {"batch", "4", "?", "?"}});
  CHECK(axes(nn::Sequential{same, nn::GlobalAvgPool2d{}, nn::Flatten{},
                            nn::Linear<float>{4, 2, random}},
             image, size) == Both{{"batch", "1", "height", "width"}, {"batch", "2"}});

  const nn::Sequential words{nn::Embedding<float>{10, 8, random},
                             nn::LearnedPositions<float>{16, 8, random},
                             nn::TransformerEncoder<float>{8, 1, random, {.heads = 2}}};
  CHECK(axes(words, IndexTensor{{1, 2, 3}}, {.dynamic = {{1, "time"}}}) ==
        Both{{"batch", "time"}, {"batch", "time", "8"}});
}

TEST_CASE("ONNX: an axis that the model needs as long as it is cannot have any length") {
  Random random{1};
  const nn::Sequential fixed{nn::Flatten{}, nn::Linear<float>{6, 2, random}};
  CHECK_THROWS_WITH_AS(exported(fixed, {4, 2, 3}, {.dynamic = {{2, "width"}}}),
                       "export_onnx: axis 2 ('width') cannot have any length; with [4, 2, 7]: "
                       "linear: the input has shape [4, 14], the weight [2, 6]; the last axis of "
                       "the input must have size 6, one for each column of the weight",
                       ValueError);
  const nn::Sequential positions{nn::SinusoidalEncoding<float>{8}};
  CHECK_THROWS_WITH_AS(exported(positions, {1, 3, 8}, {.dynamic = {{1, "time"}}}),
                       "export_onnx: axis 1 ('time') cannot have any length; with [1, 7, 8]: the "
                       "graph has other nodes or constants than for the sample",
                       ValueError);
  CHECK_THROWS_AS(exported(positions, {1, 3, 8}, {.dynamic = {{3, "time"}}}), ShapeError);
  const nn::Sequential relu{nn::ReLU{}};
  CHECK_THROWS_WITH_AS(exported(relu, {1, 3, 8}, {.dynamic = {{1, ""}}}),
                       "export_onnx: axis 1 of any length has no name", ValueError);
  CHECK_THROWS_WITH_AS(exported(relu, {1, 3, 8}, {.dynamic = {{1, "a"}, {2, "a"}}}),
                       "export_onnx: two axes are called 'a'", ValueError);
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
  CHECK_THROWS_WITH_AS(nn::export_onnx(fc, folder / "m", {1, 3}, {.opset = 22}),
                       "export_onnx: opset 22; expected 13 to 21", ValueError);
  CHECK_THROWS_WITH_AS(nn::export_onnx(fc, folder / "m", {1, 3}, {.opset = 12}),
                       "export_onnx: opset 12; expected 13 to 21", ValueError);
  CHECK_THROWS_AS(nn::export_onnx(fc, folder / "m", {1, 4}), ShapeError);
  CHECK(folder.files() == 0);
  nn::export_onnx(fc, folder / "m", {1, 3});
  CHECK(read_file(folder / "m") == exported(fc, {1, 3}));
}
