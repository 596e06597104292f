#include "thalweg/autodiff/scalar/var.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <sstream>
#include <type_traits>
#include <vector>

#include "tests/close.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/autodiff/tensor/print.hpp"

using namespace thalweg;

TEST_CASE("a Var is a number and a place, trivially copied") {
  static_assert(sizeof(Var<double>) == 16);
  static_assert(sizeof(Var<float>) == 12);
  static_assert(std::is_trivially_copyable_v<Var<double>>);
  static_assert(!std::is_convertible_v<Var<double>, double>);
  static_assert(!std::is_convertible_v<Var<double>, Var<float>>);
  CHECK(Var<double>().value() == 0);
}

TEST_CASE("the type of a Var follows from its number") {
  static_assert(std::is_same_v<decltype(Var(2)), Var<double>>);
  static_assert(std::is_same_v<decltype(Var(2.0)), Var<double>>);
  static_assert(std::is_same_v<decltype(Var(2.0f)), Var<float>>);
  Tape tape;
  static_assert(std::is_same_v<decltype(tape.variable(2)), Var<double>>);
  static_assert(std::is_same_v<decltype(tape.variable(2.0f)), Var<float>>);
  Var x = tape.variable(2.0f);
  Var y = x * x + 1;
  static_assert(std::is_same_v<decltype(y), Var<float>>);
}

TEST_CASE("operators have their derivatives") {
  Tape tape;
  Var a = tape.variable(3.0), b = tape.variable(4.0);
  const auto slopes = [&](const Var<double>& y) {
    const Gradients g = tape.backward(y);
    return std::pair(g[a], g[b]);
  };
  CHECK(slopes(a + b) == std::pair(1.0, 1.0));
  CHECK(slopes(a - b) == std::pair(1.0, -1.0));
  CHECK(slopes(a * b) == std::pair(4.0, 3.0));
  CHECK(slopes(a / b) == std::pair(0.25, -0.1875));
  CHECK(slopes(-a * b) == std::pair(-4.0, -3.0));
  CHECK(slopes(+a) == std::pair(1.0, 0.0));
  CHECK(slopes(1 / b) == std::pair(0.0, -0.0625));
}

TEST_CASE("plain numbers of any type mix with variables") {
  Tape tape;
  Var x = tape.variable(2.0);
  Var y = 3 * x + x * 2.0f - 1u + 5L / x + (x + true) - 'a' * 0 + short(1) + x * 2ull;
  CHECK(y.value() == 6 + 4 - 1 + 2.5 + 3 + 1 + 4);
  CHECK(tape.backward(y)[x] == 3 + 2 - 1.25 + 1 + 2);
  Var z = tape.variable(2.0f);
  Var w = z * 0.1 + 1;
  static_assert(std::is_same_v<decltype(w), Var<float>>);
  CHECK(w.value() == 2.0f * 0.1f + 1);
}

TEST_CASE("variables change in loops") {
  Tape tape;
  Var x = tape.variable(1.5);
  Var sum = 0.0, power = 1.0;
  for (int k = 0; k < 10; ++k) {
    sum += power * (k + 1);
    power *= x;
  }
  double slope = 0;
  for (int k = 1; k < 10; ++k) slope += (k + 1) * k * std::pow(1.5, k - 1);
  CHECK(testing::close(tape.backward(sum)[x], slope));
}

TEST_CASE("updates with numbers, variables, names and themselves") {
  Tape tape;
  Var x = tape.variable(2.0);
  Var y = x;
  y += 1;  // x + 1
  y *= y;  // (x + 1)²
  y -= x;  // (x + 1)² − x
  auto u = x * x;
  y /= u;  // ((x + 1)² − x) / x²
  y += y;
  CHECK(y.value() == 3.5);
  // 2 (1 + 1/x + 1/x²)' = −2/x² − 4/x³
  CHECK(testing::close(tape.backward(y)[x], -1.0));
  const Var<double>& same = y;
  y = same;
  CHECK(y.value() == 3.5);
  y = x * y;
  CHECK(y.value() == 7);
}

TEST_CASE("a variable is overwritten by a number") {
  Tape tape;
  Var x = tape.variable(2.0);
  Var y = x * x;
  y = 3;
  CHECK(y.place().generation == 0);
  Var z = x * y;
  CHECK(tape.backward(z)[x] == 3);
}

TEST_CASE("vectors of variables") {
  Tape tape;
  std::vector<Var<double>> x = tape.variable(std::vector<double>{1, 2, 3, 4});
  Var product = 1.0;
  for (const Var<double>& factor : x) product *= factor;
  CHECK(tape.backward(product)[x] == std::vector<double>{24, 12, 8, 6});
  std::vector<Var<double>> y(4);
  for (std::size_t k = 0; k < 4; ++k) y[k] = x[k] * x[3 - k];
  Var sum = y[0] + y[1] * y[2] - y[3];
  CHECK(tape.backward(sum)[x] == std::vector<double>{0, 36, 24, 0});
  CHECK(tape.variable(std::vector<double>{}).empty());
}

TEST_CASE("float and double live on one tape") {
  Tape tape;
  Var x = tape.variable(2.0);
  Var z = tape.variable(3.0f);
  Var y = x * x;
  Var w = z * z * z;
  CHECK(tape.backward(y)[x] == 4);
  CHECK(tape.backward(w)[z] == 27);
  CHECK(tape.backward(w)[x] == 0);
  CHECK(tape.backward(y)[z] == 0);
}

TEST_CASE("a detached variable is a number") {
  Tape tape;
  Var x = tape.variable(2.0);
  Var y = x * x.detach();
  CHECK(tape.backward(y)[x] == 2);
  auto u = x * x;
  CHECK(tape.backward(u.detach() * x)[x] == 4);
}

TEST_CASE("the largest statements") {
  Tape tape;
  Var x = tape.variable(1.0);
  Var y = x + x + x + x + x + x + x + x + x + x + x + x + x + x + x + x + x + x + x + x;
  CHECK(tape.backward(y)[x] == 20);
  CHECK(tape.statements() == 2);
}

TEST_CASE("not a number and infinities follow IEEE 754") {
  Tape tape;
  Var x = tape.variable(0.0);
  Var y = 1 / x;
  CHECK(std::isinf(y.value()));
  CHECK(tape.backward(y)[x] == -INFINITY);
  CHECK(std::isnan(tape.backward(x / x)[x]));
}

TEST_CASE("variables print as their numbers") {
  Tape tape;
  Var x = tape.variable(2.5);
  CHECK(fmt::format("{}", x) == "2.5");
  CHECK(fmt::format("{:.3f}", x * 2) == "5.000");
  auto u = x * x;
  CHECK(fmt::format("{:8.2f}|{:e}", u, Var(1.0f)) == "    6.25|1.000000e+00");
  std::ostringstream stream;
  stream << x << ' ' << u << ' ' << x + 1;
  CHECK(stream.str() == "2.5 6.25 3.5");
}

TEST_CASE("a Var is deduced of the name of an expression that is const, too") {
  Tape tape;
  const Var x = tape.variable(3.0);
  const auto u = x * x;
  const Var y = u;
  static_assert(std::is_same_v<decltype(y), const Var<double>>);
  CHECK(tape.backward(y)[u] == 1);
  CHECK(tape.backward(y)[x] == 6);
}
