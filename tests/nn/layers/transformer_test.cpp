#include "thalweg/nn/layers/transformer.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "tests/close.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/cast.hpp"
#include "thalweg/autodiff/ops/extrema.hpp"
#include "thalweg/autodiff/ops/join.hpp"
#include "thalweg/autodiff/ops/select.hpp"
#include "thalweg/autodiff/ops/slice.hpp"
#include "thalweg/autodiff/ops/views.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/nn/layers/positional.hpp"
#include "thalweg/nn/model/check_gradient.hpp"

using namespace thalweg;
using testing::close, testing::same;

namespace {

Tensor<double> drawn(const Shape& shape, std::uint64_t seed) {
  Random random{seed};
  return normal<double>(shape, random);
}

/// The largest |a − b|; NaN, which is neither above nor below, if there is one.
double difference(const Tensor<double>& a, const Tensor<double>& b) {
  return max(abs(a - b)).item();
}

nn::MultiHeadAttention<double> small(const nn::MultiHeadAttentionOptions& options = {}) {
  Random random{1};
  nn::MultiHeadAttention<double> layer(8, 2, random, options);
  layer.in_proj_bias.assign(drawn({24}, 2));
  layer.out_proj.bias.assign(drawn({8}, 3));
  return layer;
}

nn::TransformerOptions options_of(bool norm_first, bool rotary = false) {
  return {.heads = 2,
          .feedforward = 6,
          .dropout = 0,
          .activation = nn::TransformerActivation::gelu,
          .norm_first = norm_first,
          .causal = true,
          .rotary = rotary};
}

template <class Model>
std::string names(Model& model) {
  std::string all;
  for (const auto& named : nn::parameters(model)) all += named.name + " ";
  return all;
}

}  // namespace

TEST_CASE("MultiHeadAttention: projections, heads and projection, as composed of ops") {
  const auto layer = small();
  const Tensor x = drawn({2, 5, 8}, 4);
  const auto heads = [](const Tensor<double>& rows) {
    return Tensor(permute(reshape(rows, {2, 5, 2, 4}), {0, 2, 1, 3}));
  };
  const auto parts = split(linear(x, layer.in_proj_weight, layer.in_proj_bias), Index{3}, 2);
  const Tensor y = scaled_dot_product_attention(heads(parts[0]), heads(parts[1]), heads(parts[2]));
  const Tensor expected = linear(reshape(permute(y, {0, 2, 1, 3}), {2, 5, 8}),
                                 layer.out_proj.weight, layer.out_proj.bias);
  CHECK(close(layer(x, nn::evaluation), expected, {.absolute = 1e-14}));
}

TEST_CASE("MultiHeadAttention: attention of x to itself is cross attention to x") {
  const auto layer = small();
  const Tensor x = drawn({2, 5, 8}, 4), copy = drawn({2, 5, 8}, 4);
  const Tensor y = layer(x, {.causal = true}, nn::evaluation);
  CHECK(close(layer(x, x, x, {.causal = true}, nn::evaluation), y, {.absolute = 1e-14}));
  CHECK(close(layer(x, x, copy, {.causal = true}, nn::evaluation), y, {.absolute = 1e-14}));
}

TEST_CASE("MultiHeadAttention: the gradient agrees with central differences") {
  auto layer = small();
  const Tensor x = drawn({2, 3, 8}, 4), memory = drawn({2, 4, 8}, 5);
  CHECK(nn::check_gradient(layer, [&] { return layer(x, {.causal = true}, nn::evaluation); }));
  CHECK(nn::check_gradient(layer, [&] { return layer(x, memory, memory, nn::evaluation); }));
  const Tensor other = drawn({2, 4, 8}, 6);
  CHECK(nn::check_gradient(layer, [&] { return layer(x, memory, other, nn::evaluation); }));
}

TEST_CASE("MultiHeadAttention: row by row through a cache is all rows at once") {
  for (const bool rotary : {false, true}) {
    const auto layer = small({.rotary = rotary});
    const Tensor x = drawn({2, 40, 8}, 4);
    const Tensor whole = layer(x, {.causal = true}, nn::evaluation);
    nn::KeyValueCache<double> cache;
    std::vector<Tensor<double>> rows{layer(slice(x, 1, 0, 7), {.cache = &cache}, nn::evaluation)};
    for (Index t = 7; t < 40; ++t)
      rows.push_back(layer(slice(x, 1, t, t + 1), {.cache = &cache}, nn::evaluation));
    CHECK(cache.length() == 40);
    CHECK(close(concat(rows, 1), whole, {.absolute = 1e-13}));
    cache.clear();
    CHECK(close(layer(slice(x, 1, 0, 7), {.cache = &cache}, nn::evaluation), slice(whole, 1, 0, 7),
                {.absolute = 1e-13}));
  }
}

