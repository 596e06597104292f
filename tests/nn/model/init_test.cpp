#include "thalweg/nn/model/init.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/close.hpp"
#include "thalweg/autodiff/base/error.hpp"

using namespace thalweg;
using testing::close;

namespace {

template <class Real>
double variance(const Tensor<Real>& x) {
  double mean = 0, squares = 0;
  for (const Real value : x.values()) mean += double(value);
  mean /= double(x.size());
  for (const Real value : x.values()) squares += (double(value) - mean) * (double(value) - mean);
  return squares / double(x.size());
}

const Shape weight = {300, 200};      // fan_in 200, fan_out 300
const Shape window = {40, 50, 2, 2};  // fan_in 200, fan_out 160

// Of n draws the variance is off by a share of √(0.8 / n) if they are uniform, √(2 / n) if normal:
// 0.004 and 0.006 for the weight, 0.016 for the window. Five times that is borne.
constexpr testing::Tolerance of_uniform{.relative = 0.02}, of_normal{.relative = 0.03},
    of_window{.relative = 0.08};

}  // namespace

TEST_CASE_TEMPLATE("init: each scheme has the variance it promises", Real, float, double) {
  Random random{9};
  CHECK(close(variance(nn::init::fan_in_uniform<Real>(weight, random)), 1. / 600, of_uniform));
  CHECK(close(variance(nn::init::glorot_uniform<Real>(weight, random)), 2. / 500, of_uniform));
  CHECK(close(variance(nn::init::glorot_normal<Real>(weight, random)), 2. / 500, of_normal));
  CHECK(close(variance(nn::init::he_uniform<Real>(weight, random)), 2. / 200, of_uniform));
  CHECK(close(variance(nn::init::he_normal<Real>(weight, random)), 2. / 200, of_normal));
  CHECK(close(variance(nn::init::glorot_normal<Real>(window, random)), 2. / 360, of_window));
}

TEST_CASE(
    "init: uniform and normal have the bounds and moments asked for; constant has one value") {
  Random random{9};
  CHECK(close(variance(nn::init::uniform<double>(weight, -3, 3, random)), 3, of_uniform));
  CHECK(close(variance(nn::init::normal<double>(weight, 5, 2, random)), 4, of_normal));
  CHECK(nn::init::constant<float>({2}, 0.5).to_vector() == std::vector<float>{0.5, 0.5});
}

TEST_CASE("init: a weight without elements needs no draw") {
  Random random{9}, untouched{9};
  CHECK(nn::init::he_normal<float>({3, 0}, random).size() == 0);
  CHECK(random == untouched);
}

TEST_CASE("init: a shape without a fan is refused") {
  Random random{9};
  CHECK_THROWS_WITH_AS(nn::init::he_normal<float>({3}, random),
                       "init: shape [3] has no fan; a weight is [out, in] or [out, in, window...]",
                       ShapeError);
}

TEST_CASE("init: gains are those of PyTorch, and scale what they are given to") {
  using nn::init::Activation, nn::init::gain;
  CHECK(gain(Activation::linear) == 1);
  CHECK(gain(Activation::sigmoid) == 1);
  CHECK(close(gain(Activation::tanh), 5. / 3));
  CHECK(close(gain(Activation::relu), std::sqrt(2.)));
  CHECK(close(gain(Activation::leaky_relu, 2), std::sqrt(2. / 5)));
  CHECK(gain(Activation::selu) == 0.75);
  Random random{9};
  CHECK(
      close(variance(nn::init::glorot_normal<double>(weight, random, 3)), 9 * 2. / 500, of_normal));
  CHECK(close(variance(nn::init::he_uniform<double>(weight, random, 1)), 1. / 200, of_uniform));
}

TEST_CASE_TEMPLATE("init: orthogonal has orthonormal rows or columns", Real, float, double) {
  for (const Shape& shape :
       {Shape{5, 5}, Shape{3, 40}, Shape{40, 3}, Shape{6, 2, 3, 3}, Shape{1, 1}}) {
    Random random{4};
    const Tensor<Real> q = nn::init::orthogonal<Real>(shape, random, 2);
    const Index rows = shape[0], columns = q.size() / rows;
    const bool wide = rows <= columns;
    const auto at = [&](Index k, Index i) {  // element i of the row or column k
      return double(q.data()[wide ? k * columns + i : i * columns + k]) / 2;
    };
    std::vector<double> products, expected;
    for (Index a = 0; a < std::min(rows, columns); ++a)
      for (Index b = 0; b <= a; ++b) {
        double product = 0;
        for (Index i = 0; i < std::max(rows, columns); ++i) product += at(a, i) * at(b, i);
        products.push_back(product);
        expected.push_back(a == b ? 1 : 0);
      }
    CHECK(close(products, expected, {.absolute = sizeof(Real) == 4 ? 1e-6 : 1e-14}));
  }
  Random random{4};
  CHECK(nn::init::orthogonal<Real>({0, 3}, random).size() == 0);
}

TEST_CASE("init: orthogonal matrices of every kind, reflections too") {
  Random random{4};
  int reflections = 0;
  double trace = 0;
  for (int k = 0; k < 400; ++k) {
    const auto q = nn::init::orthogonal<double>({2, 2}, random).to_vector();
    reflections += q[0] * q[3] - q[1] * q[2] < 0;
    trace += q[0] + q[3];
  }
  CHECK(std::abs(reflections - 200) < 50);
  CHECK(std::abs(trace / 400) < 0.25);
}

TEST_CASE_TEMPLATE("init: a truncated normal stays within its bounds", Real, float, double) {
  Random random{9};
  const auto x = nn::init::truncated_normal<Real>(weight, 1, 0.5, 0, 2, random);
  for (const Real value : x.values()) CHECK_UNARY(value >= 0 && value <= 2);
  CHECK(close(variance(x), 0.7737 * 0.25, of_uniform));
  const auto half = nn::init::truncated_normal<Real>(weight, 0, 1, 0, 100, random);
  CHECK(close(variance(half), 1 - 2 / 3.14159265, of_normal));
}

TEST_CASE("init: sparse has as many zeros in each column as asked for") {
  Random random{9};
  const auto x = nn::init::sparse<double>({10, 7}, 0.25, 2, random);
  for (Index column = 0; column < 7; ++column) {
    int zeros = 0;
    for (Index row = 0; row < 10; ++row) zeros += x.data()[row * 7 + column] == 0;
    CHECK(zeros == 3);
  }
}

TEST_CASE("init: what cannot be drawn is refused") {
  Random random{9};
  CHECK_THROWS_WITH_AS(nn::init::truncated_normal<float>({2}, 0, 1, 4, 5, random),
                       "init: between 4 and 5 lies 3.14e-05 of the normal distribution with mean 0 "
                       "and standard deviation 1; expected at least 0.01",
                       ValueError);
  CHECK_THROWS_WITH_AS(nn::init::sparse<float>({2}, 0.5, 1, random),
                       "init: shape [2]; sparse makes matrices [out, in]", ShapeError);
  CHECK_THROWS_WITH_AS(nn::init::sparse<float>({2, 2}, 1.5, 1, random),
                       "init: sparsity is 1.5; expected 0 to 1", ValueError);
  CHECK_THROWS_WITH_AS(nn::init::orthogonal<float>({2}, random),
                       "init: shape [2] has no fan; a weight is [out, in] or [out, in, window...]",
                       ShapeError);
}
