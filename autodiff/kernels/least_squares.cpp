#include "thalweg/autodiff/kernels/least_squares.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/base/parallel.hpp"

// LAPACK: matrices are column-major, sizes int; the lengths of texts come last, as Fortran
// compilers pass them.
extern "C" {
/// A = L Q, in place: L in the lower triangle, Q above it and in `tau`.
void dgelqf_(const int* m, const int* n, double* a, const int* lda, double* tau, double* work,
             const int* lwork, int* info);
/// C ← Q C, Q from `dgelqf`.
void dormlq_(const char* side, const char* trans, const int* m, const int* n, const int* k,
             const double* a, const int* lda, const double* tau, double* c, const int* ldc,
             double* work, const int* lwork, int* info, std::size_t, std::size_t);
/// A = U S Vᵀ for m ≥ n, U in place of A; S is work[0] · s.
void dgesvj_(const char* form, const char* left, const char* right, const int* m, const int* n,
             double* a, const int* lda, double* s, const int* mv, double* v, const int* ldv,
             double* work, const int* lwork, int* info, std::size_t, std::size_t, std::size_t);
}

namespace thalweg::kernels {

// ‖A x + b‖² is, with A = Q R,  ‖R x + Qᵀb‖² and a rest that no x changes: R [n, n] is all that is
// left of A, however many rows it had. Rotations of pairs of columns, gathered in V, then make the
// columns of R orthogonal (one-sided Jacobi):
//
//     R V = W,   sⱼ = ‖wⱼ‖,   uⱼ = wⱼ / sⱼ:   R = U S Vᵀ,   c = Uᵀ Qᵀ b.
//
// Each rotation looks at two columns only and is exact to their own size; that is why small
// singular values keep their digits.

namespace {

using Numbers = std::vector<double>;

int narrow(std::size_t size) {
  if (size > std::numeric_limits<int>::max())
    throw ValueError(
        fmt::format("least squares: a size of {} exceeds what LAPACK can count", size));
  return static_cast<int>(size);
}

std::size_t wide(int size) { return static_cast<std::size_t>(size); }

/// Calls routine(work, lwork) with the memory that it asks for.
template <class Routine>
void with_workspace(Routine&& routine) {
  double wanted = 0;
  const int query = -1;
  routine(&wanted, &query);
  const int size = std::max(1, static_cast<int>(wanted));
  Numbers work(wide(size));
  routine(work.data(), &size);
}

/// With A = Q R: A [m, n] becomes R [min(m, n), n], and b [m] the first min(m, n) numbers of Qᵀb.
void triangularise(int n, Numbers& a, Numbers& b) {
  // What is A by rows is Aᵀ by columns, and Aᵀ = L P is A = Q R with Q = Pᵀ, R = Lᵀ.
  const int m = narrow(b.size()), k = std::min(m, n), one = 1;
  int info = 0;
  Numbers tau(wide(k));
  with_workspace([&](double* work, const int* size) {
    dgelqf_(&n, &m, a.data(), &n, tau.data(), work, size, &info);
  });
  with_workspace([&](double* work, const int* size) {
    dormlq_("L", "N", &m, &one, &k, a.data(), &n, tau.data(), b.data(), &m, work, size, &info, 1,
            1);
  });
  b.resize(wide(k));
  a.resize(wide(k) * wide(n));
  for (int i = 1; i < k; ++i) std::fill_n(a.data() + static_cast<Index>(i) * n, i, 0.0);
}

}  // namespace

Singular singular(Index columns, Numbers a, Numbers b) {
  const LibraryThreads serial(1);
  const auto n = static_cast<std::size_t>(columns);
  const int size = narrow(n), work_size = std::max(6, 2 * size), none = 0;
  triangularise(size, a, b);
  Numbers u(n * n);  // R, by columns and made square by zeros
  for (std::size_t i = 0; i < b.size(); ++i)
    for (std::size_t j = i; j < n; ++j) u[j * n + i] = a[i * n + j];
  Singular result{Numbers(n), Numbers(n), Numbers(n * n)};
  Numbers work(wide(work_size));
  int info = 0;
  dgesvj_("G", "U", "V", &size, &size, u.data(), &size, result.values.data(), &none,
          result.axes.data(), &size, work.data(), &work_size, &info, 1, 1, 1);
  for (std::size_t i = 0; i < n; ++i) {
    result.values[i] *= work[0];
    if (result.values[i] > 0)
      for (std::size_t j = 0; j < b.size(); ++j) result.right[i] += u[i * n + j] * b[j];
  }
  return result;
}

}  // namespace thalweg::kernels
