#pragma once
/// Products of which one factor's zeros stand for what does not count: an element that meets such a
/// 0 has no influence, be it infinite or NaN.

#include "thalweg/autodiff/kernels/product.hpp"

namespace thalweg::kernels {

/// Are all numbers finite?
template <class Real>
bool all_finite(Index n, const Real* x);
template <class Real>
bool all_zero(Index n, const Real* x);

enum class Zeros : bool { of_a, of_b };

/// C (+)= op(A) op(B), one term after the other: for factors that hold infinities or NaN.
template <class Real>
void masked_product(const Product<Real>& p, Zeros zeros);

/// As `gemm`, which it is where the other factor is finite.
template <class Real>
void masked_gemm(Zeros zeros, Use use_a, Use use_b, Index m, Index n, Index k, const Real* a,
                 const Real* b, bool accumulate, Real* c);

}  // namespace thalweg::kernels
