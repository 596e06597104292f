#pragma once
/// The models that the tests export: each with a sample.

#include <string>

#include "thalweg/autodiff/ops/slice.hpp"
#include "thalweg/autodiff/ops/views.hpp"
#include "thalweg/nn/model/init.hpp"
#include "thalweg/nn/onnx/onnx.hpp"

namespace thalweg::onnx_models {

/// A struct that says itself what it is made of.
struct Digits {
  nn::Conv2d<float> conv;
  nn::BatchNorm2d<float> norm;
  nn::Dropout drop;
  nn::Linear<float> out;

  explicit Digits(Random& random)
      : conv(1, 4, 3, {.padding = 1}, random), norm(4), drop{0.5}, out(4 * 4 * 4, 10, random) {}

  auto operator()(const Tensor<float>& x, nn::Mode mode) const {
    const Tensor<float> y = max_pool2d(relu(norm(conv(x), mode)), 2);
    return out(flatten(drop(y, mode), 1));
  }
  static constexpr auto fields =
      nn::named("conv", &Digits::conv, "norm", &Digits::norm, "out", &Digits::out);

  nn::OnnxValue to_onnx(nn::OnnxGraph& graph, nn::OnnxValue x) const {
    x = graph.add(norm, graph.add(conv, x));
    x = graph.add(nn::MaxPool2d{2}, graph.add(nn::ReLU{}, x));
    return graph.add(out, graph.add(nn::Flatten{}, x));
  }
};

/// The last step of a recurrent layer.
template <class Layer>
struct Last {
  Layer layer;

  auto operator()(const Tensor<float>& x, nn::Mode mode) const {
    const Index last = x.size(1) - 1;
    return squeeze(slice(layer(x, mode).output, 1, last, last + 1), 1);
  }
  nn::OnnxValue to_onnx(nn::OnnxGraph& graph, nn::OnnxValue x) const {
    const nn::OnnxValue y = graph.add(layer, x);
    const nn::OnnxValue last = graph.constant(IndexTensor(-1));
    return graph.node("Gather", {y, last}, {{"axis", 1}}, {y.shape[0], y.shape[2]});
  }
};

/// With a causal TransformerEncoder, the body of a language model.
struct Words {
  nn::Embedding<float> embed;
  nn::LearnedPositions<float> position;
  nn::TransformerEncoder<float> body;

