#include "nn/init.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "autodiff/error.hpp"

using namespace thalweg;

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

}  // namespace

TEST_CASE_TEMPLATE("init: each scheme has the variance it promises", Real, float, double) {
  Random random{9};
  using doctest::Approx;
  CHECK(variance(nn::init::fan_in_uniform<Real>(weight, random)) == Approx(1. / 600).epsilon(0.02));
  CHECK(variance(nn::init::glorot_uniform<Real>(weight, random)) == Approx(2. / 500).epsilon(0.02));
  CHECK(variance(nn::init::glorot_normal<Real>(weight, random)) == Approx(2. / 500).epsilon(0.03));
  CHECK(variance(nn::init::he_uniform<Real>(weight, random)) == Approx(2. / 200).epsilon(0.02));
  CHECK(variance(nn::init::he_normal<Real>(weight, random)) == Approx(2. / 200).epsilon(0.03));
  CHECK(variance(nn::init::glorot_normal<Real>(window, random)) == Approx(2. / 360).epsilon(0.1));
}

TEST_CASE(
    "init: uniform and normal have the bounds and moments asked for; constant has one value") {
  Random random{9};
  CHECK(variance(nn::init::uniform<double>(weight, -3, 3, random)) ==
        doctest::Approx(3).epsilon(0.02));
  CHECK(variance(nn::init::normal<double>(weight, 5, 2, random)) ==
        doctest::Approx(4).epsilon(0.03));
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
