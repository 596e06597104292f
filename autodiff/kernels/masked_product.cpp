#include "thalweg/autodiff/kernels/masked_product.hpp"

#include <algorithm>

#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/kernels/lines.hpp"
#include "thalweg/autodiff/number/number_type.hpp"

namespace thalweg::kernels {

// 0 · x is NaN for an infinite x, and 0 for others.
template <class Real>
bool all_finite(Index n, const Real* x) {
  constexpr Index width = Lanes<Real>::width;
  const Lanes<Real> zero(Real{0});
  Lanes<Real> even = zero, odd = zero;
  Index j = 0;
  for (; j + 2 * width <= n; j += 2 * width) {
    even = fma(Lanes<Real>::load(x + j), zero, even);
    odd = fma(Lanes<Real>::load(x + j + width), zero, odd);
  }
  Real rest = sum(even + odd);
  for (; j < n; ++j) rest += x[j] * 0;
  return rest == 0;
}

template <class Real>
bool all_zero(Index n, const Real* x) {
  return std::all_of(x, x + n, [](Real value) { return value == 0; });
}

template <class Real>
void masked_product(const Product<Real>& p, Zeros zeros) {
  const Index step_a = p.use_a == Use::plain ? 1 : p.row_a;
  const Index step_b = p.use_b == Use::plain ? 1 : p.row_b;
  parallel_for(p.m, grain_of(p.n * p.k), [&](Index begin, Index end, Index) {
    for (Index i = begin; i < end; ++i) {
      Real* const c = p.c + i * p.row_c;
      if (!p.accumulate) std::fill_n(c, p.n, Real{0});
      for (Index l = 0; l < p.k; ++l) {
        const Real a = p.a[p.use_a == Use::plain ? i * p.row_a + l : l * step_a + i];
        if (zeros == Zeros::of_a && a == 0) continue;
        const Real* const b = p.b + (p.use_b == Use::plain ? l * p.row_b : l);
        for (Index j = 0; j < p.n; ++j) {
          const Real other = b[j * step_b];
          c[j] += zeros == Zeros::of_b && other == 0 ? Real{0} : a * other;
        }
      }
    }
  });
}

template <class Real>
void masked_gemm(Zeros zeros, Use use_a, Use use_b, Index m, Index n, Index k, const Real* a,
                 const Real* b, bool accumulate, Real* c) {
  if (zeros == Zeros::of_a ? all_finite(k * n, b) : all_finite(m * k, a))
    return gemm(use_a, use_b, m, n, k, a, b, accumulate, c);
  const Index row_a = use_a == Use::plain ? k : m, row_b = use_b == Use::plain ? n : k;
  masked_product<Real>({use_a, use_b, m, n, k, a, row_a, b, row_b, accumulate, c, n}, zeros);
}

#define THALWEG_INSTANTIATE(Real)                                                                 \
  template bool all_finite(Index, const Real*);                                                   \
  template bool all_zero(Index, const Real*);                                                     \
  template void masked_product(const Product<Real>&, Zeros);                                      \
  template void masked_gemm(Zeros, Use, Use, Index, Index, Index, const Real*, const Real*, bool, \
                            Real*);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::kernels
