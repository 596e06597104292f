#pragma once
/// The widest SIMD register of the target, as the compilers' built-in vector type, and the few
/// instructions that the built-in operators do not reach. Elsewhere than x86 everything falls back
/// to plain loops over the lanes.

#include <cmath>
#include <cstring>

#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__)
#if defined(__AVX512F__)
#define THALWEG_LIBMVEC_DOUBLE "_ZGVeN8"
#define THALWEG_LIBMVEC_FLOAT "_ZGVeN16"
#elif defined(__AVX2__)
#define THALWEG_LIBMVEC_DOUBLE "_ZGVdN4"
#define THALWEG_LIBMVEC_FLOAT "_ZGVdN8"
#elif !defined(__AVX__)
#define THALWEG_LIBMVEC_DOUBLE "_ZGVbN2"
#define THALWEG_LIBMVEC_FLOAT "_ZGVbN4"
#endif
#endif

namespace thalweg {

#if defined(__AVX512F__)
inline constexpr int register_bytes = 64;
#elif defined(__AVX2__)
inline constexpr int register_bytes = 32;
#else
inline constexpr int register_bytes = 16;
#endif

namespace detail {
template <class Real>
struct RegisterOf;
template <>
struct RegisterOf<float> {
  typedef float Type __attribute__((vector_size(register_bytes)));
  typedef int Mask __attribute__((vector_size(register_bytes)));
};
template <>
struct RegisterOf<double> {
  typedef double Type __attribute__((vector_size(register_bytes)));
  typedef long Mask __attribute__((vector_size(register_bytes)));
};
}  // namespace detail

template <class Real>
using Register = typename detail::RegisterOf<Real>::Type;

/// Correctly rounded square root of every lane. (Left to a loop, `errno` would keep it scalar.)
template <class Real>
inline Register<Real> square_root(Register<Real> x) {
#if defined(__AVX__)
  if constexpr (sizeof(Real) == 8)
    asm("vsqrtpd %1, %0" : "=v"(x) : "v"(x));
  else
    asm("vsqrtps %1, %0" : "=v"(x) : "v"(x));
#else
  for (int lane = 0; lane < register_bytes / int(sizeof(Real)); ++lane)
    x[lane] = std::sqrt(x[lane]);
#endif
  return x;
}

/// a b + c of every lane, rounded once.
template <class Real>
inline Register<Real> multiply_add(Register<Real> a, Register<Real> b, Register<Real> c) {
#if defined(__AVX512F__) || (defined(__AVX2__) && defined(__FMA__))
  if constexpr (sizeof(Real) == 8)
    asm("vfmadd231pd %1, %2, %0" : "+v"(c) : "v"(a), "v"(b));
  else
    asm("vfmadd231ps %1, %2, %0" : "+v"(c) : "v"(a), "v"(b));
#else
  for (int lane = 0; lane < register_bytes / int(sizeof(Real)); ++lane)
    c[lane] = std::fma(a[lane], b[lane], c[lane]);
#endif
  return c;
}

/// The first `count` lanes from memory, the others a copy of the first (so that no function sees a
/// number that is not in the data). 0 < count < lanes.
template <class Real>
inline Register<Real> load_first(const Real* from, int count) {
  Register<Real> x = from[0] - Register<Real>{};
#if defined(__AVX512F__)
  const unsigned mask = (1u << count) - 1;
  if constexpr (sizeof(Real) == 8)
    return __builtin_ia32_loadupd512_mask(from, x, static_cast<unsigned char>(mask));
  else
    return __builtin_ia32_loadups512_mask(from, x, static_cast<unsigned short>(mask));
#else
  std::memcpy(&x, from, static_cast<std::size_t>(count) * sizeof(Real));
  return x;
#endif
}

/// Stores the first `count` lanes.
template <class Real>
inline void store_first(Real* to, int count, Register<Real> x) {
#if defined(__AVX512F__)
  const unsigned mask = (1u << count) - 1;
  if constexpr (sizeof(Real) == 8)
    __builtin_ia32_storeupd512_mask(to, x, static_cast<unsigned char>(mask));
  else
    __builtin_ia32_storeups512_mask(to, x, static_cast<unsigned short>(mask));
#else
  std::memcpy(to, &x, static_cast<std::size_t>(count) * sizeof(Real));
#endif
}

}  // namespace thalweg
