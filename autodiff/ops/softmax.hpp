#pragma once
/// Softmax and its logarithm.
///
/// The largest element is subtracted first: no finite input overflows. A NaN or +∞ makes its line
/// NaN; on the way back a line about which nothing is asked contributes 0 all the same. ShapeError
/// for an axis out of range.

#include "thalweg/autodiff/ops/operand.hpp"

namespace thalweg {

namespace detail {
template <class Real>
Tensor<Real> softmax(const Tensor<Real>& x, int axis, Location where);
template <class Real>
Tensor<Real> log_softmax(const Tensor<Real>& x, int axis, Location where);
}  // namespace detail

/// y_j = exp x_j / Σ exp x_i along `axis`.     x̄_j = y_j (ȳ_j − Σ y_i ȳ_i).
template <RealTensorLike X>
auto softmax(X&& x, int axis = -1, Location where = Location::current()) {
  return detail::softmax(as_tensor(std::forward<X>(x), where), axis, where);
}

/// y_j = x_j − log Σ exp x_i along `axis`.     x̄_j = ȳ_j − exp(y_j) Σ ȳ_i.
template <RealTensorLike X>
auto log_softmax(X&& x, int axis = -1, Location where = Location::current()) {
  return detail::log_softmax(as_tensor(std::forward<X>(x), where), axis, where);
}

}  // namespace thalweg
