#include "thalweg/autodiff/eigen/householder.hpp"

#include <doctest/doctest.h>

#include <Eigen/QR>

#include "tests/autodiff/eigen/eigen.hpp"

using namespace thalweg;
using namespace thalweg::test;

namespace {

const Eigen::VectorXd b = numbers(4, 1, 3), long_b = numbers(6, 1, 1);
const Eigen::MatrixXd general = numbers(4, 4) + Eigen::MatrixXd::Identity(4, 4);
const Eigen::MatrixXd unit = Eigen::MatrixXd::Identity(4, 4);
const Eigen::MatrixXd upper = general.triangularView<Eigen::Upper>();
const Eigen::MatrixXd tall = numbers(6, 4, 5), tall_unit = Eigen::MatrixXd::Identity(6, 4);

}  // namespace

TEST_CASE("QR decompositions solve with slopes by every element, of triangular matrices too") {
  has_slopes([](const MatrixXv& x) -> Var<double> { return x.householderQr().solve(b).sum(); },
             {general, unit, upper});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> { return x.colPivHouseholderQr().solve(b).sum(); },
      {general, unit, upper});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> { return x.householderQr().solve(long_b).dot(b); },
      {tall, tall_unit});
}

TEST_CASE("the logarithm of a determinant by QR has the inverse as its slope") {
  has_slopes([](const MatrixXv& x) -> Var<double> { return x.householderQr().logAbsDeterminant(); },
             {general, unit, upper});
}

TEST_CASE("a column that is zero below its first element is decomposed as those beside it") {
  const MatrixXv at = unit.cast<Var<double>>();
  MatrixXv beside = at;
  beside(2, 1) = 1e-9;
  const MatrixXv r = at.householderQr().matrixQR().triangularView<Eigen::Upper>();
  const MatrixXv near = beside.householderQr().matrixQR().triangularView<Eigen::Upper>();
  CHECK(r.isApprox(near, 1e-8));
  CHECK(MatrixXv(at.householderQr().householderQ() * r).isApprox(at, 1e-15));
}
