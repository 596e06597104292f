#include "thalweg/nn/layers/attention.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/slice.hpp"
#include "thalweg/nn/model/init.hpp"

namespace thalweg::nn {

template <class Real>
void KeyValueCache<Real>::append(const Tensor<Real>& qkv) {
  const Index batch = qkv.size(0), rows = qkv.size(1), line = qkv.size(2) / 3 * 2;
  if (length_ > 0 && (rows_.size(0) != batch || rows_.size(2) != line))
    throw ShapeError(fmt::format("KeyValueCache: {} rows of width {}; expected {} of {}, as before",
                                 batch, line / 2, rows_.size(0), rows_.size(2) / 2));
  const bool fits = rows_.rank() == 3 && rows_.size(0) == batch && rows_.size(2) == line;
  const Index capacity = fits ? rows_.size(1) : 0;
  if (length_ + rows > capacity) {
    const Index larger = std::max<Index>({length_ + rows, 2 * capacity, 16});
    auto grown = Tensor<Real>::uninitialised({batch, larger, line});
    for (Index b = 0; length_ > 0 && b < batch; ++b)
      std::copy_n(rows_.data() + b * capacity * line, length_ * line,
                  grown.unshared_data() + b * larger * line);
    rows_ = std::move(grown);
  }
  Real* const to = rows_.mutable_values().data();
  for (Index b = 0; b < batch; ++b)
    for (Index i = 0; i < rows; ++i)
      std::copy_n(qkv.data() + ((b * rows + i) * 3 + 1) * (line / 2), line,
                  to + (b * rows_.size(1) + length_ + i) * line);
  length_ += rows;
}

namespace {

/// e, if the options make sense with it.
Index checked(Index e, Index heads, const MultiHeadAttentionOptions& options) {
  const Index parts = heads * (options.rotary ? 2 : 1);
  if (e < 1 || heads < 1 || e % parts != 0)
    throw ValueError(fmt::format(
        "MultiHeadAttention: width {} and {} heads; expected {}", e, heads,
        options.rotary ? "an even width of every head, for rotary" : "a multiple of the heads"));
  if (!(options.dropout >= 0 && options.dropout <= 1))
    throw ValueError(fmt::format(
        "MultiHeadAttention: dropout is {}; expected a probability, 0 to 1", options.dropout));
  return e;
}

}  // namespace

template <class Real>
MultiHeadAttention<Real>::MultiHeadAttention(Index e, Index heads, Random& random,
                                             const Options& options)
    : in_proj_weight(init::glorot_uniform<Real>({3 * checked(e, heads, options), e}, random)),
      in_proj_bias(init::constant<Real>({3 * e}, 0)),
      out_proj{Parameter<Real>(init::fan_in_uniform<Real>({e, e}, random)),
               Parameter<Real>(init::constant<Real>({e}, 0)), options.bias},
      heads_(heads),
      options_(options) {}

template <class Real>
Tensor<Real> MultiHeadAttention<Real>::operator()(const Tensor<Real>& x, const Input& input,
                                                  Mode mode, Location where) const {
  expect("x", x);
  Tensor<Real> qkv = project(x, 0, 3, where);
  const Index before = input.cache ? input.cache->length() : 0, width = size() / heads_;
  if (options_.rotary)
    qkv = rotary(qkv, {.width = width, .first = before, .turned = 2 * heads_}, where);
  if (input.cache) return out(generate(qkv, input, where), where);
  return out(multi_head_attention(qkv, heads_, seen(input, mode), where), where);
}

template <class Real>
Tensor<Real> MultiHeadAttention<Real>::operator()(const Tensor<Real>& query,
                                                  const Tensor<Real>& key,
                                                  const Tensor<Real>& value, const Input& input,
                                                  Mode mode, Location where) const {
  expect("query", query);
  expect("key", key);
  expect("value", value);
  if (options_.rotary || input.cache)
    throw ValueError("MultiHeadAttention: rotary positions and a cache are for self attention");
  const auto seen_keys = seen(input, mode);
  const Tensor<Real> q = project(query, 0, 1, where);
  if (key.body() != value.body())
    return out(multi_head_attention(q, project(key, 1, 2, where), project(value, 2, 3, where),
                                    heads_, seen_keys, where),
               where);
  const Tensor<Real> kv = project(key, 1, 3, where);
  const Index e = size(), width = e / heads_, t = query.size(1), s = key.size(1);
  if (key.size(0) != query.size(0))
    throw ShapeError(fmt::format("MultiHeadAttention: query {} and key {}; expected equal batches",
                                 query.shape(), key.shape()));
  return out(
      op::attend("multi_head_attention", {query.size(0), heads_, t, s, width, width}, q, kv, kv,
                 {{0, t * e, width, e},
                  {0, 2 * s * e, width, 2 * e},
                  {e, 2 * s * e, width, 2 * e},
                  {0, t * e, width, e}},
                 query.shape(), seen_keys, where),
      where);
}

template <class Real>
Tensor<Real> MultiHeadAttention<Real>::generate(const Tensor<Real>& qkv, const Input& input,
                                                Location where) const {
  if (op::active(qkv))
    throw ValueError(
        "MultiHeadAttention: what a cache holds has no gradient; generate without a tape");
  KeyValueCache<Real>& cache = *input.cache;
  cache.append(qkv);
  const Index e = size(), width = e / heads_, b = qkv.size(0), t = qkv.size(1);
  const Index line = 2 * e, whole = cache.rows().size(1) * line;
  AttentionOptions<Real> options = seen(input, evaluation);
  options.causal = true;
  return op::attend("multi_head_attention", {b, heads_, t, cache.length(), width, width}, qkv,
                    cache.rows(), cache.rows(),
                    {{0, t * 3 * e, width, 3 * e},
                     {0, whole, width, line},
                     {e, whole, width, line},
                     {0, t * e, width, e}},
                    Shape{b, t, e}, options, where);
}

template <class Real>
Tensor<Real> MultiHeadAttention<Real>::project(const Tensor<Real>& x, Index first, Index last,
                                               Location where) const {
  const Index e = size();
  Tensor<Real> weight = in_proj_weight, bias = options_.bias ? in_proj_bias : Tensor<Real>();
  if (last - first < 3) {
    weight = slice(weight, 0, {first * e, last * e}, where);
    if (options_.bias) bias = slice(bias, 0, {first * e, last * e}, where);
  }
  if (!options_.bias) return linear(x, weight, where);
  return Tensor<Real>(linear(x, weight, bias, where), where);
}

template <class Real>
Tensor<Real> MultiHeadAttention<Real>::out(const Tensor<Real>& y, Location where) const {
  if (!out_proj.biased) return linear(y, out_proj.weight, where);
  return Tensor<Real>(linear(y, out_proj.weight, out_proj.bias, where), where);
}

template <class Real>
AttentionOptions<Real> MultiHeadAttention<Real>::seen(const Input& input, Mode mode) const {
  AttentionOptions<Real> options{
      .causal = input.causal, .mask = input.mask, .key_mask = input.key_mask};
  if (mode.training() && options_.dropout > 0) {
    options.dropout = options_.dropout;
    options.random = &mode.random();
  }
  return options;
}

template <class Real>
void MultiHeadAttention<Real>::expect(const char* what, const Tensor<Real>& x) const {
  if (x.rank() != 3 || x.size(2) != size())
    throw ShapeError(
        fmt::format("MultiHeadAttention: {} {}; expected [b, t, {}]", what, x.shape(), size()));
}

#define THALWEG_INSTANTIATE(Real)     \
  template class KeyValueCache<Real>; \
  template class MultiHeadAttention<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn
