#include "thalweg/autodiff/ops/cmath.hpp"

#include "tests/autodiff/laws/laws.hpp"
#include "thalweg/autodiff/derive/differentiate.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"

using namespace thalweg;

namespace {
const double undefined = std::numeric_limits<double>::quiet_NaN();
const double infinite = std::numeric_limits<double>::infinity();
}  // namespace

TEST_SUITE("the rest of <cmath>") {
  TEST_CASE("trunc") { laws::slope_is_derivative<op::Trunc>({-2.7, -0.3, 0.4, 5.5}); }
  TEST_CASE("nearbyint") { laws::slope_is_derivative<op::Nearbyint>({-2.7, -0.3, 0.4, 5.2}); }
  TEST_CASE("exp2") { laws::slope_is_derivative<op::Exp2>({-20.0, -1e-3, 0.0, 1.0, 50.0}); }
  TEST_CASE("tgamma") { laws::slope_is_derivative<op::Tgamma>({-2.3, -0.4, 1e-2, 1.3, 2.2, 30.0}); }
  TEST_CASE("fmod") {
    laws::slope_is_derivative<op::Fmod>({{5.3, 2.1}, {-5.3, 2.1}, {5.3, -2.1}, {0.5, 2.0}});
  }
  TEST_CASE("copysign") {
    laws::slope_is_derivative<op::Copysign>({{5.3, 2.1}, {-5.3, 2.1}, {5.3, -2.1}});
  }
  TEST_CASE("fdim") { laws::slope_is_derivative<op::Fdim>({{5.3, 2.1}, {-5.3, 2.1}}); }
  TEST_CASE("fmax") { laws::slope_is_derivative<op::Fmax>({{5.3, 2.1}, {-5.3, 2.1}}); }
  TEST_CASE("fmin") { laws::slope_is_derivative<op::Fmin>({{5.3, 2.1}, {-5.3, 2.1}}); }
  TEST_CASE("lerp") {
    laws::slope_is_derivative<op::Lerp>({{1.0, 3.0, 0.25}, {1.0, 3.0, 0.75}, {-2.0, 5.0, 1.5}});
  }
  TEST_CASE("hypot of three") {
    laws::slope_is_derivative<op::Hypot3>({{1.0, 2.0, 2.0}, {-3.0, 0.5, 1e-3}});
  }

  TEST_CASE("values are those of <cmath>") {
    for (const double x : {-2.5, -1.5, -0.5, -0.0, 0.5, 1.5, 2.5, 2.499, 1e300, -infinite}) {
      CHECK(trunc(Var(x)).value() == std::trunc(x));
      CHECK(nearbyint(Var(x)).value() == std::nearbyint(x));
      CHECK(fabs(Var(x)).value() == std::fabs(x));
      CHECK(signbit(Var(x)) == std::signbit(x));
      for (const double y : {-3.0, -0.0, 0.25, 7.0}) {
        CHECK(copysign(Var(x), y).value() == std::copysign(x, y));
        CHECK(fdim(Var(x), Var(y)).value() == std::fdim(x, y));
        CHECK(fmax(Var(x), y).value() == std::fmax(x, y));
        if (y != 0 && std::isfinite(x)) CHECK(fmod(Var(x), y).value() == std::fmod(x, y));
      }
    }
  }
  TEST_CASE("fmax and fmin pass over NaN, whose slope is 0") {
    const auto slopes = [](auto f, double a, double b) {
      const auto [value, of] = value_and_gradient(f, a, b);
      return std::array{value, std::get<0>(of), std::get<1>(of)};
    };
    const auto most = [](auto a, auto b) { return fmax(a, b); };
    const auto least = [](auto a, auto b) { return fmin(a, b); };
    CHECK(slopes(most, undefined, 2) == std::array{2.0, 0.0, 1.0});
    CHECK(slopes(most, 2, undefined) == std::array{2.0, 1.0, 0.0});
    CHECK(slopes(least, undefined, 2) == std::array{2.0, 0.0, 1.0});
    CHECK(slopes(least, 3, 3) == std::array{3.0, 0.5, 0.5});
  }
  TEST_CASE("lerp is exact at both ends, hypot does not overflow") {
    CHECK(lerp(Var(0.1), 1e16, 1.0).value() == 1e16);
    CHECK(lerp(Var(0.1), 1e16, 0.0).value() == 0.1);
    CHECK(hypot(Var(2e200), Var(3e200), Var(6e200)).value() == doctest::Approx(7e200));
  }
  TEST_CASE("questions: a bool of a scalar, 0 and 1 of a tensor") {
    CHECK(isnan(Var(undefined)));
    CHECK_FALSE(isnan(Var(infinite) + 1));
    CHECK(isinf(Var(-infinite)));
    CHECK_FALSE(isinf(Var(undefined)));
    CHECK(isfinite(Var(1.0)));
    CHECK_FALSE(isfinite(Var(undefined)));
    const Tensor x = {1.0, undefined, infinite, -infinite};
    CHECK(Tensor(isnan(x)).to_vector() == std::vector{0.0, 1.0, 0.0, 0.0});
    CHECK(Tensor(isinf(x)).to_vector() == std::vector{0.0, 0.0, 1.0, 1.0});
    CHECK(Tensor(isfinite(x)).to_vector() == std::vector{1.0, 0.0, 0.0, 0.0});
  }
}

TEST_CASE("numeric_limits of a variable are those of its number") {
  using Limits = std::numeric_limits<Var<double>>;
  static_assert(Limits::is_specialized && Limits::digits == 53 && Limits::has_infinity);
  CHECK(Limits::epsilon().value() == std::numeric_limits<double>::epsilon());
  CHECK(Limits::infinity().value() == infinite);
  CHECK(Limits::lowest().value() == std::numeric_limits<double>::lowest());
  CHECK(std::numeric_limits<const Var<float>>::max().value() == std::numeric_limits<float>::max());
  auto least = Limits::max();
  for (const double x : {3.0, 1.0, 2.0}) least = min(least, Var(x));
  CHECK(least.value() == 1);
}

TEST_CASE("++ and -- of a variable") {
  Tape tape;
  const Var x = tape.variable(2.0);
  Var y = x * x;
  CHECK((y++).value() == 4);
  CHECK((++y).value() == 6);
  CHECK((--y).value() == 5);
  CHECK((y--).value() == 5);
  CHECK(tape.backward(y)[x] == 4);
}
