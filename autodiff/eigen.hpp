#pragma once
/// Beside Eigen 3: the table of contents. Optional: needs Eigen's headers, and no other header of
/// the library includes it.
///
///     #include <Eigen/Dense>
///     #include <thalweg/autodiff/eigen.hpp>
///
///     Eigen::VectorXd slope = gradient([&](const auto& x) { return (a * x - b).norm(); }, start);
///
/// `Eigen::Matrix<Var<double>, …>` is a matrix like any other, also beside matrices of numbers.
/// Decompositions are recorded as Eigen computes them, but for what the headers below replace.
/// Where Eigen computes nothing there is no slope: the singular vectors of BDCSVD (not its values)
/// have none by elements that need no rotation, as those of a diagonal matrix. JacobiSVD's have.

// clang-format off
#include "thalweg/autodiff/eigen/number.hpp"      // Var as a number type; products with plain numbers
#include "thalweg/autodiff/eigen/product.hpp"     // products of matrices, a statement per element
#include "thalweg/autodiff/eigen/solve.hpp"       // solutions, of numbers and variables mixed
#include "thalweg/autodiff/eigen/householder.hpp" // QR of triangular matrices
#include "thalweg/autodiff/eigen/eigenvalues.hpp" // of symmetric matrices
#include "thalweg/autodiff/eigen/singular_values.hpp"  // and vectors
#include "thalweg/autodiff/eigen/conversion.hpp"  // to_tensor as_matrix to_matrix matrix_of_scalars ...
#include "thalweg/autodiff/eigen/packing.hpp"     // arguments of gradient, jacobian, minimise
