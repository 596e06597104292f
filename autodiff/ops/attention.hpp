#pragma once
/// Attention: each query takes the mean of the values, weighted by how well their keys fit it.
///
///     Tensor y = scaled_dot_product_attention(q, k, v, {.causal = true});
///     Tensor z = multi_head_attention(q, k, v, heads);   // heads side by side in the rows
///     Tensor u = multi_head_attention(qkv, heads);       // and all three side by side too
///
/// One record each. The scores are computed block by block, forward and again backward, and never
/// kept: memory grows with t, not with t².
///
/// ShapeError where sizes do not fit. A query that sees no key gives zeros and no gradient. What is
/// hidden, by a mask or as later in time, has no influence, be it infinite or NaN.

#include "thalweg/autodiff/ops/operand.hpp"

namespace thalweg {

class Random;

/// What a query sees of the keys; everything given holds at once.
template <class Real>
struct AttentionOptions {
  /// Query i of t sees the keys 0 … s − t + i of s: the last query sees all.
  bool causal = false;
  /// Added to the scores: −∞ hides. Broadcasts to [b, heads, t, s], or [b, t, s] without heads.
  /// No gradient: TapeError if it needs one.
  Tensor<Real> mask = {};
  /// [b, s]: 0 where a key is padding and hidden, other numbers where it counts.
  Tensor<Real> key_mask = {};
  /// Of q·k; 0 stands for 1/√d.
  double scale = 0;
  /// The weights are 0 with this probability, else larger by 1 / (1 − p); drawn from `random`.
  double dropout = 0;
  Random* random = nullptr;
};

struct RotaryOptions {
  Index width = 0;      ///< of a head; even, and a divisor of the last size of x
  Index first = 0;      ///< position of x's first row
  Index turned = -1;    ///< only so many heads of a row turn, all if −1
  double base = 10000;  ///< the slowest pair turns by about 1 / base per position
};

/// What layers call.
namespace op {

/// An operand seen as [batch, heads, rows, width]: its element (b, h, i, c) is b · batch +
/// h · head + i · row + c elements after `offset`.
struct HeadStrides {
  Index offset, batch, head, row;
};
struct AttentionSizes {
  Index batch, heads, queries, keys, width, value_width;
  bool has_heads = true;  // as an axis of masks
};

/// Attention of operands that lie in any order; `strides` of q, k, v and the result; q, k and v may
/// be one tensor. `name` begins the messages.
template <class Real>
Tensor<Real> attend(const char* name, const AttentionSizes& sizes, const Tensor<Real>& q,
                    const Tensor<Real>& k, const Tensor<Real>& v, const HeadStrides (&strides)[4],
                    const Shape& result, const AttentionOptions<Real>& options, Location where);
}  // namespace op

namespace detail {
template <class Real>
Tensor<Real> attention(const Tensor<Real>& q, const Tensor<Real>& k, const Tensor<Real>& v,
                       const AttentionOptions<Real>& options, Location where);
template <class Real>
Tensor<Real> multi_head_attention(const Tensor<Real>& q, const Tensor<Real>& k,
                                  const Tensor<Real>& v, Index heads,
                                  const AttentionOptions<Real>& options, Location where);
template <class Real>
Tensor<Real> multi_head_attention(const Tensor<Real>& qkv, Index heads,
                                  const AttentionOptions<Real>& options, Location where);
template <class Real>
Tensor<Real> rotary(const Tensor<Real>& x, const RotaryOptions& options, Location where);
}  // namespace detail

/// y = softmax(q kᵀ / √d + masks) v, head by head.
///
///     q [b, heads, t, d]    k [b, heads, s, d]    v [b, heads, s, e]    y [b, heads, t, e]
///     q [b, t, d]           k [b, s, d]           v [b, s, e]           y [b, t, e]
///
/// With P = softmax(…), S = q kᵀ / √d + masks and D = the sums of ȳ y over each row,
///
///     v̄ = Pᵀ ȳ,   S̄ = P (ȳ vᵀ − D),   q̄ = S̄ k / √d,   k̄ = S̄ᵀ q / √d.
///
/// Cost: 2 b heads t s (d + e) flops, 2½ times that backward; half of both if causal and t large.
/// Sources: A. Vaswani et al., "Attention is all you need", 2017; T. Dao et al., 2022.
template <RealTensorLike Q, RealTensorLike K, RealTensorLike V>
auto scaled_dot_product_attention(Q&& q, K&& k, V&& v,
                                  const AttentionOptions<op::ElementOf<Q, K, V>>& options = {},
                                  Location where = Location::current()) {
  using Real = op::ElementOf<Q, K, V>;
  return detail::attention<Real>(as_tensor(std::forward<Q>(q), where),
                                 as_tensor(std::forward<K>(k), where),
                                 as_tensor(std::forward<V>(v), where), options, where);
}

/// The same with the heads side by side in each row, as projections make them; nothing is moved.
///
///     q [b, t, heads · d]    k [b, s, heads · d]    v [b, s, heads · e]    y [b, t, heads · e]
template <RealTensorLike Q, RealTensorLike K, RealTensorLike V>
auto multi_head_attention(Q&& q, K&& k, V&& v, Index heads,
                          const AttentionOptions<op::ElementOf<Q, K, V>>& options = {},
                          Location where = Location::current()) {
  using Real = op::ElementOf<Q, K, V>;
  return detail::multi_head_attention<Real>(
      as_tensor(std::forward<Q>(q), where), as_tensor(std::forward<K>(k), where),
      as_tensor(std::forward<V>(v), where), heads, options, where);
}

/// Self attention of one fused projection: a row of qkv is a query, a key and a value.
///
///     qkv [b, t, 3 · heads · d]    y [b, t, heads · d]
template <RealTensorLike X>
auto multi_head_attention(
    X&& qkv, Index heads,
    const AttentionOptions<typename std::remove_cvref_t<X>::Real>& options = {},
    Location where = Location::current()) {
  return detail::multi_head_attention(as_tensor(std::forward<X>(qkv), where), heads, options,
                                      where);
}

/// Rotary positions: each head's pairs (x_c, x_{c + d/2}) are turned by position · base^(−2c/d), so
/// that q·k depends on the distance of the two positions only.     x̄ is ȳ turned back.
///
///     Tensor y = rotary(x, {.width = 32});    // x [b, t, heads · 32]
///
/// ValueError for a width that is odd or no divisor. Source: J. Su et al., "RoFormer", 2021.
template <RealTensorLike X>
auto rotary(X&& x, const RotaryOptions& options, Location where = Location::current()) {
  return detail::rotary(as_tensor(std::forward<X>(x), where), options, where);
}

}  // namespace thalweg
