#pragma once
/// What else <cmath> has: rounding, remainders, extremes that pass over NaN, signs, questions.
///
/// Of scalars and tensors alike. Questions about a scalar are answered by a bool, about a tensor by
/// a tensor of 0 and 1.

#include <limits>

#include "thalweg/autodiff/ops/compare.hpp"
#include "thalweg/autodiff/ops/select.hpp"
#include "thalweg/autodiff/ops/special.hpp"
#include "thalweg/autodiff/ops/trigonometric.hpp"

namespace thalweg {
namespace op {
// clang-format off
using std::exp2, std::fmod, std::tgamma;

/// y = x without what follows the point.     dy/dx = 0.
struct Trunc {
  static constexpr auto name = "trunc";
  template <class T> static T value(const T& x) { return select(x < T(0), ceil(x), floor(x)); }
  template <class T> static T slope() { return T(0); }
};

/// y = the nearest integer, halves to the even one.    dy/dx = 0.
struct Nearbyint {
  static constexpr auto name = "nearbyint";
  template <class T> static T value(const T& x) {
    const T part = x - Trunc::value(x);
    return select(abs(part) == T(0.5), T(2) * round(T(x / T(2))), round(x));
  }
  template <class T> static T slope() { return T(0); }
};

/// y = a − b trunc(a/b), exactly.      ∂y/∂a = 1,  ∂y/∂b = −trunc(a/b) = (y − a)/b.
struct Fmod {
  static constexpr auto name = "fmod";
  template <class T> static T value(const T& a, const T& b) { return fmod(a, b); }
  template <class T> static Slopes<T, 2> slopes(Input<T> a, Input<T> b, Output<T> y) {
    return {T(1), (y - a) / b};
  }
};

/// y = 2ˣ.     dy/dx = y log 2.
struct Exp2 {
  static constexpr auto name = "exp2";
  template <class T> static T value(const T& x) { return exp2(x); }
  template <class T> static T slope(Output<T> y) { return y * T(0.6931471805599453); }
};

/// y = Γ(x).       dy/dx = Γ(x) ψ(x).
struct Tgamma {
  static constexpr auto name = "tgamma";
  template <class T> static T value(const T& x) { return tgamma(x); }
  template <class T> static T slope(Input<T> x) { return tgamma(T(x)) * digamma(T(x)); }
};

/// y = |a| with the sign of b, that of −0 included.    ∂y/∂a = ±1, 0 at a = 0;  ∂y/∂b = 0.
struct Copysign {
  static constexpr auto name = "copysign";
  template <class T> static T sign_of(const T& b) {  // 1/b tells −0 from 0
    return select(b == T(0), select(T(1) / b < T(0), T(-1), T(1)), select(b < T(0), T(-1), T(1)));
  }
  template <class T> static T value(const T& a, const T& b) { return sign_of(b) * abs(a); }
  template <class T> static Slopes<T, 2> slopes(Input<T> a, Input<T> b) {
    return {sign_of(T(b)) * Sign::value(T(a)), T(0)};
  }
};

/// y = a − b where that is positive, otherwise 0.     ∂y/∂a = 1 for a > b, otherwise 0;  ∂y/∂b = −∂y/∂a.
struct Fdim {
  static constexpr auto name = "fdim";
  template <class T> static T value(const T& a, const T& b) { return select(a <= b, T(0), a - b); }
  template <class T> static Slopes<T, 2> slopes(Input<T> a, Input<T> b) {
    const T of_a = select(a > b, T(1), T(0));
    return {of_a, -of_a};
  }
};

/// y = the larger of a and b, or the one that is not NaN. Slopes as of `maximum`; NaN has none.
struct Fmax {
  static constexpr auto name = "fmax";
  template <class T> static T value(const T& a, const T& b) {
    return select(b == b, select(a >= b, a, b), a);
  }
  template <class T> static Slopes<T, 2> slopes(Input<T> a, Input<T> b) {
    const T with_b = select(a > b, T(1), select(a == b, T(0.5), T(0)));
    const T of_a = select(b == b, with_b, T(1));
    return {of_a, 1 - of_a};
  }
};

/// y = the smaller of a and b, or the one that is not NaN. Slopes as of `minimum`; NaN has none.
struct Fmin {
  static constexpr auto name = "fmin";
  template <class T> static T value(const T& a, const T& b) {
    return select(b == b, select(a <= b, a, b), a);
  }
  template <class T> static Slopes<T, 2> slopes(Input<T> a, Input<T> b) {
    const T with_b = select(a < b, T(1), select(a == b, T(0.5), T(0)));
    const T of_a = select(b == b, with_b, T(1));
    return {of_a, 1 - of_a};
  }
};

/// y = a + t (b − a), exactly a at t = 0 and b at t = 1.   ∂y/∂a = 1 − t,  ∂y/∂b = t,  ∂y/∂t = b − a.
struct Lerp {
  static constexpr auto name = "lerp";
  template <class T> static T value(const T& a, const T& b, const T& t) {
    return select(t < T(0.5), a + t * (b - a), b - (T(1) - t) * (b - a));
  }
  template <class T> static Slopes<T, 3> slopes(Input<T> a, Input<T> b, Input<T> t) {
    return {1 - t, t, b - a};
  }
};

/// y = √(a² + b² + c²) without overflow on the way.    ∂y/∂a = a/y, …;  0 at the origin.
struct Hypot3 {
  static constexpr auto name = "hypot";
  template <class T> static T value(const T& a, const T& b, const T& c) {
    return hypot(T(hypot(a, b)), c);
  }
  template <class T> static Slopes<T, 3> slopes(Input<T> a, Input<T> b, Input<T> c) {
    const T y = value(T(a), T(b), T(c));
    const T scale = select(y == T(0), T(1), y);
    return {a / scale, b / scale, c / scale};
  }
};

// clang-format on
}  // namespace op

template <Arguments X>
auto trunc(X&& x) {
  return apply(op::Trunc{}, std::forward<X>(x));
}
/// Halves to the even neighbour, whatever the rounding mode; `rint` is the same.
template <Arguments X>
auto nearbyint(X&& x) {
  return apply(op::Nearbyint{}, std::forward<X>(x));
}
template <Arguments X>
auto rint(X&& x) {
  return nearbyint(std::forward<X>(x));
}
template <Arguments X>
auto fabs(X&& x) {
  return abs(std::forward<X>(x));
}
template <Arguments X>
auto exp2(X&& x) {
  return apply(op::Exp2{}, std::forward<X>(x));
}
template <Arguments X>
auto tgamma(X&& x) {
  return apply(op::Tgamma{}, std::forward<X>(x));
}
template <class A, class B>
requires Arguments<A, B>
auto fmod(A&& a, B&& b) { return apply(op::Fmod{}, std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B>
requires Arguments<A, B>
auto copysign(A&& a, B&& b) {
  return apply(op::Copysign{}, std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B>
requires Arguments<A, B>
auto fdim(A&& a, B&& b) { return apply(op::Fdim{}, std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B>
requires Arguments<A, B>
auto fmax(A&& a, B&& b) { return apply(op::Fmax{}, std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B>
requires Arguments<A, B>
auto fmin(A&& a, B&& b) { return apply(op::Fmin{}, std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B, class T>
requires Arguments<A, B, T>
auto lerp(A&& a, B&& b, T&& t) {
  return apply(op::Lerp{}, std::forward<A>(a), std::forward<B>(b), std::forward<T>(t));
}
template <class A, class B, class C>
requires Arguments<A, B, C>
auto hypot(A&& a, B&& b, C&& c) {
  return apply(op::Hypot3{}, std::forward<A>(a), std::forward<B>(b), std::forward<C>(c));
}

// ---- questions ----

template <Scalar X>
bool isnan(const X& x) {
  return x.value() != x.value();
}
template <Scalar X>
bool isfinite(const X& x) {
  return x.value() - x.value() == 0;
}
template <Scalar X>
bool isinf(const X& x) {
  return !isnan(x) && !isfinite(x);
}
/// True for −0 too, as std::signbit; NaN's sign is not told.
template <Scalar X>
bool signbit(const X& x) {
  return op::Copysign::sign_of(x.value()) < 0;
}

template <TensorLike X>
auto isnan(X&& x) {
  const auto value = as_tensor(std::forward<X>(x));
  return value != value;
}
template <TensorLike X>
auto isfinite(X&& x) {
  const auto value = as_tensor(std::forward<X>(x));
  return value - value == 0;
}
template <TensorLike X>
auto isinf(X&& x) {
  const auto value = as_tensor(std::forward<X>(x));
  return abs(value) == std::numeric_limits<typename decltype(value)::Real>::infinity();
}

}  // namespace thalweg
