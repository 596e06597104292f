#include "thalweg/nn/layers/transformer.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/activation.hpp"

namespace thalweg::nn {
namespace {

template <class Layer>
std::vector<Layer> stack(const char* name, Index e, Index count, Random& random,
                         const TransformerOptions& options) {
  if (count < 1) throw ValueError(fmt::format("{}: {} layers; expected at least 1", name, count));
  std::vector<Layer> layers;
  layers.reserve(count);
  for (Index k = 0; k < count; ++k) layers.emplace_back(e, random, options);
  return layers;
}

}  // namespace

template <class Real>
TransformerBlocks<Real>::TransformerBlocks(const char* layer, Index e,
                                           const TransformerOptions& options)
    : e_(e), options_(options) {
  if (options.feedforward < 0)
    throw ValueError(
        fmt::format("{}: feedforward is {}; expected a width", layer, options.feedforward));
  if (e < 1) throw ValueError(fmt::format("{}: width {}; expected at least 1", layer, e));
}

template <class Real>
MultiHeadAttention<Real> TransformerBlocks<Real>::attention(Random& random, bool rotary) const {
  return {e_, options_.heads, random, {.dropout = options_.dropout, .rotary = rotary}};
}

template <class Real>
Tensor<Real> TransformerBlocks<Real>::feed_forward(const Tensor<Real>& x,
                                                   const LayerNorm<Real>& norm,
                                                   const Linear<Real>& linear1,
                                                   const Linear<Real>& linear2, Mode mode) const {
  return block(x, norm, mode, [&](const Tensor<Real>& rows) {
    const auto inner = linear1(rows);
    const Tensor<Real> active = options_.activation == TransformerActivation::relu
                                    ? Tensor<Real>(relu(inner))
                                    : Tensor<Real>(gelu(inner));
    return linear2(Dropout{options_.dropout}(active, mode));
  });
}

template <class Real>
TransformerEncoderLayer<Real>::TransformerEncoderLayer(Index e, Random& random,
                                                       const TransformerOptions& options)
    : TransformerBlocks<Real>("TransformerEncoderLayer", e, options),
      self_attn(this->attention(random, options.rotary)),
      linear1(this->to_hidden(random)),
      linear2(this->from_hidden(random)),
      norm1(this->norm()),
      norm2(this->norm()) {}

template <class Real>
Tensor<Real> TransformerEncoderLayer<Real>::operator()(const Tensor<Real>& x, const Input& input,
                                                       Mode mode) const {
  Input seen = input;
  seen.causal = input.causal || this->options().causal;
  const Tensor<Real> h = this->block(
      x, norm1, mode, [&](const Tensor<Real>& rows) { return self_attn(rows, seen, mode); });
  return this->feed_forward(h, norm2, linear1, linear2, mode);
}

template <class Real>
TransformerDecoderLayer<Real>::TransformerDecoderLayer(Index e, Random& random,
                                                       const TransformerOptions& options)
    : TransformerBlocks<Real>("TransformerDecoderLayer", e, options),
      self_attn(this->attention(random, options.rotary)),
      multihead_attn(this->attention(random, false)),
      linear1(this->to_hidden(random)),
      linear2(this->from_hidden(random)),
      norm1(this->norm()),
      norm2(this->norm()),
      norm3(this->norm()) {}

template <class Real>
Tensor<Real> TransformerDecoderLayer<Real>::operator()(const Tensor<Real>& x,
                                                       const Tensor<Real>& memory,
                                                       const Input& input,
                                                       const Input& memory_input, Mode mode) const {
  Input seen = input;
  seen.causal = true;
  const Tensor<Real> h = this->block(
      x, norm1, mode, [&](const Tensor<Real>& rows) { return self_attn(rows, seen, mode); });
  const Tensor<Real> g = this->block(h, norm2, mode, [&](const Tensor<Real>& rows) {
    return multihead_attn(rows, memory, memory, memory_input, mode);
  });
  return this->feed_forward(g, norm3, linear1, linear2, mode);
}

template <class Layer>
TransformerStack<Layer>::TransformerStack(const char* name, Index e, Index count, Random& random,
                                          const TransformerOptions& options)
    : layers(stack<Layer>(name, e, count, random, options)),
      norm(e, {.epsilon = options.epsilon}),
      options_(options) {}

template <class Real>
TransformerEncoder<Real>::TransformerEncoder(Index e, Index count, Random& random,
                                             const TransformerOptions& options)
    : TransformerStack<TransformerEncoderLayer<Real>>("TransformerEncoder", e, count, random,
                                                      options) {}

template <class Real>
Tensor<Real> TransformerEncoder<Real>::operator()(const Tensor<Real>& x, const Input& input,
                                                  Mode mode) const {
  if (input.cache)
    throw ValueError("TransformerEncoder: one cache for several layers; call next(x, caches)");
  return this->through(
      x, [&](std::size_t k, const Tensor<Real>& h) { return this->layers[k](h, input, mode); });
}

template <class Real>
Tensor<Real> TransformerEncoder<Real>::next(const Tensor<Real>& x, StackCache<Real>& cache) const {
  const std::size_t count = this->layers.size();
  if (!this->options().causal)
    throw ValueError("TransformerEncoder: next() is of causal layers; set .causal");
  if (cache.empty()) cache.resize(count);
  if (cache.size() != count)
    throw ValueError(
        fmt::format("TransformerEncoder: {} caches for {} layers", cache.size(), count));
  return this->through(x, [&](std::size_t k, const Tensor<Real>& h) {
    return this->layers[k](h, {.causal = true, .cache = &cache[k]}, evaluation);
  });
}

template <class Real>
TransformerDecoder<Real>::TransformerDecoder(Index e, Index count, Random& random,
                                             const TransformerOptions& options)
    : TransformerStack<TransformerDecoderLayer<Real>>("TransformerDecoder", e, count, random,
                                                      options) {}

template <class Real>
Tensor<Real> TransformerDecoder<Real>::operator()(const Tensor<Real>& x, const Tensor<Real>& memory,
                                                  const Input& input, const Input& memory_input,
                                                  Mode mode) const {
  if (input.cache || memory_input.cache)
    throw ValueError("TransformerDecoder: one cache for several layers");
  return this->through(x, [&](std::size_t k, const Tensor<Real>& h) {
    return this->layers[k](h, memory, input, memory_input, mode);
  });
}

#define THALWEG_INSTANTIATE(Real)               \
  template class TransformerBlocks<Real>;       \
  template class TransformerEncoderLayer<Real>; \
  template class TransformerDecoderLayer<Real>; \
  template class TransformerEncoder<Real>;      \
  template class TransformerDecoder<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn
