#pragma once
/// Exponentials, logarithms, roots and powers.
///
/// Values and slopes at the borders are those of IEEE 754: log 0 = −∞, NaN outside the domain.
/// Values are within 4 units in the last place.

#include "thalweg/autodiff/statement/expression.hpp"

namespace thalweg {
namespace op {
// clang-format off
using std::cbrt, std::exp, std::expm1, std::log, std::log10, std::log1p, std::log2;
using std::pow, std::sqrt;

/// y = eˣ.         dy/dx = y.
struct Exp {
  static constexpr auto name = "exp";
  template <class T> static T value(const T& x) { return exp(x); }
  template <class T> static T slope(Output<T> y) { return y; }
};

/// y = eˣ − 1, accurate near 0.    dy/dx = y + 1.
struct Expm1 {
  static constexpr auto name = "expm1";
  template <class T> static T value(const T& x) { return expm1(x); }
  template <class T> static T slope(Output<T> y) { return y + 1; }
};

/// y = log x, x ≥ 0.   dy/dx = 1/x;  +∞ at x = 0.
struct Log {
  static constexpr auto name = "log";
  template <class T> static T value(const T& x) { return log(x); }
  template <class T> static T slope(Input<T> x) { return 1 / x; }
};

/// y = log(1 + x), x ≥ −1, accurate near 0.    dy/dx = 1 / (1 + x);  +∞ at x = −1.
struct Log1p {
  static constexpr auto name = "log1p";
  template <class T> static T value(const T& x) { return log1p(x); }
  template <class T> static T slope(Input<T> x) { return 1 / (1 + x); }
};

/// y = log₂ x, x ≥ 0.  dy/dx = 1 / (x log 2).
struct Log2 {
  static constexpr auto name = "log2";
  template <class T> static T value(const T& x) { return log2(x); }
  template <class T> static T slope(Input<T> x) { return T(1.4426950408889634) / x; }
};

/// y = log₁₀ x, x ≥ 0. dy/dx = 1 / (x log 10).
struct Log10 {
  static constexpr auto name = "log10";
  template <class T> static T value(const T& x) { return log10(x); }
  template <class T> static T slope(Input<T> x) { return T(0.43429448190325182) / x; }
};

/// y = √x, x ≥ 0.      dy/dx = 1 / 2y;  +∞ at x = 0.
struct Sqrt {
  static constexpr auto name = "sqrt";
  template <class T> static T value(const T& x) { return sqrt(x); }
  template <class T> static T slope(Output<T> y) { return T(0.5) / y; }
};

/// y = 1 / √x, x ≥ 0.  dy/dx = −y³/2;  y = +∞ with slope −∞ at x = 0.
struct Rsqrt {
  static constexpr auto name = "rsqrt";
  template <class T> static T value(const T& x) { return 1 / sqrt(x); }
  template <class T> static T slope(Output<T> y) { return T(-0.5) * y * y * y; }
};

/// y = ∛x, for negative x too.     dy/dx = 1 / 3y²;  +∞ at x = 0.
struct Cbrt {
  static constexpr auto name = "cbrt";
  template <class T> static T value(const T& x) { return cbrt(x); }
  template <class T> static T slope(Output<T> y) { return 1 / (3 * y * y); }
};

/// y = x².         dy/dx = 2x.
struct Square {
  static constexpr auto name = "square";
  template <class T> static T value(const T& x) { return x * x; }
  template <class T> static T slope(Input<T> x) { return 2 * x; }
};

/// y = 1 / x.      dy/dx = −y².
struct Reciprocal {
  static constexpr auto name = "reciprocal";
  template <class T> static T value(const T& x) { return 1 / x; }
  template <class T> static T slope(Output<T> y) { return -y * y; }
};

/// y = aᵇ.         ∂y/∂a = b aᵇ⁻¹,  0 where b = 0.
///                 ∂y/∂b = y log a,  0 where a = 0 and b ≥ 0;  NaN for a < 0.
struct Pow {
  static constexpr auto name = "pow";
  template <class T> static T value(const T& a, const T& b) { return pow(a, b); }
  template <class T> static Slopes<T, 2> slopes(Input<T> a, Input<T> b, Output<T> y) {
    const T base = a, exponent = b;
    const T power = exponent * pow(base, T(exponent - 1));
    const T growth = select(base == T(0), select(exponent >= T(0), T(0), T(-INFINITY)), log(base));
    // Where y = 0 and log a = ±∞ the slope is 0: aᵇ falls faster than log a grows.
    return {select(exponent == T(0), T(0), power), select(y == T(0), T(0), T(y * growth))};
  }
};

/// y = xᵖ for a number p.      dy/dx = p xᵖ⁻¹,  0 where p = 0.
/// Whole p from −1 to 4 and p = ½ take multiplications, a division or a root.
struct PowNumber {
  static constexpr auto name = "pow";
  double p = 1;
  template <class T> T value(const T& x) const { return power(x, p); }
  template <class T> T slope(Input<T> x) const {
    return p == 0 ? T(0) : T(p) * power<T>(x, p - 1);
  }

