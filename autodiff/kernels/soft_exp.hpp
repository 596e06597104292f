#pragma once
/// eˣ of a register for softmax and its relatives: inline, for what is not above 0 but for
/// rounding.
///
/// A call into libmvec would put every value around it into memory. In single precision, with
/// n = x / log 2 rounded and r = x − n log 2 in two steps, |r| ≤ ½ log 2,
///
///     eˣ = 2ⁿ eʳ,    eʳ = 1 + r + r² (c₂ + c₃ r + … + c₆ r⁴),
///
/// the coefficients of least relative error, 3·10⁻⁹ (Lawson's algorithm, on 3001 Chebyshev nodes).
/// Rounded to about one unit in the last place; tiny results are denormal, 0 at −∞; NaN gives NaN,
/// +∞ does too. In double precision, and without AVX-512, this is `exp`.

#include "thalweg/autodiff/number/lanes.hpp"

namespace thalweg::kernels {

inline Lanes<double> soft_exp(Lanes<double> x) { return exp(x); }

#if defined(__AVX512F__)
inline Lanes<float> soft_exp(Lanes<float> given) {
  using Float = Register<float>;
  const auto constant = [](float c) { return c - Float{}; };
  Float x = given.get(), y;
  // The second operand is returned if one is NaN. 2⁻¹⁵⁰ = e^−103.97 rounds to 0.
  asm("vmaxps %1, %2, %0" : "=v"(x) : "v"(x), "v"(constant(-104)));
  // Adding 1.5 · 2²³ rounds to a whole number.
  const Float shift = constant(12582912);
  const Float n = (x * constant(1.44269504f) + shift) - shift;
  // log 2 = 0.693359375 − 2.12194440e-4, the first of them with 10 bits: n times it is exact.
  const Float r = (x - n * constant(0.693359375f)) + n * constant(2.12194440e-4f);
  Float p = constant(0.00138145986f) * r + constant(0.00836871699f);
  p = p * r + constant(0.0416683881f);
  p = p * r + constant(0.166665206f);
  p = p * r + constant(0.499999934f);
  p = p * r + constant(1);
  p = p * r + constant(1);
  asm("vscalefps %2, %1, %0" : "=v"(y) : "v"(p), "v"(n));
  return Lanes<float>(y);
}
#else
inline Lanes<float> soft_exp(Lanes<float> x) { return exp(x); }
#endif

}  // namespace thalweg::kernels
