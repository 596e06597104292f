#pragma once
/// Factorisations of square matrices, by LAPACK, in one thread.

#include "thalweg/autodiff/kernels/matmul.hpp"
#include "thalweg/autodiff/number/number_type.hpp"

namespace thalweg::kernels {

/// P A = L U of a row-major matrix [n, n], kept in the form that LAPACK likes.
///
/// Cost: 2/3 n³ flops. Throws ValueError above n = 30000.
template <class Real>
class Lu {
 public:
  Lu(Index n, const Real* a);
  ~Lu();
  Lu(const Lu&) = delete;
  Lu& operator=(const Lu&) = delete;

  /// Is a pivot exactly 0?
  bool singular() const { return singular_; }
  /// log |det A|, −∞ if singular, and the determinant's sign, 0 if singular.
  double log_determinant() const;
  int sign() const;

  /// B ← A⁻¹ B, or A⁻ᵀ B if transposed; B [n, k] row-major. Not for a singular matrix.
  void solve(Use use, Index k, Real* b) const;

 private:
  Real pivot(Index i) const { return factors_[i * n_ + i]; }

  Index n_;
  Real* factors_;
  int* swaps_;
  bool singular_ = false;
};

/// A = L Lᵀ of a symmetric matrix [n, n], of which the lower triangle is read: A ← L, zeros above.
/// False, with A undefined, if A is not positive definite. Cost: n³/3 flops.
template <class Real>
bool cholesky(Index n, Real* a);

/// B ← L⁻¹ B, or L⁻ᵀ B if transposed; L [n, n] lower triangular, B [n, k], both row-major.
template <class Real>
void solve_lower(Use use, Index n, Index k, const Real* l, Real* b);

#define THALWEG_DECLARE(Real) extern template class Lu<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace thalweg::kernels
