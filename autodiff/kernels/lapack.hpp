#pragma once
/// What is asked of LAPACK.

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::kernels {

/// A = V Λ Vᵀ of a symmetric matrix, V orthogonal and Λ diagonal.
///
///     a       [n, n]    A on entry, of which one triangle is read; on return row i is the
///                       eigenvector of eigenvalue i, so that a holds Vᵀ
///     values  [n]       the eigenvalues, ascending
///
/// Returns false, with a and values undefined, if A holds a number that is not finite. Works in one
/// thread, whatever `threads()` is (of a LAPACK built with OpenMP), and so is bitwise reproducible.
/// Cost: about 9 n³ flops. Throws ValueError above n = 30000.
///
/// By divide and conquer: J. J. M. Cuppen, "A divide and conquer method for the symmetric
/// tridiagonal eigenproblem", Numerische Mathematik 36, 1981; LAPACK's dsyevd.
bool symmetric_eigen(Index n, double* a, double* values);

}  // namespace thalweg::kernels
