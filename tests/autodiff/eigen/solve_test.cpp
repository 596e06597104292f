#include "thalweg/autodiff/eigen/solve.hpp"

#include <doctest/doctest.h>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <Eigen/QR>

#include "tests/autodiff/eigen/eigen.hpp"
#include "tests/close.hpp"

using namespace thalweg;
using namespace thalweg::test;
using testing::close;

namespace {

const Eigen::VectorXd b = numbers(4, 1, 3);
const Eigen::MatrixXd general = numbers(4, 4) + Eigen::MatrixXd::Identity(4, 4);
const Eigen::MatrixXd positive = general * general.transpose() + Eigen::MatrixXd::Identity(4, 4);
const Eigen::MatrixXd unit = Eigen::MatrixXd::Identity(4, 4);
const Eigen::MatrixXd upper = general.triangularView<Eigen::Upper>();
const Eigen::MatrixXd many = numbers(4, 2);
const Eigen::MatrixXd tall = numbers(6, 4, 5);

/// x = A⁻¹ b:  ∂(w·x)/∂A = −(A⁻ᵀ w) xᵀ.
Eigen::MatrixXd slope_of_solution(const Eigen::MatrixXd& a) {
  const Eigen::VectorXd x = a.partialPivLu().solve(b);
  const Eigen::VectorXd w = a.transpose().partialPivLu().solve(Eigen::VectorXd::Ones(4));
  return -w * x.transpose();
}

void solves(VectorXv (*solve)(const MatrixXv&), std::initializer_list<Eigen::MatrixXd> points) {
  for (const Eigen::MatrixXd& a : points) {
    const auto [value, slope] =
        value_and_gradient([=](const MatrixXv& x) { return solve(x).sum(); }, a);
    CHECK(close(value, Eigen::VectorXd(a.partialPivLu().solve(b)).sum(), {.relative = 1e-9}));
    CHECK(close(slope, slope_of_solution(a), {.relative = 1e-9, .absolute = 1e-9}));
  }
}

MatrixXv symmetric(const MatrixXv& x) { return (x + x.transpose()) / 2; }

}  // namespace

TEST_CASE("Cholesky decompositions solve with slopes by the lower triangle") {
  has_slopes([](const MatrixXv& x) -> Var<double> { return symmetric(x).llt().solve(b).dot(b); },
             {positive, unit});
  has_slopes([](const MatrixXv& x) -> Var<double> { return symmetric(x).ldlt().solve(b).dot(b); },
             {positive, unit});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> { return MatrixXv(symmetric(x).llt().matrixL()).sum(); },
      {positive, unit});
}

TEST_CASE("LU decompositions solve with the closed form's slopes") {
  solves([](const MatrixXv& x) -> VectorXv { return x.partialPivLu().solve(b); },
         {general, unit, upper});
  solves([](const MatrixXv& x) -> VectorXv { return x.fullPivLu().solve(b); },
         {general, unit, upper});
}

TEST_CASE("determinants and inverses have slopes") {
  has_slopes([](const MatrixXv& x) -> Var<double> { return x.determinant(); },
             {general, unit, upper});
  has_slopes([](const MatrixXv& x) -> Var<double> { return x.inverse().row(1).sum(); },
             {general, unit});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        return x.template topLeftCorner<3, 3>().inverse().sum();
      },
      {general, unit});
}

TEST_CASE("a decomposition of numbers solves for variables, linearly") {
  has_slopes([](const MatrixXv& x) -> Var<double> { return positive.llt().solve(x).norm(); },
             {many, b});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> { return general.partialPivLu().solve(x).norm(); },
      {many, b});
  has_slopes([](const MatrixXv& x) -> Var<double> { return tall.householderQr().solve(x).norm(); },
             {numbers(6, 2), numbers(6, 1)});
}

TEST_CASE("triangular matrices solve where either side has variables") {
  using Eigen::Lower, Eigen::Upper, Eigen::UnitUpper;
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        return general.triangularView<Lower>().solve(x).norm();
      },
      {many});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        return x.template triangularView<Upper>().solve(many).norm();
      },
      {general, unit});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        return x.template triangularView<UnitUpper>().solve(x).norm();
      },
      {general});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        MatrixXv y = x.transpose();
        general.triangularView<Lower>().solveInPlace<Eigen::OnTheRight>(y);
        return y.norm();
      },
      {many});
}