 private:
  template <class T> static T power(const T& x, double p) {
    if (p == 2) return x * x;
    if (p == 1) return x;
    if (p == 3) return x * x * x;
    if (p == 4) return (x * x) * (x * x);
    if (p == -1) return 1 / x;
    if (p == 0.5) return select(x == T(-INFINITY), T(INFINITY), T(sqrt(x) + 0));  // −0 gives +0
    return pow(x, T(p));
  }
};

/// y = cˣ for a number c.      dy/dx = y log c;  0 where y = 0, or where c = 0 and x ≥ 0.
struct NumberPow {
  static constexpr auto name = "pow";
  double c = 1;
  template <class T> T value(const T& x) const { return pow(T(c), x); }
  template <class T> T slope(Output<T> y) const {
    if (c == 0) return select(y <= T(1), T(0), T(-y));
    return select(y == T(0), T(0), y * T(std::log(c)));
  }
};

// clang-format on
}  // namespace op

template <Arguments X>
auto exp(X&& x) {
  return apply(op::Exp{}, std::forward<X>(x));
}
template <Arguments X>
auto expm1(X&& x) {
  return apply(op::Expm1{}, std::forward<X>(x));
}
template <Arguments X>
auto log(X&& x) {
  return apply(op::Log{}, std::forward<X>(x));
}
template <Arguments X>
auto log1p(X&& x) {
  return apply(op::Log1p{}, std::forward<X>(x));
}
template <Arguments X>
auto log2(X&& x) {
  return apply(op::Log2{}, std::forward<X>(x));
}
template <Arguments X>
auto log10(X&& x) {
  return apply(op::Log10{}, std::forward<X>(x));
}
template <Arguments X>
auto sqrt(X&& x) {
  return apply(op::Sqrt{}, std::forward<X>(x));
}
template <Arguments X>
auto rsqrt(X&& x) {
  return apply(op::Rsqrt{}, std::forward<X>(x));
}
template <Arguments X>
auto cbrt(X&& x) {
  return apply(op::Cbrt{}, std::forward<X>(x));
}
template <Arguments X>
auto square(X&& x) {
  return apply(op::Square{}, std::forward<X>(x));
}
template <Arguments X>
auto reciprocal(X&& x) {
  return apply(op::Reciprocal{}, std::forward<X>(x));
}

namespace detail {
/// What lies in lanes or on a tape, so that a number beside it stays a number.
template <class X>
concept Powered = Variable<X> || is_lanes<std::remove_cvref_t<X>>;
/// Of the kind of A: both variables, or both plain.
template <class B, class A>
concept LikeVariable = (Variable<A> && Variable<B>) || (PlainNumber<A> && PlainNumber<B>);
}  // namespace detail

/// aᵇ of two variables.
template <class A, detail::LikeVariable<A> B>
auto pow(A&& a, B&& b) {
  return apply(op::Pow{}, std::forward<A>(a), std::forward<B>(b));
}
/// xᵖ for a number p: pow(x, 2) is x · x.
template <detail::Powered X, detail::Arithmetic P>
auto pow(X&& x, P p) {
  return apply(op::PowNumber{static_cast<double>(p)}, std::forward<X>(x));
}
/// cˣ for a number c.
template <detail::Arithmetic C, detail::Powered X>
auto pow(C c, X&& x) {
  return apply(op::NumberPow{static_cast<double>(c)}, std::forward<X>(x));
}

}  // namespace thalweg
