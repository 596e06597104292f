#pragma once
/// Means and variances, in one pass over memory and without cancellation.

#include <limits>

#include "thalweg/autodiff/kernels/axis_view.hpp"

namespace thalweg::kernels {

/// Of a set of numbers: how many, their mean m, Σ (x − m)².
struct Moments {
  double count = 0;
  double mean = 0;
  double squares = 0;

  double variance() const { return count > 0 ? squares / count : 0; }
};

/// Are squares of Real numbers, and their sums, normal numbers in double whatever they are? Those
/// of float are; for double numbers there is nothing wider.
template <class Real>
inline constexpr bool double_holds_squares =
    2 * std::numeric_limits<Real>::max_exponent < std::numeric_limits<double>::max_exponent;

/// Of two sets together.
/// Source: T. Chan, G. Golub, R. LeVeque, "Updating formulae and a pairwise algorithm for computing
/// sample variances", 1979.
inline Moments joined(const Moments& a, const Moments& b) {
  const double count = a.count + b.count;
  if (count == 0) return {};
  const double step = b.mean - a.mean;
  return {count, a.mean + step * (b.count / count),
          a.squares + b.squares + step * step * (a.count * b.count / count)};
}

/// Of a block of numbers, of which at first only an estimate of the mean is known: with d = x − m,
///
///     mean = m + Σ d / n,     Σ (x − mean)² = Σ d² − (Σ d)² / n.
inline Moments corrected(double count, double m, double sum, double squares) {
  const double rest = squares - sum * (sum / count);
  return {count, m + sum / count, rest < 0 ? 0 : rest};  // not where rest is NaN
}

/// Of n > 0 neighbouring numbers. Equal ones have exactly their value as mean, and no variance.
template <class Real>
Moments moments_of(Index n, const Real* x);

/// The same of `count` numbers side by side, at most a register's, over n > 0 rows `step` apart.
template <class Real>
void moments_of_columns(Index n, Index step, int count, const Real* x, Moments* out);

/// Of every line of x [before, count, after]: out [before, after]. On all threads, one line too.
template <class Real>
void moments_of_lines(const AxisView& v, const Real* x, Moments* out);

/// Σ x² / n, without overflow in float.
template <class Real>
double mean_square(Index n, const Real* x);

}  // namespace thalweg::kernels
