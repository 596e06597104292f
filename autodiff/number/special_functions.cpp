#include "thalweg/autodiff/number/special_functions.hpp"

#include <cmath>
#include <limits>
#include <numbers>

// Digamma and trigamma: reflect to x > 0, step up to x ≥ 10 by the recurrence, then the asymptotic
// series
// in 1/x² with the Bernoulli numbers B₂ … B₁₆; the next term is below 1e-17 there.
// Source: Abramowitz & Stegun, 6.3.5-7 and 6.3.18; 6.4.6-7 and 6.4.12.

namespace thalweg::kernels {
namespace {

constexpr double pi = std::numbers::pi;
constexpr double series_from = 10.0;

/// x minus the nearest integer: πx reduced, without rounding, for functions of period 1.
double fraction(double x) { return x - std::round(x); }

/// Σ c₁ z + c₂ z² + … + c₈ z⁸.
double polynomial(const double (&c)[8], double z) {
  double sum = 0;
  for (int k = 7; k >= 0; --k) sum = (sum + c[k]) * z;
  return sum;
}

/// ψ(x) = log x − 1/2x − Σ B₂ₖ / (2k x²ᵏ).
double digamma_series(double x) {
  constexpr double terms[] = {1.0 / 12,  -1.0 / 120,      1.0 / 252, -1.0 / 240,
                              1.0 / 132, -691.0 / 32760., 1.0 / 12,  -3617.0 / 8160};
  return std::log(x) - 0.5 / x - polynomial(terms, 1 / (x * x));
}

/// ψ′(x) = 1/x + 1/2x² + Σ B₂ₖ / x²ᵏ⁺¹.
double trigamma_series(double x) {
  constexpr double terms[] = {1.0 / 6,  -1.0 / 30,      1.0 / 42, -1.0 / 30,
                              5.0 / 66, -691.0 / 2730., 7.0 / 6,  -3617.0 / 510};
  return (1 + 0.5 / x + polynomial(terms, 1 / (x * x))) / x;
}

}  // namespace

double lgamma(double x) {
  int sign;
  return ::lgamma_r(x, &sign);
}
float lgamma(float x) {
  int sign;
  return ::lgammaf_r(x, &sign);
}

double digamma(double x) {
  if (x == 0) return std::copysign(std::numeric_limits<double>::infinity(), -x);
  if (x < 0) {
    const double r = fraction(x);
    if (r == 0 || std::isinf(x)) return std::numeric_limits<double>::quiet_NaN();
    return digamma(1 - x) - pi / std::tan(pi * r);  // ψ(1 − x) − ψ(x) = π cot πx
  }
  double steps = 0;
  for (; x < series_from; ++x) steps += 1 / x;  // ψ(x) = ψ(x + 1) − 1/x
  return digamma_series(x) - steps;
}

double trigamma(double x) {
  if (std::isinf(x)) return x > 0 ? 0 : std::numeric_limits<double>::quiet_NaN();
  if (x <= 0) {
    const double r = fraction(x);
    if (r == 0) return std::numeric_limits<double>::infinity();
    const double c = pi / std::sin(pi * r);
    return c * c - trigamma(1 - x);  // ψ′(1 − x) + ψ′(x) = π² / sin² πx
  }
  double steps = 0;
  for (; x < series_from; ++x) steps += 1 / (x * x);  // ψ′(x) = ψ′(x + 1) + 1/x²
  return trigamma_series(x) + steps;
}

float digamma(float x) { return static_cast<float>(digamma(static_cast<double>(x))); }
float trigamma(float x) { return static_cast<float>(trigamma(static_cast<double>(x))); }

}  // namespace thalweg::kernels
