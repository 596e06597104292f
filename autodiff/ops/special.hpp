#pragma once
/// The error function and the logarithm of Γ.

#include "thalweg/autodiff/statement/expression.hpp"

namespace thalweg {
namespace op {
// clang-format off
using kernels::digamma, kernels::lgamma, kernels::trigamma;
using std::erf, std::erfc, std::exp;

/// y = erf x = 2/√π ∫₀ˣ e^(−t²) dt.    dy/dx = 2/√π e^(−x²).
struct Erf {
  static constexpr auto name = "erf";
  template <class T> static T value(const T& x) { return erf(x); }
  template <class T> static T slope(Input<T> x) {
    return T(1.1283791670955126) * exp(T(-x * x));  // 2/√π
  }
};

/// y = 1 − erf x, accurate where it is small.     dy/dx = −2/√π e^(−x²).
struct Erfc {
  static constexpr auto name = "erfc";
  template <class T> static T value(const T& x) { return erfc(x); }
  template <class T> static T slope(Input<T> x) { return -Erf::slope<T>(x); }
};

/// y = log |Γ(x)|.     dy/dx = ψ(x), the digamma function.
/// +∞ at 0 and the negative integers, where the slope is −∞ at +0, +∞ at −0, otherwise NaN.
struct Lgamma {
  static constexpr auto name = "lgamma";
  template <class T> static T value(const T& x) { return lgamma(x); }
  template <class T> static T slope(Input<T> x) { return digamma(T(x)); }
};

/// y = ψ(x).           dy/dx = ψ′(x), the trigamma function.
/// −∞ at +0, +∞ at −0, NaN at the negative integers; the slope is +∞ there.
struct Digamma {
  static constexpr auto name = "digamma";
  template <class T> static T value(const T& x) { return digamma(x); }
  template <class T> static T slope(Input<T> x) { return trigamma(T(x)); }
};

// clang-format on
}  // namespace op

template <Arguments X>
auto erf(X&& x) {
  return apply(op::Erf{}, std::forward<X>(x));
}
template <Arguments X>
auto erfc(X&& x) {
  return apply(op::Erfc{}, std::forward<X>(x));
}
template <Arguments X>
auto lgamma(X&& x) {
  return apply(op::Lgamma{}, std::forward<X>(x));
}
template <Arguments X>
auto digamma(X&& x) {
  return apply(op::Digamma{}, std::forward<X>(x));
}

}  // namespace thalweg
