#include "tests/autodiff/laws/laws.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"

using namespace thalweg;

TEST_SUITE("powers") {
  TEST_CASE("sqrt") { laws::slope_is_derivative<op::Sqrt>({1e-20, 0.3, 1.0, 7.0, 1e20}); }
  TEST_CASE("rsqrt") { laws::slope_is_derivative<op::Rsqrt>({1e-5, 0.3, 1.0, 7.0, 1e20}); }
  TEST_CASE("cbrt") { laws::slope_is_derivative<op::Cbrt>({-8.0, -1e-10, 0.3, 7.0, 1e20}); }
  TEST_CASE("square") { laws::slope_is_derivative<op::Square>({-3.0, 0.0, 0.3, 7.0, 1e10}); }
  TEST_CASE("reciprocal") { laws::slope_is_derivative<op::Reciprocal>({-3.0, 1e-5, 7.0, 1e10}); }
  TEST_CASE("pow") {
    laws::slope_is_derivative<op::Pow>(
        {{2.0, 3.5}, {0.1, -2.0}, {7.0, 0.25}, {1e-3, 1.5}, {1.0, 0.0}, {30.0, -7.0}});
  }
  TEST_CASE("a power by a number") {
    for (const double p : {2.0, 3.0, 4.0, -1.0, 0.5, 2.5, -3.0, 5.0}) {
      CAPTURE(p);
      laws::slope_is_derivative<op::PowNumber>({0.3, 1.0, 7.0}, {p});
    }
    for (const double p : {2.0, 3.0, 4.0, -1.0, 5.0, 0.0, 1.0})
      laws::slope_is_derivative<op::PowNumber>({-0.3, -7.0}, {p});
  }
  TEST_CASE("a power of a number") {
    for (const double c : {2.0, 0.3, 10.0})
      laws::slope_is_derivative<op::NumberPow>({-3.0, 0.0, 0.5, 9.0}, {c});
  }

  TEST_CASE("roots and powers at 0 and infinity") {
    laws::takes<op::Sqrt>(0, 0, INFINITY);
    laws::takes<op::Sqrt>(INFINITY, INFINITY, 0);
    laws::takes<op::Rsqrt>(0, INFINITY, -INFINITY);
    laws::takes<op::Rsqrt>(INFINITY, 0, 0);
    laws::takes<op::Cbrt>(0, 0, INFINITY);
    laws::takes<op::Square>(0, 0, 0);
    laws::takes<op::Reciprocal>(0, INFINITY, -INFINITY);
    laws::takes<op::Reciprocal>(INFINITY, 0, 0);
    laws::takes<op::PowNumber>(0, 0, 0, {2});
    laws::takes<op::PowNumber>(0, 0, 1, {1});
    laws::takes<op::PowNumber>(0, 1, 0, {0});
    laws::takes<op::PowNumber>(0, 0, INFINITY, {0.5});
    laws::takes<op::PowNumber>(-INFINITY, INFINITY, 0, {0.5});
    laws::takes<op::NumberPow>(2, 0, 0, {0});
    laws::takes<op::NumberPow>(0, 1, 0, {0});
    laws::takes<op::NumberPow>(-1, INFINITY, -INFINITY, {0});
    laws::takes<op::NumberPow>(-INFINITY, 0, 0, {2});
  }
  TEST_CASE("pow at base 0 has slope 0 in the exponent, and slope 0 in the base at exponent 0") {
    laws::takes<op::Pow>({0, 2}, 0, {0, 0});
    laws::takes<op::Pow>({0, 1}, 0, {1, 0});
    laws::takes<op::Pow>({0, 0}, 1, {0, 0});
    laws::takes<op::Pow>({0, 0.5}, 0, {INFINITY, 0});
    laws::takes<op::Pow>({1, 0}, 1, {0, 0});
    laws::takes<op::Pow>({-2, 3}, -8, {12, NAN});
    laws::takes<op::Pow>({0, -1}, INFINITY, {-INFINITY, -INFINITY});
  }
  TEST_CASE("pow(x, 2) is x x to the last bit, whatever x is") {
    for (const double x : {-3.7, 1e-200, 0.1, 1e170})
      CHECK(pow(Var<double>(x), 2).value() == x * x);
    CHECK(pow(Tensor<float>({0.1f, -3.3f}), 3)(1).value() == -3.3f * -3.3f * -3.3f);
  }
}
