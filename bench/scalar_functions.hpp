#pragma once
/// Functions of scalars that measure what a gradient costs, written as a user would write them.

#include <cmath>
#include <cstddef>
#include <vector>

namespace thalweg::bench {

using std::exp;
using std::log;

/// Gaussian mixture with K components in d dimensions over n points, the data term of ADBench:
///
///     Σᵢ log Σₖ exp(αₖ + Σⱼ qₖⱼ − ½ |Qₖ (xᵢ − μₖ)|²),
///
/// Qₖ lower triangular with diagonal exp qₖ and strictly lower part lₖ, column by column.
struct GmmData {
  int d, components, n;
  std::vector<double> points;  // n × d
};

/// Parameters in one vector: α (K), μ (K × d), q (K × d), l (K × d(d−1)/2).
inline std::size_t gmm_size(int d, int components) {
  return static_cast<std::size_t>(components * (1 + 2 * d + d * (d - 1) / 2));
}

template <class T>
T gmm(const GmmData& data, const std::vector<T>& parameters) {
  const int d = data.d, components = data.components;
  const int triangle = d * (d - 1) / 2;
  const T* const alpha = parameters.data();
  const T* const mean = alpha + components;
  const T* const q = mean + components * d;
  const T* const l = q + components * d;

  std::vector<T> diagonal(static_cast<std::size_t>(components * d));
  std::vector<T> sum_q(static_cast<std::size_t>(components));
  for (int k = 0; k < components; ++k)
    for (int j = 0; j < d; ++j) {
      diagonal[static_cast<std::size_t>(k * d + j)] = exp(q[k * d + j]);
      sum_q[static_cast<std::size_t>(k)] += q[k * d + j];
    }

  std::vector<T> centred(static_cast<std::size_t>(d)), y(static_cast<std::size_t>(d));
  std::vector<T> terms(static_cast<std::size_t>(components));
  T total = 0;
  for (int i = 0; i < data.n; ++i) {
    const double* const x = data.points.data() + i * d;
    for (int k = 0; k < components; ++k) {
      const T* column = l + k * triangle;
      for (int j = 0; j < d; ++j) {
        const auto at = static_cast<std::size_t>(j);
        centred[at] = x[j] - mean[k * d + j];
        y[at] = diagonal[static_cast<std::size_t>(k * d) + at] * centred[at];
      }
      for (int j = 0; j < d; ++j)
        for (int row = j + 1; row < d; ++row)
          y[static_cast<std::size_t>(row)] += *column++ * centred[static_cast<std::size_t>(j)];
      T squares = y[0] * y[0];
      for (int j = 1; j < d; ++j)
        squares += y[static_cast<std::size_t>(j)] * y[static_cast<std::size_t>(j)];
      terms[static_cast<std::size_t>(k)] =
          alpha[k] + sum_q[static_cast<std::size_t>(k)] - 0.5 * squares;
    }
    double largest = -INFINITY;
    for (const T& term : terms)
      if (term > largest) largest = plain(term);
    T sum = 0;
    for (const T& term : terms) sum += exp(term - largest);
    total += log(sum) + largest;
  }
  return total;
}

/// Classic Runge-Kutta for y₀' = x₀, yᵢ' = xᵢ yᵢ₋₁, y(0) = 0 over [0, 2]; yₙ₋₁(2).
template <class T>
T ode(const std::vector<T>& x, int steps) {
  const std::size_t n = x.size();
  const double h = 2.0 / steps;
  std::vector<T> y(n), k1(n), k2(n), k3(n), k4(n), at(n);
  const auto slope = [&](const std::vector<T>& state, std::vector<T>& out) {
    out[0] = x[0];
    for (std::size_t i = 1; i < n; ++i) out[i] = x[i] * state[i - 1];
  };
  for (int step = 0; step < steps; ++step) {
    slope(y, k1);
    for (std::size_t i = 0; i < n; ++i) at[i] = y[i] + 0.5 * h * k1[i];
    slope(at, k2);
    for (std::size_t i = 0; i < n; ++i) at[i] = y[i] + 0.5 * h * k2[i];
    slope(at, k3);
    for (std::size_t i = 0; i < n; ++i) at[i] = y[i] + h * k3[i];
    slope(at, k4);
    for (std::size_t i = 0; i < n; ++i) y[i] += h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
  }
  return y[n - 1];
}

/// Determinant of a row-major n × n matrix by expansion along the first row.
template <class T>
T determinant(const std::vector<T>& a, int n, int row, std::vector<bool>& used) {
  if (row == n) return T(1);
  T total = 0;
  double sign = 1;
  for (int column = 0; column < n; ++column) {
    if (used[static_cast<std::size_t>(column)]) continue;
    used[static_cast<std::size_t>(column)] = true;
    total +=
        sign * a[static_cast<std::size_t>(row * n + column)] * determinant(a, n, row + 1, used);
    used[static_cast<std::size_t>(column)] = false;
    sign = -sign;
  }
  return total;
}

/// Speelpenning's product x₀ x₁ … xₙ₋₁.
template <class T>
T product(const std::vector<T>& x) {
  T y = 1;
  for (const T& factor : x) y *= factor;
  return y;
}

}  // namespace thalweg::bench
