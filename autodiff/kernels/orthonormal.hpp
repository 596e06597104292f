#pragma once
/// Orthonormal rows, by LAPACK.

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::kernels {

/// A = L Q: A [m, n] row-major, m ≤ n, becomes Q, whose rows are orthonormal; the diagonal of L is
/// positive, so that A with independent normal elements gives every Q alike.
///
/// Householder's reflections, in one thread; cost 4 m² n − 4/3 m³ flops. Throws ValueError if m or
/// n exceed 2³¹ − 1. Source for the signs: F. Mezzadri, "How to generate random matrices from the
/// classical compact groups", Notices of the AMS 54, 2007.
void orthonormal_rows(Index m, Index n, double* a);

}  // namespace thalweg::kernels
