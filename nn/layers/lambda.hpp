#pragma once
/// Any function as a layer.

#include "thalweg/autodiff/base/fields.hpp"
#include "thalweg/nn/model/mode.hpp"

namespace thalweg::nn {

namespace detail {
/// What f takes alone, and what it takes with a mode.
template <class X, class F>
concept ArgumentOf = std::is_invocable_v<const F&, X>;
template <class X, class F>
concept ArgumentWithMode = TakesMode<const F, X>;
}  // namespace detail

/// y = f(x), or f(x, mode).
///
///     nn::Sequential{nn::Linear<float>{2, 8, random},
///                    nn::Lambda{[](const auto& x) { return Tensor(x * tanh(softplus(x))); }}};
///
/// Parameters are not looked for in what the function captures: layers with parameters are structs.
template <class F>
struct Lambda {
  F f;

  template <detail::ArgumentOf<F> X>
  auto operator()(X&& x) const {
    return f(std::forward<X>(x));
  }
  template <detail::ArgumentWithMode<F> X>
  auto operator()(X&& x, Mode mode) const {
    return f(std::forward<X>(x), mode);
  }

  static constexpr auto fields = named();
};
template <class F>
Lambda(F) -> Lambda<F>;

}  // namespace thalweg::nn
