#pragma once
/// Yes-or-no questions about tensors: any, all, allclose.

#include "thalweg/autodiff/ops/operand.hpp"

namespace thalweg {

/// |a − b| ≤ absolute + relative · |b|
struct Closeness {
  double relative = 1e-5;
  double absolute = 1e-8;
};

namespace detail {
template <class T>
bool any(const Tensor<T>& x);
template <class T>
bool all(const Tensor<T>& x);
template <class T>
bool allclose(const Tensor<T>& a, const Tensor<T>& b, Closeness limit);
}  // namespace detail

/// True if an element is not 0 (NaN is not). False for no elements.
template <TensorLike X>
bool any(X&& x) {
  return detail::any(as_tensor(std::forward<X>(x)));
}

/// True if no element is 0. True for no elements.
template <TensorLike X>
bool all(X&& x) {
  return detail::all(as_tensor(std::forward<X>(x)));
}

/// True if the shapes agree and every pair of elements is close. Equal infinities are close, NaN
/// is close to nothing.
template <TensorLike A, TensorLike B>
bool allclose(A&& a, B&& b, Closeness limit = {}) {
  using T = op::ElementOf<A, B>;
  return detail::allclose<T>(as_tensor(std::forward<A>(a)), as_tensor(std::forward<B>(b)), limit);
}

}  // namespace thalweg
