#include "thalweg/autodiff/eigen/singular_values.hpp"

#include <doctest/doctest.h>

#include <Eigen/SVD>

#include "tests/autodiff/eigen/eigen.hpp"
#include "tests/close.hpp"

using namespace thalweg;
using namespace thalweg::test;
using testing::close;

namespace {

Eigen::MatrixXd diagonal(Index rows, Index columns) {
  Eigen::MatrixXd m = Eigen::MatrixXd::Zero(rows, columns);
  m.diagonal() = Eigen::VectorXd::LinSpaced(std::min(rows, columns), 1, 4);
  return m;
}

}  // namespace

TEST_CASE("the slope of a singular value is u vᵀ") {
  const Eigen::MatrixXd a = numbers(5, 3, 1);
  const Eigen::JacobiSVD<Eigen::MatrixXd> of_numbers(a, Eigen::ComputeThinU | Eigen::ComputeThinV);
  for (Index k = 0; k < 3; ++k) {
    const auto [value, slope] = value_and_gradient(
        [&](const MatrixXv& x) { return Eigen::JacobiSVD<MatrixXv>(x).singularValues()[k]; }, a);
    CHECK(close(value, of_numbers.singularValues()[k]));
    const Eigen::MatrixXd expected =
        of_numbers.matrixU().col(k) * of_numbers.matrixV().col(k).transpose();
    CHECK(close(slope, expected, {.relative = 1e-8, .absolute = 1e-8}));
  }
}

TEST_CASE("singular vectors have slopes, those of diagonal matrices too") {
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        const Eigen::JacobiSVD<MatrixXv> svd(x, Eigen::ComputeThinU | Eigen::ComputeThinV);
        const MatrixXv rotated = svd.matrixU() * svd.matrixV().transpose();
        return rotated.row(1).sum() + rotated.row(2).squaredNorm() * rotated(0, 0);
      },
      {numbers(5, 3, 1), numbers(3, 5, 2), numbers(4, 4), diagonal(5, 3), diagonal(3, 4)});
}

TEST_CASE("full singular vectors stay orthonormal, and solve least squares") {
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        const Eigen::JacobiSVD<MatrixXv> svd(x, Eigen::ComputeFullU | Eigen::ComputeFullV);
        const MatrixXv inner = svd.matrixU().transpose() * svd.matrixU();
        const MatrixXv projector =
            svd.matrixU().rightCols(2) * svd.matrixU().rightCols(2).transpose();
        return projector.row(1).sum() + inner.sum() +
               svd.solve(VectorXv(numbers(5, 1, 3).cast<Var<double>>())).sum();
      },
      {numbers(5, 3, 1), diagonal(5, 3)});
}
