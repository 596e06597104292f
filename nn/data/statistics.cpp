#include "thalweg/nn/data/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace thalweg::nn {
namespace {

/// f(x) of those that are finite.
template <class Real, class F>
void for_each_finite(const Real* x, Index count, Index stride, F&& f) {
  for (Index i = 0; i < count; ++i)
    if (std::isfinite(x[i * stride])) f(static_cast<double>(x[i * stride]));
}

}  // namespace

// In units of a power of two that makes the largest number one of order 1, which changes no digit
// and lets no square overflow. With m the rounded mean and d = x − m,
//
//     mean = m,   deviation² = (Σ d² − (Σ d)² / n) / n ≥ (most − least)² / 2n,
//
// which holds beyond rounding: of numbers that differ none has the deviation 0.
template <class Real>
Statistics statistics_of(const Real* x, Index count, Index stride) {
  Statistics found;
  found.least = std::numeric_limits<double>::infinity();
  found.most = -found.least;
  for_each_finite(x, count, stride, [&](double value) {
    ++found.count;
    found.least = std::min(found.least, value);
    found.most = std::max(found.most, value);
  });
  if (found.count == 0) return {};
  if (found.least == found.most) {
    found.mean = found.least;
    return found;
  }
  const int exponent = std::max(std::ilogb(std::max(-found.least, found.most)), -1000);
  const double unit = std::ldexp(1, -exponent), n = static_cast<double>(found.count);
  const double range = found.most * unit - found.least * unit;
  double sum = 0, errors = 0, squares = 0;
  for_each_finite(x, count, stride, [&](double value) { sum += value * unit; });
  const double mean = sum / n;
  for_each_finite(x, count, stride, [&](double value) {
    const double d = value * unit - mean;
    errors += d;
    squares += d * d;
  });
  found.mean = std::clamp(std::ldexp(mean, exponent), found.least, found.most);
  const double variance = std::max(squares - errors * errors / n, range * range / 2) / n;
  found.deviation = std::max(std::ldexp(std::sqrt(variance), exponent),
                             std::numeric_limits<double>::denorm_min());
  return found;
}

#define THALWEG_INSTANTIATE(Real) template Statistics statistics_of(const Real*, Index, Index);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn
