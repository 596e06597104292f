#include "thalweg/autodiff/kernels/orthonormal.hpp"

#include <cstdint>
#include <vector>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/base/parallel.hpp"

extern "C" {
void dgeqrf_(const int* m, const int* n, double* a, const int* row, double* factors, double* work,
             const int* work_size, int* info);
void dorgqr_(const int* m, const int* n, const int* k, double* a, const int* row,
             const double* factors, double* work, const int* work_size, int* info);
}

namespace thalweg::kernels {

void orthonormal_rows(Index m, Index n, double* a) {
  if (m > INT32_MAX || n > INT32_MAX)
    throw ValueError(fmt::format("orthonormal_rows: [{}, {}] is too large for LAPACK", m, n));
  if (m == 0) return;
  const LibraryThreads one(1);
  // A stored by rows is Aᵀ = Qᵀ Lᵀ stored by columns.
  const int rows = static_cast<int>(n), columns = static_cast<int>(m), work_size = 64 * columns;
  std::vector<double> factors(m), work(64 * static_cast<std::size_t>(m));
  int info = 0;
  dgeqrf_(&rows, &columns, a, &rows, factors.data(), work.data(), &work_size, &info);
  // Aᵀ = Q R: where a diagonal element of R is negative, its row of R and column of Q change sign.
  std::vector<double> sign(m);
  for (Index i = 0; i < m; ++i) sign[i] = a[i * n + i] < 0 ? -1 : 1;
  dorgqr_(&rows, &columns, &columns, a, &rows, factors.data(), work.data(), &work_size, &info);
  for (Index i = 0; i < m; ++i)
    for (Index j = 0; j < n; ++j) a[i * n + j] *= sign[i];
}

}  // namespace thalweg::kernels
