#pragma once
/// Circular and hyperbolic functions and their inverses. Angles in radians.
///
/// Values are within 4 units in the last place, for huge arguments too; NaN outside the domain.

#include "thalweg/autodiff/statement/expression.hpp"

namespace thalweg {
namespace op {
// clang-format off
using std::acos, std::acosh, std::asin, std::asinh, std::atan, std::atan2, std::atanh, std::cos;
using std::cosh, std::hypot, std::sin, std::sinh, std::sqrt, std::tan, std::tanh;

/// y = sin x.      dy/dx = cos x.
struct Sin {
  static constexpr auto name = "sin";
  template <class T> static T value(const T& x) { return sin(x); }
  template <class T> static T slope(Input<T> x) { return cos(T(x)); }
};

/// y = cos x.      dy/dx = −sin x.
struct Cos {
  static constexpr auto name = "cos";
  template <class T> static T value(const T& x) { return cos(x); }
  template <class T> static T slope(Input<T> x) { return -sin(T(x)); }
};

/// y = tan x.      dy/dx = 1 + y².
struct Tan {
  static constexpr auto name = "tan";
  template <class T> static T value(const T& x) { return tan(x); }
  template <class T> static T slope(Output<T> y) { return 1 + y * y; }
};

/// y = arcsin x, |x| ≤ 1.      dy/dx = 1 / √(1 − x²);  +∞ at |x| = 1.
struct Asin {
  static constexpr auto name = "asin";
  template <class T> static T value(const T& x) { return asin(x); }
  template <class T> static T slope(Input<T> x) { return 1 / sqrt(T((1 - x) * (1 + x))); }
};

/// y = arccos x, |x| ≤ 1.      dy/dx = −1 / √(1 − x²);  −∞ at |x| = 1.
struct Acos {
  static constexpr auto name = "acos";
  template <class T> static T value(const T& x) { return acos(x); }
  template <class T> static T slope(Input<T> x) { return -1 / sqrt(T((1 - x) * (1 + x))); }
};

/// y = arctan x.   dy/dx = 1 / (1 + x²).
struct Atan {
  static constexpr auto name = "atan";
  template <class T> static T value(const T& x) { return atan(x); }
  template <class T> static T slope(Input<T> x) { return 1 / (1 + x * x); }
};

/// y = the angle of the point (b, a), in (−π, π].
/// ∂y/∂a = b/r²,  ∂y/∂b = −a/r²,  r² = a² + b²;  both 0 at the origin, where none exists.
struct Atan2 {
  static constexpr auto name = "atan2";
  template <class T> static T value(const T& a, const T& b) { return atan2(a, b); }
  template <class T> static Slopes<T, 2> slopes(Input<T> a, Input<T> b) {
    const T r = hypot(T(a), T(b));  // r² may overflow where 1/r does not
    const T scale = select(r == T(0), T(1), r);
    return {(b / scale) / scale, -(a / scale) / scale};
  }
};

/// y = sinh x.     dy/dx = cosh x.
struct Sinh {
  static constexpr auto name = "sinh";
  template <class T> static T value(const T& x) { return sinh(x); }
  template <class T> static T slope(Input<T> x) { return cosh(T(x)); }
};

/// y = cosh x.     dy/dx = sinh x.
struct Cosh {
  static constexpr auto name = "cosh";
  template <class T> static T value(const T& x) { return cosh(x); }
  template <class T> static T slope(Input<T> x) { return sinh(T(x)); }
};

/// y = tanh x.     dy/dx = 1 − y².
struct Tanh {
  static constexpr auto name = "tanh";
  template <class T> static T value(const T& x) { return tanh(x); }
  template <class T> static T slope(Output<T> y) { return (1 - y) * (1 + y); }
};

/// y = arsinh x.   dy/dx = 1 / √(1 + x²).
struct Asinh {
  static constexpr auto name = "asinh";
  template <class T> static T value(const T& x) { return asinh(x); }
  template <class T> static T slope(Input<T> x) { return 1 / hypot(T(1), T(x)); }
};

/// y = arcosh x, x ≥ 1.        dy/dx = 1 / √(x² − 1);  +∞ at x = 1.
struct Acosh {
  static constexpr auto name = "acosh";
  template <class T> static T value(const T& x) { return acosh(x); }
  template <class T> static T slope(Input<T> x) {
    return 1 / (sqrt(T(x - 1)) * sqrt(T(x + 1)));  // apart: x² may overflow
  }
};

/// y = artanh x, |x| ≤ 1.      dy/dx = 1 / (1 − x²);  +∞ at |x| = 1.
struct Atanh {
  static constexpr auto name = "atanh";
  template <class T> static T value(const T& x) { return atanh(x); }
  template <class T> static T slope(Input<T> x) { return 1 / ((1 - x) * (1 + x)); }
};

/// y = √(a² + b²) without overflow on the way.    ∂y/∂a = a/y,  ∂y/∂b = b/y;  0 at the origin,
/// the least-norm subgradient.
struct Hypot {
  static constexpr auto name = "hypot";
  template <class T> static T value(const T& a, const T& b) { return hypot(a, b); }
  template <class T> static Slopes<T, 2> slopes(Input<T> a, Input<T> b, Output<T> y) {
    const T scale = select(y == T(0), T(1), T(y));
    return {a / scale, b / scale};
  }
};

// clang-format on
}  // namespace op

template <Arguments X>
auto sin(X&& x) {
  return apply(op::Sin{}, std::forward<X>(x));
}
template <Arguments X>
auto cos(X&& x) {
  return apply(op::Cos{}, std::forward<X>(x));
}
template <Arguments X>
auto tan(X&& x) {
  return apply(op::Tan{}, std::forward<X>(x));
}
template <Arguments X>
auto asin(X&& x) {
  return apply(op::Asin{}, std::forward<X>(x));
}
template <Arguments X>
auto acos(X&& x) {
  return apply(op::Acos{}, std::forward<X>(x));
}
template <Arguments X>
auto atan(X&& x) {
  return apply(op::Atan{}, std::forward<X>(x));
}
template <Arguments X>
auto sinh(X&& x) {
  return apply(op::Sinh{}, std::forward<X>(x));
}
template <Arguments X>
auto cosh(X&& x) {
  return apply(op::Cosh{}, std::forward<X>(x));
}
template <Arguments X>
auto tanh(X&& x) {
  return apply(op::Tanh{}, std::forward<X>(x));
}
template <Arguments X>
auto asinh(X&& x) {
  return apply(op::Asinh{}, std::forward<X>(x));
}
template <Arguments X>
auto acosh(X&& x) {
  return apply(op::Acosh{}, std::forward<X>(x));
}
template <Arguments X>
auto atanh(X&& x) {
  return apply(op::Atanh{}, std::forward<X>(x));
}

/// The angle of the point (x, y): y first, as in <cmath>.
template <class Y, class X>
requires Arguments<Y, X>
auto atan2(Y&& y, X&& x) { return apply(op::Atan2{}, std::forward<Y>(y), std::forward<X>(x)); }
template <class A, class B>
requires Arguments<A, B>
auto hypot(A&& a, B&& b) { return apply(op::Hypot{}, std::forward<A>(a), std::forward<B>(b)); }

}  // namespace thalweg
