#include "thalweg/nn/layers/transformer.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/activation.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"

namespace thalweg::nn {
namespace {

/// e, if the options make sense with it.
Index checked(const char* layer, Index e, const TransformerOptions& options) {
  if (options.feedforward < 0)
    throw ValueError(
        fmt::format("{}: feedforward is {}; expected a width", layer, options.feedforward));
  if (e < 1) throw ValueError(fmt::format("{}: width {}; expected at least 1", layer, e));
  return e;
}

Index hidden(Index e, const TransformerOptions& options) {
  return options.feedforward > 0 ? options.feedforward : 4 * e;
}

template <class Layer>
std::vector<Layer> stack(const char* name, Index e, Index count, Random& random,
                         const TransformerOptions& options) {
  if (count < 1) throw ValueError(fmt::format("{}: {} layers; expected at least 1", name, count));
  std::vector<Layer> layers;
  layers.reserve(static_cast<std::size_t>(count));
  for (Index k = 0; k < count; ++k) layers.emplace_back(e, random, options);
  return layers;
}

/// linear2(drop(activation(linear1 x)))
template <class Layer, class Real>
Tensor<Real> row_network(const Layer& layer, const Tensor<Real>& x,
                         const TransformerOptions& options, Mode mode) {
  const auto inner = layer.linear1(x);
  const Tensor<Real> active = options.activation == TransformerActivation::relu
                                  ? Tensor<Real>(relu(inner))
                                  : Tensor<Real>(gelu(inner));
  return layer.linear2(Dropout{options.dropout}(active, mode));
}

/// x + f(norm x), or norm(x + f x); with dropout of f's result.
template <class Real, class F>
Tensor<Real> residual(const Tensor<Real>& x, const LayerNorm<Real>& norm,
                      const TransformerOptions& options, Mode mode, F f) {
  const Dropout drop{options.dropout};
  if (options.norm_first) return x + drop(f(norm(x)), mode);
  return norm(x + drop(f(x), mode));
}

}  // namespace

template <class Real>
TransformerEncoderLayer<Real>::TransformerEncoderLayer(Index e, Random& random,
                                                       const TransformerOptions& options)
    : self_attn(checked("TransformerEncoderLayer", e, options), options.heads, random,
                {.dropout = options.dropout, .rotary = options.rotary}),
      linear1(e, hidden(e, options), random),
      linear2(hidden(e, options), e, random),
      norm1(e, {.epsilon = options.epsilon}),
      norm2(e, {.epsilon = options.epsilon}),
      options_(options) {}

template <class Real>
Tensor<Real> TransformerEncoderLayer<Real>::operator()(const Tensor<Real>& x, const Input& input,
                                                       Mode mode) const {
  Input seen = input;
  seen.causal = input.causal || options_.causal;
  const Tensor<Real> h = residual(x, norm1, options_, mode, [&](const Tensor<Real>& rows) {
    return self_attn(rows, seen, mode);
  });
  return residual(h, norm2, options_, mode, [&](const Tensor<Real>& rows) {
    return row_network(*this, rows, options_, mode);
  });
}

template <class Real>
TransformerDecoderLayer<Real>::TransformerDecoderLayer(Index e, Random& random,
                                                       const TransformerOptions& options)
    : self_attn(checked("TransformerDecoderLayer", e, options), options.heads, random,
                {.dropout = options.dropout, .rotary = options.rotary}),
      multihead_attn(e, options.heads, random, {.dropout = options.dropout}),
      linear1(e, hidden(e, options), random),
      linear2(hidden(e, options), e, random),
      norm1(e, {.epsilon = options.epsilon}),
      norm2(e, {.epsilon = options.epsilon}),
      norm3(e, {.epsilon = options.epsilon}),
      options_(options) {}

template <class Real>
Tensor<Real> TransformerDecoderLayer<Real>::operator()(const Tensor<Real>& x,
                                                       const Tensor<Real>& memory,
                                                       const Input& input,
                                                       const Input& memory_input, Mode mode) const {
  Input seen = input;
  seen.causal = true;
  Tensor<Real> h = residual(x, norm1, options_, mode,
                            [&](const Tensor<Real>& rows) { return self_attn(rows, seen, mode); });
  h = residual(h, norm2, options_, mode, [&](const Tensor<Real>& rows) {
    return multihead_attn(rows, memory, memory, memory_input, mode);
  });
  return residual(h, norm3, options_, mode, [&](const Tensor<Real>& rows) {
    return row_network(*this, rows, options_, mode);
  });
}

template <class Real>
TransformerEncoder<Real>::TransformerEncoder(Index e, Index count, Random& random,
                                             const TransformerOptions& options)
    : layers(stack<TransformerEncoderLayer<Real>>("TransformerEncoder", e, count, random, options)),
      norm(e, {.epsilon = options.epsilon}),
      options_(options) {}

template <class Real>
Tensor<Real> TransformerEncoder<Real>::operator()(const Tensor<Real>& x, const Input& input,
                                                  Mode mode) const {
  if (input.cache)
    throw ValueError("TransformerEncoder: one cache for several layers; call next(x, caches)");
  Tensor<Real> h = x;
  for (const auto& layer : layers) h = layer(h, input, mode);
  return options_.norm_first ? norm(h) : h;
}

template <class Real>
Tensor<Real> TransformerEncoder<Real>::next(const Tensor<Real>& x, StackCache<Real>& cache) const {
  if (!options_.causal)
    throw ValueError("TransformerEncoder: next() is of causal layers; set .causal");
  if (cache.empty()) cache.resize(layers.size());
  if (cache.size() != layers.size())
    throw ValueError(
        fmt::format("TransformerEncoder: {} caches for {} layers", cache.size(), layers.size()));
  Tensor<Real> h = x;
  for (std::size_t k = 0; k < layers.size(); ++k)
    h = layers[k](h, {.causal = true, .cache = &cache[k]}, evaluation);
  return options_.norm_first ? norm(h) : h;
}

template <class Real>
TransformerDecoder<Real>::TransformerDecoder(Index e, Index count, Random& random,
                                             const TransformerOptions& options)
    : layers(stack<TransformerDecoderLayer<Real>>("TransformerDecoder", e, count, random, options)),
      norm(e, {.epsilon = options.epsilon}),
      options_(options) {}

template <class Real>
Tensor<Real> TransformerDecoder<Real>::operator()(const Tensor<Real>& x, const Tensor<Real>& memory,
                                                  const Input& input, const Input& memory_input,
                                                  Mode mode) const {
  if (input.cache || memory_input.cache)
    throw ValueError("TransformerDecoder: one cache for several layers");
  Tensor<Real> h = x;
  for (const auto& layer : layers) h = layer(h, memory, input, memory_input, mode);
  return options_.norm_first ? norm(h) : h;
}

template class TransformerEncoderLayer<float>;
template class TransformerEncoderLayer<double>;
template class TransformerDecoderLayer<float>;
template class TransformerDecoderLayer<double>;
template class TransformerEncoder<float>;
template class TransformerEncoder<double>;
template class TransformerDecoder<float>;
template class TransformerDecoder<double>;

}  // namespace thalweg::nn
