#pragma once
/// Square matrices: solve, inverse, det, logdet, cholesky.
///
///     Tensor x = solve(a, b);                     // a x = b
///     Tensor density = -0.5 * (logdet(covariance) + sum(r * solve(covariance, r)));
///
/// A leading batch is worked through matrix by matrix. ShapeError where a matrix is not square or
/// sizes do not fit; ValueError for a singular matrix where its inverse is needed. Cost: O(n³) per
/// matrix, in one thread.
///
/// Source of the gradients: M. Giles, "Collected matrix derivative results for forward and reverse
/// mode algorithmic differentiation", 2008; of cholesky's: I. Murray, "Differentiation of the
/// Cholesky decomposition", 2016.

#include "thalweg/autodiff/ops/operand.hpp"

namespace thalweg {

namespace detail {
template <class Real>
Tensor<Real> solve(const Tensor<Real>& a, const Tensor<Real>& b, Location where);
template <class Real>
Tensor<Real> inverse(const Tensor<Real>& a, Location where);
template <class Real>
Tensor<Real> det(const Tensor<Real>& a, Location where);
template <class Real>
Tensor<Real> logdet(const Tensor<Real>& a, Location where);
template <class Real>
Tensor<Real> cholesky(const Tensor<Real>& a, Location where);
}  // namespace detail

/// X = A⁻¹ B.     B̄ = A⁻ᵀ X̄,   Ā = −B̄ Xᵀ.
///
///     A […, n, n]    B […, n, k]    X […, n, k]      the same … in both
///     A [n, n]       B [n]          X [n]
template <RealTensorLike A, RealTensorLike B>
auto solve(A&& a, B&& b, Location where = Location::current()) {
  using Real = op::ElementOf<A, B>;
  return detail::solve<Real>(as_tensor(std::forward<A>(a), where),
                             as_tensor(std::forward<B>(b), where), where);
}

/// Y = A⁻¹.     Ā = −Yᵀ Ȳ Yᵀ.     A, Y […, n, n]. To solve equations, `solve` is more exact.
template <RealTensorLike A>
auto inverse(A&& a, Location where = Location::current()) {
  return detail::inverse(as_tensor(std::forward<A>(a), where), where);
}

/// d = det A.     Ā = d̄ d A⁻ᵀ, from the minors if A is singular (then O(n⁵)).
///
///     A […, n, n]    d […]
template <RealTensorLike A>
auto det(A&& a, Location where = Location::current()) {
  return detail::det(as_tensor(std::forward<A>(a), where), where);
}

/// y = log det A.     Ā = ȳ A⁻ᵀ.
///
///     A […, n, n]    y […]; NaN for a negative determinant, −∞ (of gradient NaN) for 0
template <RealTensorLike A>
auto logdet(A&& a, Location where = Location::current()) {
  return detail::logdet(as_tensor(std::forward<A>(a), where), where);
}

/// A = L Lᵀ, L lower triangular with a positive diagonal.
/// Ā = (S + Sᵀ) / 2,   S = L⁻ᵀ Φ(Lᵀ L̄) L⁻¹,   Φ: the lower triangle, its diagonal halved.
///
///     A, L […, n, n]      of A, taken to be symmetric, the lower triangle is read
///
/// Throws ValueError if A is not positive definite.
template <RealTensorLike A>
auto cholesky(A&& a, Location where = Location::current()) {
  return detail::cholesky(as_tensor(std::forward<A>(a), where), where);
}

}  // namespace thalweg
