#pragma once
/// Sums and products over plain arrays, one term after another, so that they are reproducible.

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace thalweg::optim::detail {

using Vector = std::vector<double>;
using View = std::span<const double>;
using MutableView = std::span<double>;

/// Elements that are summed in one run.
inline constexpr std::size_t block_of_sum = 4096;

/// Σ aᵢ bᵢ, in eight partial sums that the compiler keeps in one register; block by block, which
/// keeps the error small.
inline double dot(View a, View b) {
  double total = 0;
  for (std::size_t i = 0; i < a.size();) {
    const std::size_t end = std::min(a.size(), i + block_of_sum);
    double part[8] = {};
    for (; i + 8 <= end; i += 8)
      for (std::size_t k = 0; k < 8; ++k) part[k] += a[i + k] * b[i + k];
    for (std::size_t k = 0; i < end; ++i, ++k) part[k] += a[i] * b[i];
    total +=
        ((part[0] + part[4]) + (part[1] + part[5])) + ((part[2] + part[6]) + (part[3] + part[7]));
  }
  return total;
}

/// ‖a‖₂. Where the squares overflow or underflow, scaled by the largest element.
inline double norm(View a) {
  const double square = dot(a, a);
  if (square > 1e-280 && square < 1e280) return std::sqrt(square);
  double largest = 0;
  for (const double x : a) largest = std::max(largest, std::abs(x));
  if (!(largest > 0) || std::isinf(largest)) return std::isnan(square) ? square : largest;
  double sum = 0;
  for (const double x : a) sum += (x / largest) * (x / largest);
  return largest * std::sqrt(sum);
}

/// ‖a‖₁.
inline double norm1(View a) {
  double sum = 0;
  for (const double x : a) sum += std::abs(x);
  return sum;
}

/// ‖a‖∞.
inline double largest(View a) {
  double result = 0;
  for (const double x : a) result = std::max(result, std::abs(x));
  return result;
}

inline double distance(View a, View b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

/// y ← y + factor · x.
inline void add_scaled(MutableView y, double factor, View x) {
  for (std::size_t i = 0; i < y.size(); ++i) y[i] += factor * x[i];
}

inline void scale(MutableView y, double factor) {
  for (double& v : y) v *= factor;
}

inline void fill(MutableView y, double value) { std::fill(y.begin(), y.end(), value); }

inline bool all_finite(View a) {
  return std::all_of(a.begin(), a.end(), [](double v) { return std::isfinite(v); });
}

}  // namespace thalweg::optim::detail
