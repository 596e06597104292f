#include "thalweg/autodiff/number/special_functions.hpp"

#include "tests/autodiff/kernels/common.hpp"

using namespace thalweg;
using kernels::digamma;
using kernels::trigamma;

namespace {

constexpr double euler = 0.57721566490153286061;
constexpr double pi = 3.14159265358979323846;

double relative_error(double got, double wanted) {
  return std::abs(got - wanted) / std::abs(wanted);
}

}  // namespace

TEST_CASE("digamma: closed forms at whole, half and quarter numbers") {
  CHECK(relative_error(digamma(1.0), -euler) < 1e-14);
  CHECK(relative_error(digamma(0.5), -euler - 2 * std::log(2.0)) < 1e-14);
  CHECK(relative_error(digamma(0.25), -euler - pi / 2 - 3 * std::log(2.0)) < 1e-14);
  CHECK(relative_error(digamma(-0.5), 2 - euler - 2 * std::log(2.0)) < 5e-14);
  CHECK(relative_error(digamma(1e-8), -1e8 - euler) < 1e-14);
  double harmonic = 0;
  for (int n = 1; n < 60; ++n) {
    harmonic += 1.0 / n;
    CHECK(std::abs(digamma(n + 1.0) - (harmonic - euler)) < 1e-14 * (1 + harmonic));
  }
  CHECK(std::abs(digamma(1.4616321449683623413)) < 1e-15);
  CHECK(relative_error(digamma(1e10), std::log(1e10) - 0.5e-10) < 1e-14);
}

TEST_CASE("trigamma: closed forms at whole and half numbers") {
  CHECK(relative_error(trigamma(1.0), pi * pi / 6) < 1e-14);
  CHECK(relative_error(trigamma(0.5), pi * pi / 2) < 1e-14);
  CHECK(relative_error(trigamma(-0.5), pi * pi / 2 + 4) < 1e-14);
  CHECK(relative_error(trigamma(0.25), pi * pi + 8 * 0.91596559417721901505) < 1e-14);
  double sum = pi * pi / 6;
  for (int n = 1; n < 60; ++n) {
    sum -= 1.0 / n / n;
    CHECK(std::abs(trigamma(n + 1.0) - sum) < 1e-14);
  }
}

TEST_CASE("digamma and trigamma obey their recurrences on both sides of zero") {
  for (double x = -7.3; x < 15; x += 0.37) {
    CAPTURE(x);
    CHECK(testing::close(digamma(x + 1), digamma(x) + 1 / x, {.relative = 1e-12}));
    CHECK(testing::close(trigamma(x + 1), trigamma(x) - 1 / (x * x), {.relative = 1e-12}));
  }
}

TEST_CASE("digamma and trigamma at poles and infinities") {
  const double inf = test::infinity<double>;
  CHECK(digamma(0.0) == -inf);
  CHECK(digamma(-0.0) == inf);
  CHECK(std::isnan(digamma(-3.0)));
  CHECK(digamma(inf) == inf);
  CHECK(std::isnan(digamma(-inf)));
  CHECK(std::isnan(digamma(test::nan<double>)));
  CHECK(trigamma(0.0) == inf);
  CHECK(trigamma(-3.0) == inf);
  CHECK(trigamma(inf) == 0);
  CHECK(std::isnan(trigamma(-inf)));
  CHECK(std::isnan(trigamma(test::nan<double>)));
}

TEST_CASE("floats are the rounded doubles") {
  CHECK(digamma(0.3F) == static_cast<float>(digamma(static_cast<double>(0.3F))));
  CHECK(trigamma(0.3F) == static_cast<float>(trigamma(static_cast<double>(0.3F))));
}
