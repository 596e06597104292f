#include "thalweg/autodiff/ops/vectors.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>

#include "tests/message_of.hpp"
#include "thalweg/autodiff/derive/differentiate.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"

using namespace thalweg;
using test::message_of;

namespace {

std::vector<double> numbers(std::size_t n) {
  std::vector<double> x(n);
  for (std::size_t k = 0; k < n; ++k) x[k] = std::sin(static_cast<double>(k)) + 1.5;
  return x;
}

}  // namespace

TEST_CASE("a sum of up to 255 variables is one statement, of more a statement per 255") {
  for (const std::size_t n : {1u, 2u, 255u, 256u, 600u}) {
    Tape tape;
    const auto x = tape.variable(numbers(n));
    const std::size_t before = tape.statements();
    const Var y = sum(x);
    CHECK(tape.statements() - before == (n <= 255 ? 1 : (n + 254) / 255 + 1));
    const Gradients gradients = tape.backward(y);
    double total = 0;
    for (const auto& one : x) {
      total += one.value();
      CHECK(gradients[one] == 1);
    }
    CHECK(y.value() == doctest::Approx(total).epsilon(1e-13));
  }
}

TEST_CASE("the slopes of a dot product are the other factors") {
  const auto a = numbers(300), b = std::vector<double>(a.rbegin(), a.rend());
  SUBCASE("of variables") {
    const auto [of_a, of_b] =
        gradient([](const auto& x, const auto& y) { return dot(x, y); }, a, b);
    CHECK(of_a == b);
    CHECK(of_b == a);
  }
  SUBCASE("of variables and numbers, on either side") {
    CHECK(gradient([&](const auto& x) { return dot(x, b); }, a) == b);
    CHECK(gradient([&](const auto& x) { return dot(b, x); }, a) == b);
  }
  SUBCASE("of one vector with itself") {
    const auto slopes = gradient([](const auto& x) { return dot(x, x); }, std::array{2.0, 3.0});
    CHECK(slopes == std::array{4.0, 6.0});
  }
  CHECK(message_of([] { dot(std::vector<Var<double>>(2), std::vector<double>(3)); }) ==
        "dot: 2 numbers and 3");
}

TEST_CASE("logsumexp of variables does not overflow, and its slopes are a softmax") {
  for (const std::size_t n : {3u, 400u}) {
    auto x = numbers(n);
    for (double& one : x) one += 1000;
    const auto [y, slopes] = value_and_gradient([](const auto& v) { return logsumexp(v); }, x);
    double total = 0, of_slopes = 0;
    for (const double one : x) total += std::exp(one - 1000);
    CHECK(y == doctest::Approx(1000 + std::log(total)).epsilon(1e-14));
    for (std::size_t k = 0; k < n; ++k) {
      CHECK(slopes[k] == doctest::Approx(std::exp(x[k] - y)).epsilon(1e-12).scale(0));
      of_slopes += slopes[k];
    }
    CHECK(of_slopes == doctest::Approx(1).epsilon(1e-12));
  }
}

TEST_CASE("nothing sums to 0, and e to the minus infinity to nothing") {
  const std::vector<Var<double>> none;
  CHECK(sum(none).value() == 0);
  CHECK(dot(none, none).value() == 0);
  CHECK(logsumexp(none).value() == -INFINITY);
  const auto [y, slopes] = value_and_gradient([](const auto& x) { return logsumexp(x); },
                                              std::vector{-INFINITY + 0.0, -INFINITY + 0.0});
  CHECK(y == -INFINITY);
  CHECK(slopes == std::vector{0.0, 0.0});
}

TEST_CASE("passive variables among the summands are not recorded") {
  Tape tape;
  const Var x = tape.variable(2.0);
  const std::vector<Var<double>> mixed = {x, 3.0, x};
  const Var y = sum(mixed);
  CHECK(y.value() == 7);
  CHECK(tape.backward(y)[x] == 2);
  CHECK(sum(std::vector<Var<double>>{1.0, 2.0}).place().generation == 0);
}
