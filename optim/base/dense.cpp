#include "thalweg/optim/base/dense.hpp"

#include <cmath>
#include <utility>

namespace thalweg::optim::detail {

// Gaussian elimination with row exchanges; L below the diagonal, U on and above it.
Factored::Factored(std::vector<double> a, Index n) : lu_(std::move(a)), pivots_(n), n_(n) {
  double* const m = lu_.data();
  for (Index k = 0; k < n; ++k) {
    Index pivot = k;
    for (Index i = k + 1; i < n; ++i)
      if (std::abs(m[i * n + k]) > std::abs(m[pivot * n + k])) pivot = i;
    pivots_[k] = pivot;
    for (Index j = 0; j < n; ++j) std::swap(m[k * n + j], m[pivot * n + j]);
    for (Index i = k + 1; i < n; ++i) {
      const double factor = m[i * n + k] /= m[k * n + k];
      for (Index j = k + 1; j < n; ++j) m[i * n + j] -= factor * m[k * n + j];
    }
  }
}

void Factored::solve(std::span<double> b) const {
  const double* const m = lu_.data();
  double* const x = b.data();
  for (Index k = 0; k < n_; ++k) std::swap(x[k], x[pivots_[k]]);
  for (Index i = 0; i < n_; ++i)
    for (Index j = 0; j < i; ++j) x[i] -= m[i * n_ + j] * x[j];
  for (Index i = n_; i-- > 0;) {
    for (Index j = i + 1; j < n_; ++j) x[i] -= m[i * n_ + j] * x[j];
    x[i] /= m[i * n_ + i];
  }
}

}  // namespace thalweg::optim::detail
