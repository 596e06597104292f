#pragma once
/// What the tests beside Eigen share.

#include <doctest/doctest.h>

#include <Eigen/Core>
#include <cmath>

#include "thalweg/autodiff/derive/check_gradient.hpp"
#include "thalweg/autodiff/eigen.hpp"

namespace thalweg::test {

using MatrixXv = Eigen::Matrix<Var<double>, Eigen::Dynamic, Eigen::Dynamic>;
using VectorXv = Eigen::Matrix<Var<double>, Eigen::Dynamic, 1>;
using ArrayXv = Eigen::Array<Var<double>, Eigen::Dynamic, 1>;

/// Fixed numbers without a pattern, between −1 and 1.
inline Eigen::MatrixXd numbers(Index rows, Index columns, double phase = 0) {
  return Eigen::MatrixXd::NullaryExpr(rows, columns, [=](Index i, Index j) {
    return std::sin(1.7 * double(i * i) + 2.9 * double(j) + double(i * j) + phase);
  });
}

/// A function of a matrix. One type for all of them, so that the checks are compiled once.
using OfMatrix = Var<double> (*)(const MatrixXv&);

/// At each of these the gradient passes the check.
inline void has_slopes(OfMatrix f, std::initializer_list<Eigen::MatrixXd> points) {
  for (const Eigen::MatrixXd& x : points) {
    const GradientReport report = check_gradient(f, x);
    CHECK_MESSAGE(report, to_string(report));
  }
}

}  // namespace thalweg::test
