#include <cblas.h>

#include <algorithm>
#include <limits>
#include <string_view>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/kernels/product.hpp"
#include "thalweg/autodiff/number/number_type.hpp"

// Present in OpenBLAS only; null with another BLAS.
extern "C" {
__attribute__((weak)) void openblas_set_num_threads(int);
__attribute__((weak)) int openblas_get_parallel();
__attribute__((weak)) char* openblas_get_corename();
}

namespace thalweg::kernels {

// BLAS knows row-major matrices with a leading dimension: the row lengths of `Product` are these. A
// row of C is computed as a column, cᵀ = op(B)ᵀ aᵀ, and both as gemv, which reads its matrix once.

namespace {

bool find_blas_knows_processor() {
#if defined(__x86_64__)
  if (!openblas_get_corename || !__builtin_cpu_supports("avx2")) return true;
  const std::string_view core = openblas_get_corename();
  return core != "Prescott" && core != "Core2" && core != "Nehalem" && core != "Generic";
#else
  return true;
#endif
}

CBLAS_TRANSPOSE cblas(Use use) { return use == Use::plain ? CblasNoTrans : CblasTrans; }
CBLAS_TRANSPOSE cblas_opposite(Use use) { return use == Use::plain ? CblasTrans : CblasNoTrans; }

/// BLAS counts in int.
int narrow(Index size) {
  if (size > std::numeric_limits<int>::max())
    throw ValueError(fmt::format("matmul: a size of {} exceeds what the BLAS can count", size));
  return static_cast<int>(size);
}

/// OpenBLAS built on pthreads keeps a thread pool of its own, which would fight with ours for the
/// cores. The OpenMP build needs nothing: `LibraryThreads` holds it to one thread.
void keep_blas_serial() {
  constexpr int pthreads = 1;
  [[maybe_unused]] static const bool done = [] {
    if (openblas_set_num_threads && openblas_get_parallel && openblas_get_parallel() == pthreads)
      openblas_set_num_threads(1);
    return true;
  }();
}

void gemm(const Product<float>& p, int m, float beta) {
  cblas_sgemm(CblasRowMajor, cblas(p.use_a), cblas(p.use_b), m, narrow(p.n), narrow(p.k), 1, p.a,
              narrow(p.row_a), p.b, narrow(p.row_b), beta, p.c, narrow(p.row_c));
}

void gemm(const Product<double>& p, int m, double beta) {
  cblas_dgemm(CblasRowMajor, cblas(p.use_a), cblas(p.use_b), m, narrow(p.n), narrow(p.k), 1, p.a,
              narrow(p.row_a), p.b, narrow(p.row_b), beta, p.c, narrow(p.row_c));
}

struct Vector {
  Index step;
};

/// y (+)= op(M) x; M is stored as [rows, columns].
void gemv(CBLAS_TRANSPOSE use, Index rows, Index columns, const float* matrix, Index row,
          const float* x, Vector in, float beta, float* y, Vector out) {
  cblas_sgemv(CblasRowMajor, use, narrow(rows), narrow(columns), 1, matrix, narrow(row), x,
              narrow(in.step), beta, y, narrow(out.step));
}

void gemv(CBLAS_TRANSPOSE use, Index rows, Index columns, const double* matrix, Index row,
          const double* x, Vector in, double beta, double* y, Vector out) {
  cblas_dgemv(CblasRowMajor, use, narrow(rows), narrow(columns), 1, matrix, narrow(row), x,
              narrow(in.step), beta, y, narrow(out.step));
}

/// C is a column: c = op(A) b.
template <class Real>
void column(const Product<Real>& p, Real beta) {
  const bool plain = p.use_a == Use::plain;
  gemv(cblas(p.use_a), plain ? p.m : p.k, plain ? p.k : p.m, p.a, p.row_a, p.b,
       {p.use_b == Use::plain ? p.row_b : 1}, beta, p.c, {p.row_c});
}

/// C is a row: cᵀ = op(B)ᵀ aᵀ.
template <class Real>
void row(const Product<Real>& p, Real beta) {
  const bool plain = p.use_b == Use::plain;
  gemv(cblas_opposite(p.use_b), plain ? p.k : p.n, plain ? p.n : p.k, p.b, p.row_b, p.a,
       {p.use_a == Use::plain ? 1 : p.row_a}, beta, p.c, {1});
}

}  // namespace

bool blas_knows_processor() {
  static const bool known = find_blas_knows_processor();
  return known;
}

template <class Real>
void blas_product(const Product<Real>& p) {
  keep_blas_serial();
  const Real beta = p.accumulate ? 1 : 0;
  if (p.n == 1) return column(p, beta);
  if (p.m == 1) return row(p, beta);
  // OpenBLAS multiplies without packing its operands up to 10⁶ multiply-adds, which is up to 1.6
  // times faster for a narrow C; so a narrow product goes there in slices of rows.
  constexpr Index unpacked = 1'000'000;
  constexpr Index narrow_c = 16;
  const Index slice = p.n > narrow_c ? p.m : std::max<Index>(32, unpacked / (p.n * p.k) / 16 * 16);
  for (Index begin = 0; begin < p.m; begin += slice) {
    const Product<Real> part = p.rows(begin, std::min(p.m, begin + slice));
    gemm(part, narrow(part.m), beta);
  }
}

#define THALWEG_INSTANTIATE(Real) template void blas_product(const Product<Real>&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::kernels
