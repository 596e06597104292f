#pragma once
/// Ops that choose among their arguments: absolute value, extremes, bounds, conditions, rounding.
///
/// Values are exact. NaN in an argument gives NaN. Where arguments tie, maximum and minimum share
/// the gradient half and half. An argument that was not chosen contributes exactly 0 to the
/// gradient, whatever it holds and whatever its own slope is: where(x > 0, sqrt(x), x) has the
/// slope 1 at x = −1 and at 0.

#include "thalweg/autodiff/statement/expression.hpp"

namespace thalweg {
namespace op {
// clang-format off
using std::abs, std::ceil, std::floor, std::fma, std::round;

/// y = sign x: −1, 0 or 1.         dy/dx = 0.
struct Sign {
  static constexpr auto name = "sign";
  static constexpr bool chooses = true;
  template <class T> static T value(const T& x) {
    return select(x > T(0), T(1), select(x < T(0), T(-1), x));
  }
  template <class T> static T slope() { return T(0); }
};

/// y = |x|.        dy/dx = sign x;  0 at x = 0, the least-norm subgradient.
struct Abs {
  static constexpr auto name = "abs";
  template <class T> static T value(const T& x) { return abs(x); }
  template <class T> static T slope(Input<T> x) { return Sign::value(T(x)); }
};

/// y = the larger of a and b.      ∂y/∂a = 1 for a > b,  ½ for a = b,  0 for a < b;  ∂y/∂b rest.
struct Maximum {
  static constexpr auto name = "maximum";
  static constexpr bool chooses = true;
  template <class T> static T value(const T& a, const T& b) {
    return select(a == a, select(a > b, a, b), a);  // NaN wins on either side
  }
  template <class T> static Slopes<T, 2> slopes(Input<T> a, Input<T> b) {
    const T of_a = select(a > b, T(1), select(a < b, T(0), T(0.5)));
    return {of_a, 1 - of_a};
  }
};

/// y = the smaller of a and b.     ∂y/∂a = 1 for a < b,  ½ for a = b,  0 for a > b;  ∂y/∂b rest.
struct Minimum {
  static constexpr auto name = "minimum";
  static constexpr bool chooses = true;
  template <class T> static T value(const T& a, const T& b) {
    return select(a == a, select(a < b, a, b), a);
  }
  template <class T> static Slopes<T, 2> slopes(Input<T> a, Input<T> b) {
    const T of_a = select(a < b, T(1), select(a > b, T(0), T(0.5)));
    return {of_a, 1 - of_a};
  }
};

/// y = min(max(x, low), high);  high if low > high.
/// ∂y/∂x = 1 for low ≤ x ≤ high, otherwise 0;  ∂y/∂low = 1 for x < low ≤ high;  ∂y/∂high = 1
/// for x > high or low > high.
struct Clamp {
  static constexpr auto name = "clamp";
  static constexpr bool chooses = true;
  template <class T> static T value(const T& x, const T& low, const T& high) {
    const T raised = select(x < low, low, x);
    return select(raised > high, high, raised);
  }
  template <class T> static Slopes<T, 3> slopes(Input<T> x, Input<T> low, Input<T> high) {
    const T capped = select(low > high, T(1), select(x > high, T(1), T(0)));
    const T raised = select(x < low, 1 - capped, T(0));
    return {select(x < low, T(0), select(x > high, T(0), T(1))), raised, capped};
  }
};

/// y = a where c ≠ 0, otherwise b.     ∂y/∂c = 0,  ∂y/∂a = 1 or 0,  ∂y/∂b = 0 or 1.
struct Where {
  static constexpr auto name = "where";
  static constexpr bool chooses = true;
  template <class T> static T value(const T& c, const T& a, const T& b) {
    return select(c != T(0), a, b);
  }
  template <class T> static Slopes<T, 3> slopes(Input<T> c, Input<T>, Input<T>) {
    const T of_a = select(c != T(0), T(1), T(0));
    return {T(0), of_a, 1 - of_a};
  }
};

/// The same for a condition that is a truth value: a bool, or one per lane.
template <class Condition>
struct Choose {
  static constexpr auto name = "where";
  static constexpr bool chooses = true;
  Condition condition{};
  template <class T> T value(const T& a, const T& b) const { return select(condition, a, b); }
  template <class T> Slopes<T, 2> slopes() const {
    return {select(condition, T(1), T(0)), select(condition, T(0), T(1))};
  }
};

/// y = a b + c, rounded once.      ∂y/∂a = b,  ∂y/∂b = a,  ∂y/∂c = 1.
struct Fma {
  static constexpr auto name = "fma";
  template <class T> static T value(const T& a, const T& b, const T& c) { return fma(a, b, c); }
  template <class T> static Slopes<T, 3> slopes(Input<T> a, Input<T> b, Input<T>) {
    return {b, a, T(1)};
  }
};

/// y = the largest integer ≤ x.    dy/dx = 0.
struct Floor {
  static constexpr auto name = "floor";
  static constexpr bool chooses = true;
  template <class T> static T value(const T& x) { return floor(x); }
  template <class T> static T slope() { return T(0); }
};

/// y = the smallest integer ≥ x.   dy/dx = 0.
struct Ceil {
  static constexpr auto name = "ceil";
  static constexpr bool chooses = true;
  template <class T> static T value(const T& x) { return ceil(x); }
  template <class T> static T slope() { return T(0); }
};

/// y = the nearest integer, halves away from 0 as in <cmath>.     dy/dx = 0.
struct Round {
  static constexpr auto name = "round";
  static constexpr bool chooses = true;
  template <class T> static T value(const T& x) { return round(x); }
  template <class T> static T slope() { return T(0); }
};

// clang-format on
}  // namespace op

template <Arguments X>
auto sign(X&& x) {
  return apply(op::Sign{}, std::forward<X>(x));
}
template <Arguments X>
auto abs(X&& x) {
  return apply(op::Abs{}, std::forward<X>(x));
}
template <class A, class B>
requires Arguments<A, B>
auto maximum(A&& a, B&& b) { return apply(op::Maximum{}, std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B>
requires Arguments<A, B>
auto minimum(A&& a, B&& b) { return apply(op::Minimum{}, std::forward<A>(a), std::forward<B>(b)); }

namespace detail {
template <class A, class B>
concept Extremes = (Variable<A> && Variable<B>) || (Scalar<A> && Arithmetic<B>) ||
                   (Arithmetic<A> && Scalar<B>) ||
                   ((is_lanes<std::remove_cvref_t<A>> ||
                     is_lanes<std::remove_cvref_t<B>>)&&Arguments<A, B>);
}

/// The same under the names of <algorithm>, for generic code: `using std::max; max(x, y)`.
template <class A, class B>
requires detail::Extremes<A, B>
auto max(A&& a, B&& b) { return maximum(std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B>
requires detail::Extremes<A, B>
auto min(A&& a, B&& b) { return minimum(std::forward<A>(a), std::forward<B>(b)); }
// For two constants of one type std::max would fit better than the above; these fit best.
template <class X>
requires detail::Extremes<X, X>
auto max(const X& a, const X& b) { return maximum(a, b); }
template <class X>
requires detail::Extremes<X, X>
auto min(const X& a, const X& b) { return minimum(a, b); }

/// x between low and high, which are numbers or variables.
template <class X, class Low, class High>
requires Arguments<X, Low, High>
auto clamp(X&& x, Low&& low, High&& high) {
  return apply(op::Clamp{}, std::forward<X>(x), std::forward<Low>(low), std::forward<High>(high));
}

/// a where the condition holds, otherwise b, element by element. The condition is a comparison, or
/// any tensor whose elements are 0 or not. Both a and b are computed; what is not chosen has no
/// gradient, be its slope infinite or NaN.
template <class C, class A, class B>
requires(Operands<C, A, B> &&
         (Variable<C> || TensorLike<A> || TensorLike<B>)) auto where(C&& condition, A&& a, B&& b) {
  return apply(op::Where{}, std::forward<C>(condition), std::forward<A>(a), std::forward<B>(b));
}
/// The same for scalars and plain numbers, whose comparisons give truth values.
template <class C, class A, class B>
requires(!Variable<C> && !TensorLike<A> && !TensorLike<B> &&
         Arguments<A, B>) auto where(const C& condition, A&& a, B&& b) {
  return apply(op::Choose<C>{condition}, std::forward<A>(a), std::forward<B>(b));
}

/// a b + c, rounded once.
template <class A, class B, class C>
requires Arguments<A, B, C>
auto fma(A&& a, B&& b, C&& c) {
  return apply(op::Fma{}, std::forward<A>(a), std::forward<B>(b), std::forward<C>(c));
}

template <Arguments X>
auto floor(X&& x) {
  return apply(op::Floor{}, std::forward<X>(x));
}
template <Arguments X>
auto ceil(X&& x) {
  return apply(op::Ceil{}, std::forward<X>(x));
}
/// Halves away from 0, as std::round.
template <Arguments X>
auto round(X&& x) {
  return apply(op::Round{}, std::forward<X>(x));
}

}  // namespace thalweg
