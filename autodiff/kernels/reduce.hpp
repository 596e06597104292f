#pragma once
/// Reductions and running sums along one axis: x [before, count, after], results [before, after].
///
/// Results must not overlap x, except where cumsum replaces its argument.

#include "thalweg/autodiff/kernels/axis_view.hpp"

namespace thalweg::kernels {

/// value = max_j x_j and the first j that attains it; the first NaN wins over any number. Either
/// output may be null. Needs count > 0: the caller has an error to raise, the kernel would leave
/// the results as they are.
template <class Real>
void max(const AxisView& v, const Real* x, Real* value, Index* first);
template <class Real>
void min(const AxisView& v, const Real* x, Real* value, Index* first);

/// y (+)= Σ_j x_j, pairwise: the rounding error grows with the logarithm of the count.
template <class Real>
void sum(const AxisView& v, const Real* x, bool accumulate, Real* y);

/// Σ x of n numbers, in double.
template <class Real>
double total(Index n, const Real* x);

/// y = √Σ x_j², for numbers so large or small that their squares would not do.
template <class Real>
void norm(const AxisView& v, const Real* x, Real* y);

/// y = Π_j x_j; 1 if count = 0.
template <class Real>
void prod(const AxisView& v, const Real* x, Real* y);

/// x̄_j (+)= ȳ Π_{i≠j} x_i, from the products before and after j: right where factors are zero.
template <class Real>
void prod_backward(const AxisView& v, const Real* x, const Real* dy, bool accumulate, Real* dx);

/// y = m + log Σ exp(x_j − m),  m = max x;  −∞ where all x_j are or count = 0.
template <class Real>
void logsumexp(const AxisView& v, const Real* x, Real* y);

enum class Direction : bool { forward, backward };

/// y_j (+)= Σ_{i≤j} x_i, or Σ_{i≥j} x_i in the backward direction, which is the adjoint. Errors do
/// not grow along the line.
template <class Real>
void cumsum(const AxisView& v, const Real* x, Direction direction, bool accumulate, Real* y);

}  // namespace thalweg::kernels
