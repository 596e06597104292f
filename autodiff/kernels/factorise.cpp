#include "thalweg/autodiff/kernels/factorise.hpp"

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/kernels/layout.hpp"
#include "thalweg/autodiff/number/number_type.hpp"

// LAPACK counts in int; the lengths of its texts come last, as Fortran compilers pass them.
extern "C" {
void sgetrf_(const int* m, const int* n, float* a, const int* row, int* swaps, int* info);
void dgetrf_(const int* m, const int* n, double* a, const int* row, int* swaps, int* info);
void sgetrs_(const char* use, const int* n, const int* k, const float* a, const int* row,
             const int* swaps, float* b, const int* row_b, int* info, std::size_t);
void dgetrs_(const char* use, const int* n, const int* k, const double* a, const int* row,
             const int* swaps, double* b, const int* row_b, int* info, std::size_t);
void spotrf_(const char* triangle, const int* n, float* a, const int* row, int* info, std::size_t);
void dpotrf_(const char* triangle, const int* n, double* a, const int* row, int* info, std::size_t);
}

namespace thalweg::kernels {
namespace {

int size_of(Index n) {
  if (n > 30'000) throw ValueError(fmt::format("LAPACK: n is {}; at most 30000", n));
  return static_cast<int>(n);
}

constexpr auto getrf(float) { return sgetrf_; }
constexpr auto getrf(double) { return dgetrf_; }
constexpr auto getrs(float) { return sgetrs_; }
constexpr auto getrs(double) { return dgetrs_; }
constexpr auto potrf(float) { return spotrf_; }
constexpr auto potrf(double) { return dpotrf_; }
constexpr auto trsm(float) { return cblas_strsm; }
constexpr auto trsm(double) { return cblas_dtrsm; }

}  // namespace

template <class Real>
Lu<Real>::Lu(Index n, const Real* a) : n_(n), factors_(new Real[n * n]), swaps_(new int[n]) {
  // A stored by rows is Aᵀ stored by columns: what is factorised is Aᵀ.
  std::copy(a, a + n * n, factors_);
  const LibraryThreads one(1);
  const int size = size_of(n);
  int info = 0;
  if (n > 0) getrf(Real())(&size, &size, factors_, &size, swaps_, &info);
  singular_ = info > 0;
}

template <class Real>
Lu<Real>::~Lu() {
  delete[] factors_;
  delete[] swaps_;
}

template <class Real>
double Lu<Real>::log_determinant() const {
  if (singular_) return -std::numeric_limits<double>::infinity();
  double total = 0;
  for (Index i = 0; i < n_; ++i) total += std::log(std::abs(static_cast<double>(pivot(i))));
  return total;
}

// The sign of Π pivots, and −1 for each exchange of rows.
template <class Real>
int Lu<Real>::sign() const {
  if (singular_) return 0;
  int result = 1;
  for (Index i = 0; i < n_; ++i)
    if ((pivot(i) < 0) != (swaps_[i] != i + 1)) result = -result;
  return result;
}

// What was factorised is Aᵀ: to solve with A is to solve with its transpose. B is put into columns
// and back.
template <class Real>
void Lu<Real>::solve(Use use, Index k, Real* b) const {
  if (n_ == 0 || k == 0) return;
  const LibraryThreads one(1);
  const int size = size_of(n_), columns = static_cast<int>(k);
  Real* const by_columns = new Real[n_ * k];
  transpose(n_, k, b, false, by_columns);
  int info = 0;
  getrs(Real())(use == Use::plain ? "T" : "N", &size, &columns, factors_, &size, swaps_, by_columns,
                &size, &info, 1);
  transpose(k, n_, by_columns, false, b);
  delete[] by_columns;
}

template <class Real>
bool cholesky(Index n, Real* a) {
  const LibraryThreads one(1);
  const int size = size_of(n);
  int info = 0;
  // By columns the lower triangle is the upper one, and L is Lᵀ.
  if (n > 0) potrf(Real())("U", &size, a, &size, &info, 1);
  for (Index i = 0; i < n; ++i) std::fill(a + i * n + i + 1, a + (i + 1) * n, Real(0));
  return info == 0;
}

template <class Real>
void solve_lower(Use use, Index n, Index k, const Real* l, Real* b) {
  if (n == 0 || k == 0) return;
  const LibraryThreads one(1);
  const int size = size_of(n), columns = static_cast<int>(k);
  trsm(Real())(CblasRowMajor, CblasLeft, CblasLower, use == Use::plain ? CblasNoTrans : CblasTrans,
               CblasNonUnit, size, columns, Real(1), l, size, b, columns);
}

#define THALWEG_INSTANTIATE(Real)       \
  template class Lu<Real>;              \
  template bool cholesky(Index, Real*); \
  template void solve_lower(Use, Index, Index, const Real*, Real*);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::kernels