TEST_CASE("MultiHeadAttention: padding is as good as a shorter text") {
  const auto layer = small();
  const Tensor x = drawn({1, 9, 8}, 4);
  Tensor present = ones({1, 9});
  for (Index j = 6; j < 9; ++j) present.set({0, j}, 0);
  const Tensor y = layer(x, {.key_mask = present}, nn::evaluation);
  CHECK(close(slice(y, 1, 0, 6), layer(slice(x, 1, 0, 6), nn::evaluation), {.absolute = 1e-14}));
}

TEST_CASE("MultiHeadAttention: what lies in the padding has no influence, NaN included") {
  const auto layer = small();
  const Tensor x = drawn({2, 5, 8}, 4), memory = drawn({2, 6, 8}, 5);
  Tensor present = ones({2, 6}), spoiled = memory;
  for (Index row = 0; row < 2; ++row)
    for (Index j = 4; j < 6; ++j) {
      present.set({row, j}, 0);
      for (Index k = 0; k < 8; ++k) spoiled.set({row, j, k}, k % 2 == 0 ? NAN : -INFINITY);
    }
  const nn::AttentionInput<double> masked{.key_mask = present};
  const Tensor y = layer(x, memory, memory, masked, nn::evaluation);
  CHECK(close(layer(x, spoiled, spoiled, masked, nn::evaluation), y, {.absolute = 1e-14}));
  const Tensor shorter = slice(memory, 1, 0, 4);
  CHECK(close(y, layer(x, shorter, shorter, nn::evaluation), {.absolute = 1e-14}));
}

TEST_CASE("MultiHeadAttention: dropout acts in training only and repeats with its generator") {
  const auto layer = small({.dropout = 0.5});
  const Tensor x = drawn({2, 5, 8}, 4);
  Random one{1}, two{1};
  const Tensor y = layer(x, nn::training(one));
  CHECK(same(y, layer(x, nn::training(two))));
  CHECK(difference(y, layer(x, nn::evaluation)) > 1e-3);
}

TEST_CASE("transformers: parameters have PyTorch's names") {
  Random random{1};
  nn::TransformerEncoder<float> encoder(8, 1, random, options_of(true));
  CHECK(names(encoder) ==
        "layers.0.self_attn.in_proj_weight layers.0.self_attn.in_proj_bias "
        "layers.0.self_attn.out_proj.weight layers.0.self_attn.out_proj.bias "
        "layers.0.linear1.weight layers.0.linear1.bias layers.0.linear2.weight "
        "layers.0.linear2.bias layers.0.norm1.weight layers.0.norm1.bias layers.0.norm2.weight "
        "layers.0.norm2.bias norm.weight norm.bias ");
  nn::TransformerDecoderLayer<float> decoder(8, random, options_of(false));
  CHECK(names(decoder) ==
        "self_attn.in_proj_weight self_attn.in_proj_bias self_attn.out_proj.weight "
        "self_attn.out_proj.bias multihead_attn.in_proj_weight multihead_attn.in_proj_bias "
        "multihead_attn.out_proj.weight multihead_attn.out_proj.bias linear1.weight linear1.bias "
        "linear2.weight linear2.bias norm1.weight norm1.bias norm2.weight norm2.bias norm3.weight "
        "norm3.bias ");
}

TEST_CASE("transformers: gradients agree with central differences") {
  for (const bool norm_first : {false, true}) {
    Random random{1};
    nn::TransformerEncoder<double> encoder(4, 2, random, options_of(norm_first, norm_first));
    nn::TransformerDecoder<double> decoder(4, 1, random, options_of(norm_first));
    const Tensor x = drawn({2, 3, 4}, 4), memory = drawn({2, 2, 4}, 5);
    const GradientCheck check{.directions = 20};
    CHECK(nn::check_gradient(check, encoder, [&] { return encoder(x, nn::evaluation); }));
    CHECK(nn::check_gradient(check, decoder, [&] { return decoder(x, memory, nn::evaluation); }));
  }
}

TEST_CASE("TransformerEncoder: causal, row t does not depend on later rows") {
  Random random{1};
  const nn::TransformerEncoder<double> model(8, 3, random, options_of(true, true));
  const Tensor x = drawn({2, 12, 8}, 4);
  const Tensor changed = concat({slice(x, 1, 0, 7), drawn({2, 5, 8}, 5)}, 1);
  const Tensor y = model(x, nn::evaluation), z = model(changed, nn::evaluation);
  CHECK(same(slice(y, 1, 0, 7), slice(z, 1, 0, 7)));
  CHECK(difference(slice(y, 1, 7, 12), slice(z, 1, 7, 12)) > 0.1);
}

