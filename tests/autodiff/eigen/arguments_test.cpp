#include <doctest/doctest.h>

#include "tests/autodiff/eigen/eigen.hpp"
#include "tests/close.hpp"
#include "thalweg/optim/minimise.hpp"
#include "thalweg/optim/smooth/lbfgs.hpp"
#include "thalweg/optim/smooth/levenberg_marquardt.hpp"

using namespace thalweg;
using namespace thalweg::test;
using testing::close;

namespace {

const Eigen::MatrixXd a = numbers(3, 2);
const Eigen::VectorXd start = Eigen::Vector2d(-1.2, 1);

const auto rosenbrock = [](const auto& x) {
  const auto first = 1 - x[0];
  const auto second = x[1] - x[0] * x[0];
  return first * first + 100 * second * second;
};

template <class Number>
struct Line {
  Eigen::Matrix<Number, 2, 1> slope;
  Number offset;
};

}  // namespace

TEST_CASE("the gradient by a vector or matrix is of its type") {
  const auto [value, slope] = value_and_gradient(rosenbrock, start);
  static_assert(std::is_same_v<decltype(slope), const Eigen::VectorXd>);
  CHECK(close(value, 24.2));
  CHECK(close(slope, {-215.6, -88}));
  const auto square = [](const auto& x) { return x.squaredNorm(); };
  const Eigen::Matrix<float, 2, 3> of_fixed =
      gradient(square, Eigen::Matrix<float, 2, 3>(a.transpose().cast<float>()));
  CHECK(of_fixed == 2 * a.transpose().cast<float>());
  const auto sum_of_squares = [](const auto& x) { return x.square().sum(); };
  const Eigen::ArrayXd of_array = gradient(sum_of_squares, start.array());
  CHECK((of_array == 2 * start.array()).all());
}

TEST_CASE("expressions, maps, blocks and whole numbers are arguments") {
  const auto square = [](const auto& x) { return x.squaredNorm(); };
  CHECK(gradient(square, Eigen::Map<const Eigen::VectorXd>(a.data(), 6)) == 2 * a.reshaped());
  CHECK(gradient(square, a.col(1)) == 2 * a.col(1));
  CHECK(gradient(square, 3 * a) == 6 * a);
  CHECK(gradient(square, Eigen::Vector2i(1, 2)) == Eigen::Vector2d(2, 4));
}

TEST_CASE("a product of one element is a number") {
  const auto [value, slope] =
      value_and_gradient([](const auto& x) { return x.transpose() * x; }, start);
  CHECK(close(value, start.squaredNorm()));
  CHECK(slope == 2 * start);
}

TEST_CASE("several arguments, and members of structs") {
  const auto [da, dx] =
      gradient([](const auto& m, const auto& x) { return (m * x).sum(); }, a, start);
  CHECK(da == Eigen::VectorXd::Ones(3) * start.transpose());
  CHECK(close(dx, Eigen::VectorXd(a.colwise().sum().transpose())));
  const Line<double> slope =
      gradient([](const auto& line) { return line.slope.squaredNorm() * line.offset; },
               Line<double>{{1, 2}, 3});
  CHECK(slope.slope == Eigen::Vector2d(6, 12));
  CHECK(slope.offset == 5);
}

TEST_CASE("the Jacobian of a vector by a vector is a matrix; others are tensors") {
  const Eigen::MatrixXd j = jacobian([](const auto& x) { return a * x; }, start);
  CHECK(j == a);
  const auto squared = [](const auto& x) { return x.cwiseAbs2().eval(); };
  const Eigen::Matrix2d fixed = jacobian(squared, Eigen::Vector2d(3, 4));
  CHECK(fixed == Eigen::Matrix2d{{6, 0}, {0, 8}});
  CHECK(jacobian(rosenbrock, start).shape() == Shape{2});
  const auto twice = [](const auto& x) { return (2 * x).eval(); };
  CHECK(jacobian(twice, a).shape() == Shape{3, 2, 3, 2});
  CHECK(jacobian(twice, a)(2, 0, 2, 0).value() == 2);
}

TEST_CASE("check_gradient names the element of a matrix whose slope is wrong") {
  const auto wrong = [](const auto& x) { return x.squaredNorm() + x(2, 1).detach(); };
  const GradientReport report = check_gradient(wrong, a);
  CHECK_FALSE(report);
  CHECK(report.where == "argument 0 [2, 1]");
}

TEST_CASE("minimise starts at a vector or matrix and ends at one") {
  const auto found = optim::minimise(rosenbrock, start, optim::Lbfgs{}, {.gradient_norm = 1e-9});
  static_assert(std::is_same_v<decltype(found.x), Eigen::VectorXd>);
  CHECK(close(found.x, {1, 1}, {.relative = 1e-8}));
  const auto distance = [](const auto& x) { return (x - a).squaredNorm(); };
  const Eigen::MatrixXd zero = Eigen::MatrixXd::Zero(3, 2);
  CHECK(close(optim::minimise(distance, zero, optim::Lbfgs{}).x, a, {.relative = 1e-6}));
}

TEST_CASE("residuals may be a vector of Eigen's") {
  const auto residuals = [](const auto& x) {
    VectorXv r(2);
    r << 1 - x[0], 10 * (x[1] - x[0] * x[0]);
    return r;
  };
  const auto found = optim::minimise(residuals, start, optim::LevenbergMarquardt{});
  CHECK(close(found.x, {1, 1}, {.relative = 1e-6}));
}