  auto operator()(const IndexTensor& words, nn::Mode mode) const {
    return body(position(embed(words)), mode);
  }
  nn::OnnxValue to_onnx(nn::OnnxGraph& graph, nn::OnnxValue x) const {
    return graph.add(body, graph.add(position, graph.add(embed, x)));
  }
};

template <class F>
void for_each_recurrent(F&& f, Random& random) {
  using namespace nn;
  const Tensor<float> x = init::normal<float>({3, 5, 4}, 0, 1, random);
  const RecurrentOptions both{.layers = 2, .bidirectional = true};
  f("rnn", RNN<float>{4, 3, random}, x, false);
  f("rnn_relu",
    RNN<float>{
        4, 3, {.layers = 2, .bidirectional = true, .nonlinearity = Nonlinearity::relu}, random},
    x, false);
  f("lstm", LSTM<float>{4, 3, random}, x, false);
  f("lstm_both", LSTM<float>{4, 3, both, random}, x, false);
  f("lstm_bare", LSTM<float>{4, 3, {.layers = 2, .bias = false}, random}, x, false);
  f("lstm_last", Last<LSTM<float>>{LSTM<float>{4, 3, random}}, x, false);
  f("gru", GRU<float>{4, 3, random}, x, false);
  f("gru_both", GRU<float>{4, 3, both, random}, x, false);
}

template <class F>
void for_each_transformer(F&& f, Random& random) {
  using namespace nn;
  const Tensor<float> x = init::normal<float>({2, 5, 8}, 0, 1, random);
  f("attention", MultiHeadAttention<float>{8, 2, random}, x, false);
  f("attention_bare", MultiHeadAttention<float>{8, 2, random, {.bias = false}}, x, false);
  f("encoder", TransformerEncoder<float>{8, 2, random, {.heads = 2}}, x, false);
  f("positions", Sequential{SinusoidalEncoding<float>{8}}, x, false);
  f("causal",
    Words{{10, 8, random},
          {6, 8, random},
          {8,
           2,
           random,
           {.heads = 4,
            .activation = TransformerActivation::gelu,
            .norm_first = true,
            .causal = true}}},
    IndexTensor{{1, 2, 3, 7}, {9, 0, 4, 5}}, false);
}

/// OpenCV 4.6 takes no bounds of Clip as inputs, and divides padded means as it likes.
///
/// f(name, model, sample, can OpenCV run it?) for each.
template <class F>
void for_each(F&& f) {
  using namespace nn;
  Random random{5};
  const auto images = [&](Shape shape) { return init::normal<float>(shape, 0, 1, random); };

  f("mlp",
    Sequential{Linear<float>{6, 8, random}, ReLU{}, Dropout{}, Linear<float>{8, 3, random},
               Softmax{}},
    images({2, 6}), true);
  f("double", Sequential{Linear<double>{6, 8, random}, Tanh{}},
    init::normal<double>({2, 6}, 0, 1, random), true);
  Digits digits{random};
  digits.norm.running_mean.set(images({4}));
  digits.norm.running_var.set(Tensor<float>{0.5f, 1, 2, 3});
  f("digits", digits, images({2, 1, 8, 8}), true);
  f("conv",
    Sequential{
        Conv2d<float>{4, 6, Extent(3, 2), {.stride = 2, .padding = 1, .groups = 2}, random},
        Conv2d<float>{6, 4, 3, {.padding = Extent(2, 1), .dilation = 2, .bias = false}, random},
        AvgPool2d{3, {.stride = 1, .padding = 1, .count_include_pad = false}}, GlobalAvgPool2d{},
        Flatten{}},
    images({2, 4, 12, 13}), true);
  f("average",
    Sequential{AvgPool2d{3, {.stride = 2, .padding = 1, .count_include_pad = false}},
               MaxPool2d{2, {.stride = 1}}},
    images({1, 2, 9, 8}), true);
  f("global_max", Sequential{GlobalMaxPool2d{}}, images({2, 3, 4, 5}), true);
  f("transpose",
    Sequential{
        ConvTranspose2d<float>{3, 2, 3, {.stride = 2, .padding = 1, .output_padding = 1}, random}},
    images({2, 3, 4, 5}), true);
  f("conv1d",
    Sequential{Conv1d<float>{3, 4, 3, {.stride = 2, .padding = 1}, random}, ReLU{}, MaxPool1d{2},
               AvgPool1d{2}},
    images({2, 3, 17}), false);
  f("residual", Residual{Sequential{Linear<float>{5, 5, random}, Tanh{}}}, images({3, 5}), true);
  f("smooth", Sequential{GELUTanh{}, SiLU{}, Mish{}, Hardswish{}, ELU{.alpha = 0.7}, Softplus{}},
    images({2, 9}), true);
  f("padded", Sequential{AvgPool2d{3, {.padding = 1}}}, images({2, 2, 6, 7}), false);
  f("padded1d", Sequential{AvgPool1d{3, {.stride = 2, .padding = 1}}}, images({2, 2, 7}), false);
  f("unpadded1d", Sequential{AvgPool1d{3, {.padding = 1, .count_include_pad = false}}},
    images({2, 2, 7}), false);
  f("kinked", Sequential{LeakyReLU{.slope = 0.2}, Hardtanh{-0.7, 0.8}, ReLU6{}, Hardsigmoid{}},
    images({2, 9}), false);
  f("sigmoids", Sequential{SELU{}, Sigmoid{}, LogSigmoid{}, Softsign{}, Identity{}, LogSoftmax{}},
    images({2, 9}), false);
  f("gelu", Sequential{GELU{}}, images({2, 9}), false);
  f("prelu", Sequential{PReLU<float>{3, 0.3}}, images({2, 3, 4, 5}), true);
  f("layer_norm", Sequential{LayerNorm<float>{Shape{4, 6}}, Linear<float>{6, 2, random}},
    images({2, 4, 6}), false);
  f("norms", Sequential{RMSNorm<float>{6}, LayerNorm<float>{6, {.affine = false}}},
    images({2, 4, 6}), false);
  f("group_norm", Sequential{GroupNorm<float>{2, 4}}, images({2, 4, 3, 5}), false);
  f("words", Sequential{Embedding<float>{10, 4, random}, Flatten{}, Linear<float>{12, 2, random}},
    IndexTensor{{1, 2, 3}, {9, 0, 4}}, false);
  for_each_recurrent(f, random);
  for_each_transformer(f, random);
}

}  // namespace thalweg::onnx_models
