#pragma once
/// Reflections of columns that are zero below their first element.
///
/// Eigen leaves such a column x as it is. Beside it stands the reflection to −‖x‖ sign(x₀) e₁,
/// which moves when the zeros do, so that what is solved with a QR decomposition of a triangular
/// matrix, the unit matrix for example, would lose its slopes by them. Here such a column is
/// reflected too: the sum of the squares below its first element is never less than the smallest
/// number, which Eigen takes for zero.

#include "thalweg/autodiff/eigen/product.hpp"

namespace Eigen::internal {

// tail.squaredNorm() in makeHouseholder: `tail` is a part of a part of a column or row.
template <class Real, class Whole, int rows, int columns, bool inner, int of_rows, int of_columns,
          bool of_inner>
requires((rows == 1 || columns == 1) && (of_rows == 1 || of_columns == 1)) struct redux_impl<
    scalar_sum_op<thalweg::Var<Real>, thalweg::Var<Real>>,
    redux_evaluator<CwiseUnaryOp<
        scalar_abs2_op<thalweg::Var<Real>>,
        const Block<const Block<Whole, of_rows, of_columns, of_inner>, rows, columns, inner>>>,
    DefaultTraversal, NoUnrolling> {
  template <class Evaluator, class Sum, class Squares>
  static thalweg::Var<Real> run(const Evaluator&, const Sum&, const Squares& squares) {
    const auto& tail = squares.nestedExpression();
    const Array<thalweg::Var<Real>, rows == 1 ? 1 : Dynamic, rows == 1 ? Dynamic : 1> x = tail;
    const std::span<const thalweg::Var<Real>> all(x.data(), static_cast<std::size_t>(x.size()));
    const thalweg::Var<Real> sum = thalweg::dot(all, all);
    const bool only_first = sum.value() == 0 && tail.nestedExpression().coeff(0).value() != 0;
    return only_first ? thalweg::Var<Real>(sum + 2 * std::numeric_limits<Real>::min()) : sum;
  }
};

}  // namespace Eigen::internal
