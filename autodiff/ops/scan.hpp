#pragma once
/// Running sums.

#include "thalweg/autodiff/ops/operand.hpp"

namespace thalweg {

namespace detail {
template <class Real>
Tensor<Real> cumsum(const Tensor<Real>& x, int axis, Location where);
}  // namespace detail

/// y_j = Σ_{i≤j} x_i along `axis`.     x̄_i = Σ_{j≥i} ȳ_j.
template <RealTensorLike X>
auto cumsum(X&& x, int axis, Location where = Location::current()) {
  return detail::cumsum(as_tensor(std::forward<X>(x), where), axis, where);
}

}  // namespace thalweg
