#pragma once
/// What the test functions are made of.
///
/// Each is a struct without data:
///
///     name                       what the sources call it
///     operator()(x)              f(x); T is double or a `Var`
///     start()                    the sources' standard starting point
///     minimisers()               the known points x* with f(x*) = minimum()
///     local_minimisers()         known minimisers at which f is greater
///     minimum()                  the least value; NaN where it is not known
///
/// A sum of squares has `residuals(x)` too. Functions of any number n of variables take n as the
/// last argument of start, minimisers, local_minimisers and minimum; left out, it is the size that
/// is used most. Where a minimiser is known for that size alone, the list is empty for others.
/// Functions with a `domain()` are made for searches inside of it.

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/compare.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/select.hpp"
#include "thalweg/autodiff/ops/trigonometric.hpp"

namespace thalweg::test_problems {

using Point = std::vector<double>;
using Points = std::vector<Point>;
using std::size_t;

inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// lower ≤ x ≤ upper.
struct Domain {
  Point lower, upper;
};

/// [a, b]ⁿ.
inline Domain cube(size_t n, double a, double b) { return {Point(n, a), Point(n, b)}; }

/// What most functions have.
struct Function {
  static constexpr size_t block = 1;  ///< of which n has to be a multiple
  static constexpr double minimum(size_t = 0) { return 0; }
  static Points local_minimisers(size_t = 0) { return {}; }
};

/// f = Σ rᵢ²,   r = P::residuals(x).
template <class P>
struct SumOfSquares : Function {
  template <class T>
  T operator()(const std::vector<T>& x) const {
    T sum = 0;
    for (const T& r : P::residuals(x)) sum += r * r;
    return sum;
  }
};

/// Σ xᵢ.
template <class T>
T total(const std::vector<T>& x) {
  T sum = 0;
  for (const T& number : x) sum += number;
  return sum;
}

/// Σ xᵢ².
template <class T>
T total_of_squares(const std::vector<T>& x) {
  T sum = 0;
  for (const T& number : x) sum += number * number;
  return sum;
}

/// f(P{}) for each type.
template <class... P, class F>
void for_each_of(F&& f) {
  (f(P{}), ...);
}

}  // namespace thalweg::test_problems
