#pragma once
/// Attention of many heads, block by block: no matrix of scores is ever whole.
///
///     S = scale · Q Kᵀ + masks,   P = softmax(S) by rows,   O = drop(P) V
///
/// For each block of queries the blocks of keys go by; row maximum m and sum l = Σ e^(S − m) are
/// carried along, and O is rescaled when m grows. Kept for the way back: L = m + log l of each row,
/// from which P = e^(S − L) is computed again. A row that sees no key has O = 0 and L = +∞, so that
/// its P is 0 on the way back too. What is hidden has no influence, be it infinite or NaN.
///
/// Source: T. Dao et al., "FlashAttention", NeurIPS 2022.

#include <cstdint>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::kernels {

/// Where element (b, h, i, c) of an operand lies: b · batch + h · head + i · row + c.
template <class T>
struct HeadView {
  T* data = nullptr;
  Index batch = 0, head = 0, row = 0;

  T* at(Index b, Index h, Index i) const { return data + b * batch + h * head + i * row; }
};

/// Added to the scores: element (b, h, i, j) lies at b · batch + h · head + i · row + j · column.
template <class Real>
struct ScoreMask {
  const Real* data = nullptr;
  Index batch = 0, head = 0, row = 0, column = 0;
};

template <class Real>
struct AttentionProblem {
  Index batch = 0, heads = 0;
  Index queries = 0, keys = 0;
  Index width = 0, value_width = 0;  // of a row of q and k; of v and the output
  Real scale = 1;
  bool causal = false;  // query i sees the keys 0 … keys − queries + i
  ScoreMask<Real> masks[2] = {};
  // Of P a number is 0 where the stream of `seed` lies below `threshold`, else times `keep_scale`.
  bool drops = false;
  std::uint64_t seed = 0;
  std::uint32_t threshold = 0;
  Real keep_scale = 1;
  HeadView<const Real> q, k, v;
};

/// o and L [batch, heads, queries].
template <class Real>
void attention(const AttentionProblem<Real>& p, HeadView<Real> o, Real* log_sums);

/// Adds to q̄, k̄ and v̄; those without data are left out.
///
///     P̄ = drop(Ō Vᵀ),  S̄ = P (P̄ − D) with D_i = Σ_c Ō_ic O_ic
///     q̄ += scale · S̄ K,   k̄ += scale · S̄ᵀ Q,   v̄ += drop(P)ᵀ Ō
template <class Real>
void attention_backward(const AttentionProblem<Real>& p, HeadView<const Real> o,
                        const Real* log_sums, HeadView<const Real> d_o, HeadView<Real> dq,
                        HeadView<Real> dk, HeadView<Real> dv);

}  // namespace thalweg::kernels
