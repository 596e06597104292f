#pragma once
/// Reductions by addition: sum, mean, norm, var, stddev, logsumexp; and prod.
///
///     Tensor loss = mean(square(y - p));         // one loop; allocates nothing but its result
///     Tensor rows = sum(x, 1);                   // x [3, 4]: rows [3]
///     Tensor kept = sum(x, {0, -1}, keep_axes);  //           kept [1, 1]
///
/// Without axes everything is reduced, to a tensor of rank 0. An unnamed expression is reduced
/// while it is evaluated. Every function throws ShapeError for an axis that is out of range or
/// given twice. Of no elements the sum is 0, the product 1, the mean NaN, logsumexp −∞.

#include "autodiff/ops/axes.hpp"
#include "autodiff/ops/operand.hpp"

namespace thalweg {
namespace op {

/// t = x²; as a term of y = √Σx² it has slope x/y:     ∂y/∂x = x / y,  0 at y = 0.
struct NormTerm {
  static constexpr auto name = "norm";
  template <class T> static T value(const T& x, const T&) { return x * x; }
  template <class T> static Slopes<T, 2> slopes(Input<T> x, Input<T> y) {
    return {select(y == T(0), T(0), x / y), T(0)};
  }
};

/// t = (x − m)², m the mean.     ∂Σt/∂x = 2 (x − m): through m nothing flows, since Σ(x − m) = 0.
struct SquaredDistance {
  static constexpr auto name = "var";
  template <class T> static T value(const T& x, const T& m) {
    const T d = x - m;
    return d * d;
  }
  template <class T> static Slopes<T, 2> slopes(Input<T> x, Input<T> m) {
    return {2 * (x - m), T(0)};
  }
};

/// A term of y = log Σ eˣ.     ∂y/∂x = exp(x − y);  0 where y = −∞.
struct ShiftedExp {
  static constexpr auto name = "logsumexp";
  template <class T> static T value(const T& x, const T& y) {
    using std::exp;
    return exp(x - select(y < T(-std::numeric_limits<double>::max()), T(0), y));
  }
  template <class T> static Slopes<T, 2> slopes(Input<T> x, Input<T> y) {
    return {value<T>(x, y), T(0)};
  }
};

}  // namespace op
}  // namespace thalweg
