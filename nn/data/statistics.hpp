#pragma once
/// What numbers are like, those among them that are finite.

#include <cmath>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::nn {

/// What becomes of numbers that are NaN or infinite. A statistic is that of the finite ones, in
/// either case: one NaN must not decide about a column.
enum class Nonfinite {
  keep,    ///< they stay as they are, so that whoever meets them next sees them
  refuse,  ///< an error that names row and column
};

/// Of the finite ones among some numbers.
struct Statistics {
  Index count = 0;  ///< of none, what follows is 0
  double least = 0, most = 0;
  double mean = 0;
  double deviation = 0;  ///< √(Σ (x − mean)² / count); 0 if all are equal, and only then
};

/// Of x[0], x[stride], …, x[(count − 1) stride]. Neither large nor small numbers overflow or vanish
/// on the way.
template <class Real>
Statistics statistics_of(const Real* x, Index count, Index stride = 1);

namespace detail {

/// (x − mean) / deviation, 0 for deviation 0. NaN and infinities stay as they are.
template <class Real>
Real scaled(Real x, Real mean, Real deviation) {
  if (!std::isfinite(x)) return x;
  if (deviation == 0) return 0;
  const Real centred = x - mean;
  if (std::isfinite(centred)) return centred / deviation;
  return (x / 2 - mean / 2) / (deviation / 2);  // the difference overflows, its half does not
}

}  // namespace detail

}  // namespace thalweg::nn
