#include "thalweg/autodiff/eigen/number.hpp"

#include <doctest/doctest.h>

#include <Eigen/LU>
#include <sstream>

#include "tests/autodiff/eigen/eigen.hpp"
#include "tests/close.hpp"

using namespace thalweg;
using namespace thalweg::test;
using testing::close;

namespace {

const Eigen::MatrixXd a = numbers(3, 3), b = numbers(3, 3, 1);
const Eigen::VectorXd v = numbers(3, 1, 2);

}  // namespace

TEST_CASE(
    "products with plain matrices, in every order, have the values and slopes of their sums") {
  has_slopes([](const MatrixXv& x) -> Var<double> { return (a * x).cwiseProduct(b).sum(); }, {b});
  has_slopes([](const MatrixXv& x) -> Var<double> { return (x * a).cwiseProduct(b).sum(); }, {b});
  has_slopes([](const MatrixXv& x) -> Var<double> { return (x * x).cwiseProduct(b).sum(); }, {b});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        return (a * x * b * x.transpose()).cwiseProduct(b).sum();
      },
      {b});
  has_slopes([](const MatrixXv& x) -> Var<double> { return (a * x.col(1) + x * v).dot(v); }, {b});
  has_slopes([](const MatrixXv& x) -> Var<double> { return (v.transpose() * x * v).value(); }, {b});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        return ((x.col(0) * v.transpose()) * v.asDiagonal()).sum();
      },
      {b});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        return (x.topLeftCorner(2, 3) * a.leftCols(2)).norm();
      },
      {b});
}

TEST_CASE("a factor of a product of which only the first matrix has variables keeps its slope") {
  has_slopes([](const MatrixXv& x) -> Var<double> { return (x(0, 0) * x * v).sum(); }, {b});
  has_slopes([](const MatrixXv& x) -> Var<double> { return ((x(0, 0) * x) * (2 * a)).sum(); }, {b});
  has_slopes([](const MatrixXv& x) -> Var<double> { return ((x(0, 1) * a) * (x(1, 1) * v)).sum(); },
             {b});
}

TEST_CASE("sums, differences and quotients mix variables and numbers") {
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        return ((a + x) - (x - b) * 2 + 3 * x - x / 4).squaredNorm();
      },
      {b});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        return (a.array() / x.array() - x.array() * b.array()).sum();
      },
      {b});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        return (1 - x.array()).square().sum() + (2 / x.array()).sum();
      },
      {b});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        return (x(0) * a + a / x(1) - x * x(2)).squaredNorm();
      },
      {b});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> { return (x(0) - a.array() + x(1)).cube().sum(); }, {b});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        return (x.colwise() - v).norm() + (a.rowwise() + x.row(1)).sum();
      },
      {b});
}

TEST_CASE("an expression of variables multiplies matrices of numbers and of variables") {
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        return ((x(0) * x(1)) * a + a * (x(2) + x(3))).squaredNorm();
      },
      {b});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        return (a / (x(0) * x(1)) + (x(0) / x(1)) * x).squaredNorm();
      },
      {b});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        return ((x(0) * x(1)) - a.array() + x(0) * x(2)).cube().sum();
      },
      {b});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> { return ((x(0) + x(1)) / b.array()).square().sum(); },
      {b});
}

TEST_CASE("an accumulated product adds, subtracts and overwrites as that of numbers") {
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        MatrixXv y = x;
        y.noalias() += a * x;
        y.noalias() -= x * b;
        y.noalias() += x(0) * x * x;
        y *= x(1);
        y += a;
        y = y * y;
        return y.norm();
      },
      {b});
}

TEST_CASE("values are those of the same matrices of numbers") {
  const MatrixXv x = b.cast<Var<double>>();
  const auto agree = [](const MatrixXv& got, const Eigen::MatrixXd& expected) {
    CHECK(close(got, expected));
  };
  agree(a * x * b, a * b * b);
  agree(x * a + 2 * x - x / 3, b * a + 2 * b - b / 3);
  agree((a.array() / x.array()).matrix(), a.cwiseQuotient(b));
  agree((x(0) * x(1)) * a, b(0) * b(1) * a);
  agree(x.inverse(), b.inverse());
  CHECK(close(x.determinant(), b.determinant()));
  CHECK(close(x.norm(), b.norm()));
}

TEST_CASE("an element of a product is one statement") {
  Tape tape;
  const MatrixXv x = variables(tape, numbers(10, 20)), y = variables(tape, numbers(20, 30));
  const std::size_t before = tape.statements();
  const MatrixXv z = x * y;
  CHECK(tape.statements() - before == 300);
  const VectorXv w = x * numbers(20, 1);
  CHECK(tape.statements() - before == 310);
}

