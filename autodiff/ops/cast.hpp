#pragma once
/// Between number types.
///
///     Tensor<double> y = cast<double>(x);      // x of float; gradients flow back as float
///     Tensor<float> f = cast<float>(labels);   // whole numbers become floating-point ones

#include "thalweg/autodiff/ops/operand.hpp"

namespace thalweg {

namespace detail {
template <class To, class From>
Tensor<To> cast(const Tensor<From>& x, Location where);
}  // namespace detail

/// y = x, rounded to To (float, double or Index).     x̄ = ȳ, rounded back.
///
/// To Index the fraction is cut off, and there is no gradient. The same type: x itself.
template <class To, TensorLike X>
Tensor<To> cast(X&& x, Location where = Location::current()) {
  auto tensor = as_tensor(std::forward<X>(x), where);
  if constexpr (std::is_same_v<typename decltype(tensor)::Real, To>)
    return tensor;
  else
    return detail::cast<To>(tensor, where);
}

/// The same for a scalar variable. Takes three records of the tape.
template <class To, Scalar X>
Var<To> cast(const X& x, Location where = Location::current()) {
  using From = typename X::Real;
  if constexpr (std::is_same_v<From, To>)
    return Var<To>(x);
  else
    return detail::cast<To>(Tensor<From>(Var<From>(x)), where)();
}

/// And for a plain number.
template <class To, detail::Arithmetic X>
To cast(X x) {
  return static_cast<To>(x);
}

}  // namespace thalweg
