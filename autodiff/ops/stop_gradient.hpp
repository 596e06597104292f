#pragma once
/// Values as constants.

#include "thalweg/autodiff/statement/expression.hpp"

namespace thalweg {

/// y = x.     ∂y/∂x = 0.     The same as x.detach(), for any x: a function of generic code.
template <TensorLike X>
auto stop_gradient(X&& x, Location where = Location::current()) {
  return as_tensor(std::forward<X>(x), where).detach();
}
template <Scalar X>
auto stop_gradient(const X& x) {
  return x.detach();
}
template <detail::PlainNumber X>
X stop_gradient(X x) {
  return x;
}

}  // namespace thalweg
