#pragma once
/// Vector mathematics of the GNU C library (libmvec), one function per SIMD register.
///
/// Each declaration binds an overload to the symbol of the vector function ABI, for example
/// `_ZGVeN8v_sin`: AVX-512 (e), unmasked (N), 8 lanes, one vector argument (v). Largest errors are
/// 1 to 4 units in the last place; NaN, infinities, signed zeros and denormals are right.
/// Source: glibc manual, "Mathematics, libmvec"; x86 Vector Function ABI.

#include "thalweg/autodiff/number/registers.hpp"

#ifdef THALWEG_LIBMVEC_DOUBLE

namespace thalweg::libmvec {

using F = Register<float>;
using D = Register<double>;

[[gnu::const]] D exp(D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "v_exp");
[[gnu::const]] F exp(F) noexcept asm(THALWEG_LIBMVEC_FLOAT "v_expf");
[[gnu::const]] D expm1(D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "v_expm1");
[[gnu::const]] F expm1(F) noexcept asm(THALWEG_LIBMVEC_FLOAT "v_expm1f");
[[gnu::const]] D log(D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "v_log");
[[gnu::const]] F log(F) noexcept asm(THALWEG_LIBMVEC_FLOAT "v_logf");
[[gnu::const]] D log1p(D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "v_log1p");
[[gnu::const]] F log1p(F) noexcept asm(THALWEG_LIBMVEC_FLOAT "v_log1pf");
[[gnu::const]] D log2(D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "v_log2");
[[gnu::const]] F log2(F) noexcept asm(THALWEG_LIBMVEC_FLOAT "v_log2f");
[[gnu::const]] D log10(D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "v_log10");
[[gnu::const]] F log10(F) noexcept asm(THALWEG_LIBMVEC_FLOAT "v_log10f");
[[gnu::const]] D sin(D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "v_sin");
[[gnu::const]] F sin(F) noexcept asm(THALWEG_LIBMVEC_FLOAT "v_sinf");
[[gnu::const]] D cos(D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "v_cos");
[[gnu::const]] F cos(F) noexcept asm(THALWEG_LIBMVEC_FLOAT "v_cosf");
[[gnu::const]] D tan(D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "v_tan");
[[gnu::const]] F tan(F) noexcept asm(THALWEG_LIBMVEC_FLOAT "v_tanf");
[[gnu::const]] D asin(D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "v_asin");
[[gnu::const]] F asin(F) noexcept asm(THALWEG_LIBMVEC_FLOAT "v_asinf");
[[gnu::const]] D acos(D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "v_acos");
[[gnu::const]] F acos(F) noexcept asm(THALWEG_LIBMVEC_FLOAT "v_acosf");
[[gnu::const]] D atan(D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "v_atan");
[[gnu::const]] F atan(F) noexcept asm(THALWEG_LIBMVEC_FLOAT "v_atanf");
[[gnu::const]] D sinh(D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "v_sinh");
[[gnu::const]] F sinh(F) noexcept asm(THALWEG_LIBMVEC_FLOAT "v_sinhf");
[[gnu::const]] D cosh(D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "v_cosh");
[[gnu::const]] F cosh(F) noexcept asm(THALWEG_LIBMVEC_FLOAT "v_coshf");
[[gnu::const]] D tanh(D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "v_tanh");
[[gnu::const]] F tanh(F) noexcept asm(THALWEG_LIBMVEC_FLOAT "v_tanhf");
[[gnu::const]] D asinh(D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "v_asinh");
[[gnu::const]] F asinh(F) noexcept asm(THALWEG_LIBMVEC_FLOAT "v_asinhf");
[[gnu::const]] D acosh(D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "v_acosh");
[[gnu::const]] F acosh(F) noexcept asm(THALWEG_LIBMVEC_FLOAT "v_acoshf");
[[gnu::const]] D atanh(D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "v_atanh");
[[gnu::const]] F atanh(F) noexcept asm(THALWEG_LIBMVEC_FLOAT "v_atanhf");
[[gnu::const]] D erf(D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "v_erf");
[[gnu::const]] F erf(F) noexcept asm(THALWEG_LIBMVEC_FLOAT "v_erff");
[[gnu::const]] D erfc(D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "v_erfc");
[[gnu::const]] F erfc(F) noexcept asm(THALWEG_LIBMVEC_FLOAT "v_erfcf");
[[gnu::const]] D cbrt(D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "v_cbrt");
[[gnu::const]] F cbrt(F) noexcept asm(THALWEG_LIBMVEC_FLOAT "v_cbrtf");
[[gnu::const]] D pow(D, D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "vv_pow");
[[gnu::const]] F pow(F, F) noexcept asm(THALWEG_LIBMVEC_FLOAT "vv_powf");
[[gnu::const]] D atan2(D, D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "vv_atan2");
[[gnu::const]] F atan2(F, F) noexcept asm(THALWEG_LIBMVEC_FLOAT "vv_atan2f");
[[gnu::const]] D hypot(D, D) noexcept asm(THALWEG_LIBMVEC_DOUBLE "vv_hypot");
[[gnu::const]] F hypot(F, F) noexcept asm(THALWEG_LIBMVEC_FLOAT "vv_hypotf");

}  // namespace thalweg::libmvec

#endif
