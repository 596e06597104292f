#pragma once
/// Linear least squares by orthogonal transformations. JᵀJ is never formed: it would lose half the
/// digits.

#include <vector>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::kernels {

/// A = U S Vᵀ of A [m, n], and b seen along its n axes; where m < n, S ends with zeros.
struct Singular {
  std::vector<double> values;  ///< s, the diagonal of S, descending
  std::vector<double> right;   ///< c = Uᵀb; 0 where s = 0
  std::vector<double> axes;    ///< Vᵀ [n, n], row-major; its rows are orthonormal
};

/// Of A [m, n], row-major, and b [m], their numbers finite. Least squares are sums over the axes v
/// then: −Σ c/s v minimises ‖A x + b‖, −Σ s c / (s² + μ) v minimises ‖A x + b‖² + μ ‖x‖², and
/// Σ v vᵀ / s² = (AᵀA)⁻¹.
///
/// By QR and one-sided Jacobi rotations: where columns are of unlike size, small singular values
/// are right to as many digits as they would be with columns of like size. In one thread, whatever
/// `threads()` is, so that results are bitwise reproducible. Cost: 2 m n² + about 50 n³ flops.
///
/// Sources: Z. Drmač and K. Veselić, "New fast and accurate Jacobi SVD algorithm I", SIAM J. Matrix
/// Anal. Appl. 29, 2008; LAPACK's dgesvj.
Singular singular(Index columns, std::vector<double> a, std::vector<double> b);

}  // namespace thalweg::kernels
