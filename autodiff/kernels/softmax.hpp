#pragma once
/// Softmax and its relatives along one axis, and the rows of cross-entropy.
///
/// Every function subtracts the line's maximum first: no finite input overflows. A NaN or +∞ in a
/// line makes the line NaN. Outputs may be the same array as x or y.

#include "thalweg/autodiff/kernels/axis_view.hpp"

namespace thalweg::kernels {

/// y_j = exp(x_j − m) / Σ exp(x_i − m),  m = max x.
template <class Real>
void softmax(const AxisView& v, const Real* x, Real* y);

/// x̄_j (+)= y_j (ȳ_j − Σ y_i ȳ_i).
template <class Real>
void softmax_backward(const AxisView& v, const Real* y, const Real* dy, bool accumulate, Real* dx);

/// y_j = (x_j − m) − log Σ exp(x_i − m).
template <class Real>
void log_softmax(const AxisView& v, const Real* x, Real* y);

/// x̄_j (+)= ȳ_j − exp(y_j) Σ ȳ_i.
template <class Real>
void log_softmax_backward(const AxisView& v, const Real* y, const Real* dy, bool accumulate,
                          Real* dx);

/// loss_i = logsumexp(x_i) − x_i[label_i];  x [rows, classes], labels in 0 … classes − 1.
/// `logsumexp` [rows] is kept for the way back.
template <class Real>
void cross_entropy(Index rows, Index classes, const Real* x, const Index* labels, Real* loss,
                   Real* logsumexp);

/// x̄_ij (+)= (exp(x_ij − logsumexp_i) − [j = label_i]) · dloss[i · step];  step is 1, or 0 where
/// all rows share one factor.
template <class Real>
void cross_entropy_backward(Index rows, Index classes, const Real* x, const Index* labels,
                            const Real* logsumexp, const Real* dloss, Index step, bool accumulate,
                            Real* dx);

}  // namespace thalweg::kernels