TEST_CASE("TransformerEncoder: generating through caches is all rows at once") {
  for (const bool norm_first : {false, true}) {
    Random random{1};
    const nn::TransformerEncoder<double> model(8, 3, random, options_of(norm_first, norm_first));
    const Tensor x = drawn({2, 12, 8}, 4);
    nn::StackCache<double> cache;
    std::vector<Tensor<double>> rows{model.next(slice(x, 1, 0, 3), cache)};
    for (Index t = 3; t < 12; ++t) rows.push_back(model.next(slice(x, 1, t, t + 1), cache));
    CHECK(close(concat(rows, 1), model(x, nn::evaluation), {.absolute = 1e-13}));
  }
}

TEST_CASE("TransformerDecoder: the memory counts, the order of its rows does not") {
  Random random{1};
  const nn::TransformerDecoder<double> model(8, 2, random, options_of(true));
  const Tensor x = drawn({2, 5, 8}, 4), memory = drawn({2, 6, 8}, 5);
  const Tensor flipped = flip(memory, 1);
  CHECK(close(model(x, memory, nn::evaluation), model(x, flipped, nn::evaluation),
              {.absolute = 1e-13}));
  CHECK(difference(model(x, memory, nn::evaluation), model(x, memory * 2, nn::evaluation)) > 1e-3);
}

TEST_CASE("transformers: float agrees with double") {
  Random one{1}, two{1};
  const nn::TransformerEncoder<double> exact(8, 2, one, options_of(true));
  nn::TransformerEncoder<float> model(8, 2, two, options_of(true));
  nn::copy_parameters(exact, model);
  const Tensor x = drawn({2, 5, 8}, 4);
  CHECK(close(cast<double>(model(cast<float>(x), nn::evaluation)), exact(x, nn::evaluation),
              {.absolute = 1e-5}));
}

TEST_CASE("positions: sines and cosines, and learned rows; both may begin anywhere") {
  const nn::SinusoidalEncoding<double> fixed{4};
  const Tensor y = fixed(zeros({1, 3, 4}), 2);
  CHECK(close(y(0, 1, 0).value(), std::sin(3.0)));
  CHECK(close(y(0, 1, 3).value(), std::cos(0.03)));
  Random random{1};
  const nn::LearnedPositions<double> learned(5, 4, random);
  CHECK(same(learned(zeros({2, 2, 4}), 3),
             stack({slice(learned.weight, 0, 3, 5), slice(learned.weight, 0, 3, 5)}, 0)));
  CHECK_THROWS_WITH_AS(learned(zeros({1, 2, 4}), 4), "LearnedPositions: position 5; there are 5",
                       IndexError);
  CHECK_THROWS_WITH_AS(fixed(zeros({1, 3, 5})),
                       "SinusoidalEncoding: x [1, 3, 5]; expected [b, t, 4]", ShapeError);
}

TEST_CASE("attention and transformers: what makes no sense is refused") {
  Random random{1};
  CHECK_THROWS_WITH_AS((nn::MultiHeadAttention<float>{8, 3, random}),
                       "MultiHeadAttention: width 8 and 3 heads; expected a multiple of the heads",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      (nn::MultiHeadAttention<float>{6, 2, random, {.rotary = true}}),
      "MultiHeadAttention: width 6 and 2 heads; expected an even width of every head, for rotary",
      ValueError);
  const auto layer = small();
  CHECK_THROWS_WITH_AS(layer(zeros({2, 8}), nn::evaluation),
                       "MultiHeadAttention: x [2, 8]; expected [b, t, 8]", ShapeError);
  CHECK_THROWS_WITH_AS((nn::TransformerEncoder<float>{8, 0, random}),
                       "TransformerEncoder: 0 layers; expected at least 1", ValueError);
  nn::KeyValueCache<double> cache;
  layer(zeros({2, 1, 8}), {.cache = &cache}, nn::evaluation);
  CHECK_THROWS_WITH_AS(layer(zeros({3, 1, 8}), {.cache = &cache}, nn::evaluation),
                       "KeyValueCache: 3 rows of width 8; expected 2 of 8, as before", ShapeError);
  Tape tape;
  CHECK_THROWS_WITH_AS(
      layer(zeros({2, 1, 8}), {.cache = &cache}, nn::evaluation),
      "MultiHeadAttention: what a cache holds has no gradient; generate without a tape",
      ValueError);
}
