#pragma once
/// Dropout: noise against overfitting, in training only.

#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/ops/operand.hpp"

namespace thalweg {

namespace detail {
template <class Real>
Tensor<Real> dropout(const Tensor<Real>& x, double p, Random& random, Location where);
}  // namespace detail

/// y_i = 0 with probability p, else x_i / (1 − p), so that the mean is that of x.     x̄ likewise.
///
/// p holds to 2⁻³². Takes one draw from `random`, which seeds the mask: it is computed again in the
/// backward pass, not kept. p = 0 gives x itself and takes no draw, p = 1 gives zeros. ValueError
/// unless 0 ≤ p ≤ 1. Source: N. Srivastava et al., "Dropout", JMLR 15, 2014.
template <RealTensorLike X>
auto dropout(X&& x, double p, Random& random, Location where = Location::current()) {
  return detail::dropout(as_tensor(std::forward<X>(x), where), p, random, where);
}

}  // namespace thalweg