TEST_CASE("norms and reductions have the values and slopes of their formulas") {
  has_slopes(
      [](const MatrixXv& x) -> Var<double> {
        return x.norm() + x.squaredNorm() + x.col(0).stableNorm();
      },
      {a});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> { return x.template lpNorm<1>() + x.col(0).blueNorm(); },
      {a});
  has_slopes([](const MatrixXv& x) -> Var<double> { return x.mean() * x.prod() + x.trace(); }, {a});
  has_slopes([](const MatrixXv& x) -> Var<double> { return x.maxCoeff() * x.minCoeff(); }, {a});
  has_slopes(
      [](const MatrixXv& x) -> Var<double> { return x.cwiseAbs().sum() + x.cwiseMax(0.1).sum(); },
      {a});
  has_slopes([](const MatrixXv& x) -> Var<double> { return x.col(0).normalized().dot(v); }, {a});
  has_slopes([](const MatrixXv& x) -> Var<double> { return x.determinant() + x.inverse().norm(); },
             {a});
  Eigen::Index i = 0, j = 0, k = 0, l = 0;
  a.cast<Var<double>>().maxCoeff(&i, &j);
  a.maxCoeff(&k, &l);
  CHECK(i == k);
  CHECK(j == l);
}

TEST_CASE("functions of arrays are those of <cmath>, element by element") {
  const auto each = [](ArrayXv (*f)(const ArrayXv&)) {
    const GradientReport report = check_gradient(
        [=](const ArrayXv& x) { return f((x * x + 0.1) / 2.5).sum(); }, a.reshaped().array());
    CHECK_MESSAGE(report, to_string(report));
  };
  each([](const ArrayXv& x) -> ArrayXv {
    return x.exp() + x.expm1() + x.log() + x.log1p() + x.log10();
  });
  each([](const ArrayXv& x) -> ArrayXv {
    return x.sqrt() + x.rsqrt() + x.square() + x.cube() + x.inverse();
  });
  each([](const ArrayXv& x) -> ArrayXv {
    return x.sin() + x.cos() + x.tan() + x.asin() + x.acos() + x.atan();
  });
  each([](const ArrayXv& x) -> ArrayXv {
    return x.sinh() + x.cosh() + x.tanh() + x.asinh() + x.atanh();
  });
  each([](const ArrayXv& x) -> ArrayXv {
    return x.pow(3) + x.pow(0.5) + pow(x, x) + pow(2.0, x) + x.abs();
  });
  each([](const ArrayXv& x) -> ArrayXv {
    return (x > 0.2).select(x.sign() + x.round(), x.logistic());
  });
  each([](const ArrayXv& x) -> ArrayXv { return x.min(0.2) * x.max(x.square()); });
}

TEST_CASE("what Eigen asks of a number type is that of the variable's numbers") {
  using Traits = Eigen::NumTraits<Var<double>>;
  using OfNumbers = Eigen::NumTraits<double>;
  CHECK(Traits::epsilon().value() == OfNumbers::epsilon());
  CHECK(Traits::dummy_precision().value() == OfNumbers::dummy_precision());
  CHECK(Traits::highest().value() == OfNumbers::highest());
  CHECK(Traits::digits10() == OfNumbers::digits10());
  const MatrixXv x = a.cast<Var<double>>();
  CHECK(x.isApprox(MatrixXv(x * (1 + 1e-14))));
  CHECK_FALSE(x.isApprox(MatrixXv(x * (1 + 1e-6))));
  Eigen::MatrixXd low = v * v.transpose() + a.col(0) * a.row(0);
  CHECK(MatrixXv(low.cast<Var<double>>()).fullPivLu().rank() == 2);
  CHECK((x - x).isZero());
  CHECK(x.allFinite());
}

TEST_CASE("cast gives the numbers and stringstreams print them") {
  Tape tape;
  const MatrixXv x = variables(tape, a);
  CHECK(x.cast<double>() == a);
  CHECK(x.cast<float>() == a.cast<float>());
  std::stringstream of_variables, of_numbers;
  of_variables << MatrixXv(Eigen::MatrixXd(Eigen::Matrix2d{{1, 2.5}, {-3, 4}}).cast<Var<double>>());
  of_numbers << Eigen::Matrix2d{{1, 2.5}, {-3, 4}};
  CHECK(of_variables.str() == of_numbers.str());
}

TEST_CASE("single precision takes factors of any number type") {
  const Eigen::VectorXf w = v.cast<float>();
  const auto f = [&](const auto& x) { return (2.5 * x + x * 2 - x / 3).dot(w); };
  const Eigen::VectorXf slope = gradient(f, w);
  CHECK(close(slope, Eigen::VectorXf((4.5f - 1 / 3.0f) * w + 0 * w), {.relative = 1e-6}));
}
