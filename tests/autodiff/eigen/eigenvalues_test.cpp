#include "thalweg/autodiff/eigen/eigenvalues.hpp"

#include <doctest/doctest.h>

#include <Eigen/Eigenvalues>

#include "tests/autodiff/eigen/eigen.hpp"
#include "tests/close.hpp"

using namespace thalweg;
using namespace thalweg::test;
using testing::close;

namespace {

using Solver = Eigen::SelfAdjointEigenSolver<MatrixXv>;

const Eigen::MatrixXd half = numbers(4, 4), symmetric = half + half.transpose();
const Eigen::MatrixXd positive = symmetric * symmetric + Eigen::MatrixXd::Identity(4, 4);
const Eigen::VectorXd weights = Eigen::VectorXd::LinSpaced(4, 1, 2);
const Eigen::MatrixXd diagonal = Eigen::Vector4d(1, 5, 2, 3.5).asDiagonal();
const Eigen::MatrixXd blocks = [] {
  Eigen::MatrixXd m = diagonal;
  m(0, 1) = m(1, 0) = 0.5;
  return m;
}();

MatrixXv symmetrised(const MatrixXv& x) { return (x + x.transpose()) / 2; }

}  // namespace

TEST_CASE("the slope of an eigenvalue is v vᵀ") {
  for (const Eigen::MatrixXd& a : {symmetric, diagonal, blocks}) {
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> numbers(a);
    for (Index k = 0; k < 4; ++k) {
      const auto [value, slope] = value_and_gradient(
          [&](const MatrixXv& x) { return Solver(symmetrised(x)).eigenvalues()[k]; }, a);
      const Eigen::VectorXd v = numbers.eigenvectors().col(k);
      CHECK(value == numbers.eigenvalues()[k]);
      CHECK(
          close(slope, Eigen::MatrixXd(v * v.transpose()), {.relative = 1e-9, .absolute = 1e-12}));
    }
  }
}

TEST_CASE("eigenvectors have slopes, those of diagonal matrices too") {
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        const Solver solver(symmetrised(x));
        const MatrixXv& v = solver.eigenvectors();
        return MatrixXv(v * weights.asDiagonal() * v.transpose()).row(1).sum();
      },
      {symmetric, diagonal, blocks});
}

TEST_CASE("eigenvalues that coincide have slopes where eigenvectors have none") {
  const auto [value, slope] =
      value_and_gradient([](const MatrixXv& x) { return Solver(x).eigenvalues().prod(); },
                         Eigen::MatrixXd::Identity(3, 3));
  CHECK(value == 1);
  CHECK(close(slope, Eigen::MatrixXd(Eigen::MatrixXd::Identity(3, 3))));
}

TEST_CASE("square roots, closed forms of fixed sizes and generalised problems have slopes") {
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        return Solver(symmetrised(x)).operatorSqrt().row(2).sum();
      },
      {positive, diagonal});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        Eigen::SelfAdjointEigenSolver<Eigen::Matrix<Var<double>, 3, 3>> solver;
        solver.computeDirect(symmetrised(x).topLeftCorner<3, 3>());
        return solver.eigenvalues()[0] * solver.eigenvectors()(1, 1);
      },
      {symmetric});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        const Eigen::GeneralizedSelfAdjointEigenSolver<MatrixXv> solver(
            symmetrised(x), positive.cast<Var<double>>());
        return solver.eigenvalues()[1];
      },
      {symmetric});
}

TEST_CASE("the solver's numbers, and when it fails, are Eigen's") {
  const MatrixXv x = symmetric.cast<Var<double>>();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> numbers(symmetric);
  const Solver solver(x);
  CHECK(solver.info() == Eigen::Success);
  CHECK(solver.eigenvalues().cast<double>() == numbers.eigenvalues());
  CHECK(solver.eigenvectors().cast<double>() == numbers.eigenvectors());
}
