#pragma once
/// + − · / and what is made of them.

#include "thalweg/autodiff/statement/expression.hpp"

namespace thalweg {
namespace op {
// clang-format off

/// y = a + b.      ∂y/∂a = 1,  ∂y/∂b = 1.
struct Add {
  static constexpr auto name = "add";
  template <class T> static T value(const T& a, const T& b) { return a + b; }
  template <class T> static Slopes<T, 2> slopes() { return {T(1), T(1)}; }
};

/// y = a − b.      ∂y/∂a = 1,  ∂y/∂b = −1.
struct Sub {
  static constexpr auto name = "sub";
  template <class T> static T value(const T& a, const T& b) { return a - b; }
  template <class T> static Slopes<T, 2> slopes() { return {T(1), T(-1)}; }
};

/// y = a b.        ∂y/∂a = b,  ∂y/∂b = a.
struct Mul {
  static constexpr auto name = "mul";
  template <class T> static T value(const T& a, const T& b) { return a * b; }
  template <class T> static Slopes<T, 2> slopes(Input<T> a, Input<T> b) { return {b, a}; }
};

/// y = a / b.      ∂y/∂a = 1/b,  ∂y/∂b = −y/b.      ±∞ or NaN at b = 0, as in IEEE 754.
struct Div {
  static constexpr auto name = "div";
  template <class T> static T value(const T& a, const T& b) { return a / b; }
  template <class T> static Slopes<T, 2> slopes(Input<T>, Input<T> b, Output<T> y) {
    const T reciprocal = 1 / b;
    return {reciprocal, -y * reciprocal};
  }
};

/// y = −x.         dy/dx = −1.
struct Neg {
  static constexpr auto name = "neg";
  template <class T> static T value(const T& x) { return -x; }
  template <class T> static T slope() { return T(-1); }
};

// clang-format on
}  // namespace op

template <class A, class B>
requires Operands<A, B>
auto operator+(A&& a, B&& b) { return apply(op::Add{}, std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B>
requires Operands<A, B>
auto operator-(A&& a, B&& b) { return apply(op::Sub{}, std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B>
requires Operands<A, B>
auto operator*(A&& a, B&& b) { return apply(op::Mul{}, std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B>
requires Operands<A, B>
auto operator/(A&& a, B&& b) { return apply(op::Div{}, std::forward<A>(a), std::forward<B>(b)); }
template <class X>
requires Operands<X>
auto operator-(X&& x) { return apply(op::Neg{}, std::forward<X>(x)); }
template <class X>
requires Operands<X>
auto operator+(X&& x) { return apply(op::Add{}, std::forward<X>(x), 0); }

/// x += y is x = x + y: the handle x takes the new tensor, which has the broadcast shape; other
/// handles, and the tape, keep the old one. Likewise −=, ·= and /=.
template <class Real, class Y>
requires Operands<Tensor<Real>, Y> Tensor<Real>
&operator+=(Tensor<Real>& x, Y&& y) { return x = x + std::forward<Y>(y); }
template <class Real, class Y>
requires Operands<Tensor<Real>, Y> Tensor<Real>
&operator-=(Tensor<Real>& x, Y&& y) { return x = x - std::forward<Y>(y); }
template <class Real, class Y>
requires Operands<Tensor<Real>, Y> Tensor<Real>
&operator*=(Tensor<Real>& x, Y&& y) { return x = x * std::forward<Y>(y); }
template <class Real, class Y>
requires Operands<Tensor<Real>, Y> Tensor<Real>
&operator/=(Tensor<Real>& x, Y&& y) { return x = x / std::forward<Y>(y); }

}  // namespace thalweg
