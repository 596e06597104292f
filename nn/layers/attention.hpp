#pragma once
/// Attention of several heads as a layer, and the memory it generates with.

#include "thalweg/autodiff/ops/attention.hpp"
#include "thalweg/nn/layers/linear.hpp"
#include "thalweg/nn/model/mode.hpp"

namespace thalweg::nn {

/// Keys and values of the rows that a layer has seen: each further row costs one row's work.
///
///     nn::KeyValueCache<float> cache;                    // yours, one per layer and text
///     for (…) y = attention(row, {.cache = &cache}, nn::evaluation);   // row [b, 1, e]
///
/// Memory grows by doubling; `clear` starts a new text and keeps it.
template <class Real>
class KeyValueCache {
 public:
  /// Rows seen so far.
  Index length() const { return length_; }
  void clear() { length_ = 0; }

  /// Copies the keys and values of qkv [b, t, 3e] behind what is there. Throws ShapeError for
  /// another b or e than before.
  void append(const Tensor<Real>& qkv);
  /// [b, capacity, 2e]: a key and its value side by side.
  const Tensor<Real>& rows() const { return rows_; }

 private:
  Tensor<Real> rows_;
  Index length_ = 0;
};

struct MultiHeadAttentionOptions {
  double dropout = 0;   ///< of the weights, in training
  bool bias = true;     ///< of both projections
  bool rotary = false;  ///< turns queries and keys by their positions; self attention only
};

/// Affine map [e, e], without a bias if the options say so.
template <class RealType>
struct OutProjection {
  using Real = RealType;

  Parameter<Real> weight, bias;
  bool biased = true;

  template <class Self, class F>
  static void visit_parts(Self& self, F&& f) {
    f("weight", self.weight);
    if (self.biased) f("bias", self.bias);
  }
};

/// What one call sees; everything given holds at once.
template <class Real>
struct AttentionInput {
  bool causal = false;         ///< row i sees rows 0 … i
  Tensor<Real> mask = {};      ///< added to the scores, broadcasts to [b, heads, t, s]
  Tensor<Real> key_mask = {};  ///< [b, s]: 0 where a key is padding
  /// Rows seen before, which these see too; theirs are appended. Causal, and without a gradient.
  KeyValueCache<Real>* cache = nullptr;
};

/// y = out_proj(heads of attention(q, k, v)), q, k, v being projections of the inputs.
///
///     nn::MultiHeadAttention<float> attention{128, 4, random};
///     Tensor y = attention(x, {.causal = true}, mode);        // self attention
///     Tensor z = attention(x, memory, memory, mode);          // of x to memory
///
///     x, query, y [b, t, e]    key, value [b, s, e]    heads of width e / heads
///     in_proj_weight [3e, e], in_proj_bias [3e], out_proj.weight [e, e], out_proj.bias [e]
///
/// As PyTorch's MultiheadAttention with batch_first: in_proj_weight starts Glorot uniform, out_proj
/// uniform on ±1/√e, both biases at 0. ShapeError for other sizes.
template <class RealType>
class MultiHeadAttention {
 public:
  using Real = RealType;
  using Input = AttentionInput<Real>;
  using Options = MultiHeadAttentionOptions;

  /// Throws ValueError unless e is a multiple of heads (an even one per head, if rotary).
  MultiHeadAttention(Index e, Index heads, Random& random, const Options& options = {});

  /// Self attention.
  Tensor<Real> operator()(const Tensor<Real>& x, const Input& input, Mode mode,
                          Location where = Location::current()) const;
  Tensor<Real> operator()(const Tensor<Real>& x, Mode mode,
                          Location where = Location::current()) const {
    return (*this)(x, Input{}, mode, where);
  }
  /// Cross attention. One product projects key and value if they are the same tensor.
  Tensor<Real> operator()(const Tensor<Real>& query, const Tensor<Real>& key,
                          const Tensor<Real>& value, const Input& input, Mode mode,
                          Location where = Location::current()) const;
  Tensor<Real> operator()(const Tensor<Real>& query, const Tensor<Real>& key,
                          const Tensor<Real>& value, Mode mode,
                          Location where = Location::current()) const {
    return (*this)(query, key, value, Input{}, mode, where);
  }
  void operator()(const Tensor<Real>& x) const = delete;  // in training or not? say the mode

  Index size() const { return out_proj.weight.shape()[0]; }
  Index heads() const { return heads_; }
  const Options& options() const { return options_; }

  Parameter<Real> in_proj_weight;
  Parameter<Real> in_proj_bias;
  OutProjection<Real> out_proj;

  template <class Self, class F>
  static void visit_parts(Self& self, F&& f) {
    f("in_proj_weight", self.in_proj_weight);
    if (self.options_.bias) f("in_proj_bias", self.in_proj_bias);
    f("out_proj", self.out_proj);
  }

 private:
  /// Parts first … last − 1 of the three projections.
  Tensor<Real> project(const Tensor<Real>& x, Index first, Index last, Location where) const;
  Tensor<Real> out(const Tensor<Real>& y, Location where) const;
  AttentionOptions<Real> seen(const Input& input, Mode mode) const;
  Tensor<Real> generate(const Tensor<Real>& qkv, const Input& input, Location where) const;
  void expect(const char* what, const Tensor<Real>& x) const;

  Index heads_;
  Options options_;
};

#define THALWEG_DECLARE(Real)                \
  extern template class KeyValueCache<Real>; \
  extern template class MultiHeadAttention<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace thalweg::nn
