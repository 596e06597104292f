#pragma once
/// Exponentials, logarithms and powers.

#include "autodiff/expression.hpp"

namespace thalweg {
namespace op {
using std::exp;

/// y = eˣ.         dy/dx = y.
struct Exp {
  static constexpr auto name = "exp";
  template <class T> static T value(const T& x) { return exp(x); }
  template <class T> static T slope(Output<T> y) { return y; }
};

}  // namespace op

template <class X>
  requires Arguments<X>
auto exp(X&& x) {
  return apply(op::Exp{}, std::forward<X>(x));
}

}  // namespace thalweg
