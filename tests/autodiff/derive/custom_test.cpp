#include "thalweg/autodiff/derive/custom.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <optional>
#include <vector>

#include "tests/close.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/derive/check_gradient.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"

using namespace thalweg;

namespace {

using Numbers = std::vector<double>;

// y = x σ(x),  σ(x) = 1 / (1 + e⁻ˣ).     dy/dx = y + σ(x) (1 − y)
const auto logistic = [](const auto& x) { return 1 / (1 + exp(-x)); };
const auto swish = custom(
    "swish", [](const auto& x) { return x * logistic(x); },
    [](const auto& adjoint, const auto& x, const auto& y) {
      return adjoint * (y + logistic(x) * (1 - y));
    });

// y = a² b.     ∂y/∂a = 2 a b,  ∂y/∂b = a²
const auto square_times = custom(
    "square_times", [](const auto& a, const auto& b) { return a * a * b; },
    [](const auto& adjoint, const auto& a, const auto& b) {
      return std::tuple(adjoint * 2 * a * b, adjoint * a * a);
    });

const Tensor<double> ones = {1, 1};

}  // namespace

TEST_CASE("a custom op is differentiated by its backward function") {
  CHECK(check_gradient(swish, 0.7));
  CHECK(check_gradient(swish, -2.0f));
  CHECK(check_gradient(swish, Tensor<double>{{-3, 0.5}, {1, 2}}));
  CHECK(check_gradient(swish, Tensor<float>{-1, 0.5, 2}));
  CHECK(check_gradient(square_times, 0.7, -1.5));
  CHECK(check_gradient(square_times, Tensor<double>{1, 2}, Tensor<double>{3, -4}));
}

TEST_CASE("a wrong backward function is found out") {
  const auto wrong = custom(
      "wrong", [](const auto& x) { return x * x; },
      [](const auto& adjoint, const auto& x) { return adjoint * x; });
  CHECK_FALSE(check_gradient(wrong, 1.0));
  CHECK_FALSE(check_gradient(wrong, Tensor<double>{1, 2}));
}

TEST_CASE("on plain numbers it is its forward function") {
  CHECK(square_times(3.0, 2.0) == 18);
  CHECK(Var(square_times(Var(3.0), 2)).value() == 18);
  CHECK(square_times(Tensor<double>{3}, 2).to_vector() == Numbers{18});
}

TEST_CASE("it takes part in statements, by any kind of operand") {
  Parameter<double> p(Tensor<double>{2, 3});
  Tape tape;
  Var x = tape.variable(2.0);
  auto u = x * 3;
  CHECK(testing::close(tape.backward(square_times(u, x) * 2)[x], 2 * 3 * 9 * 4));
  CHECK(tape.backward(square_times(x + 1, 5))[x] == 30);
  CHECK(tape.backward(square_times(x, x) + x)[x] == 13);
  const Gradients g = tape.backward(square_times(p * 2, p) + p, ones);
  CHECK(g[p].to_vector() == Numbers{12 * 4 + 1, 12 * 9 + 1});
  auto w = tape.variable(Tensor<double>(3.0));
  const Gradients mixed = tape.backward(square_times(w, x));  // a tensor and a scalar
  CHECK(mixed[w].item() == 12);
  CHECK(mixed[x] == 9);
}

TEST_CASE("it is one statement, and none without active inputs") {
  Tape tape;
  Var x = tape.variable(2.0);
  Var y = square_times(x, 3);
  CHECK(tape.statements() == 2);
  CHECK(tape.arguments() == 1);
  CHECK(tape.backward(y)[x] == 12);
  CHECK(square_times(Var(2.0), 3).place().generation == 0);
  const Tensor<double> data = {1, 2};
  CHECK(square_times(data, data).place().generation == 0);
  auto w = tape.variable(data);
  const std::size_t before = tape.statements();
  Tensor z = swish(w);
  CHECK(tape.statements() == before + 1);
}

TEST_CASE("partials may be an array, gradients of tensors expressions") {
  const auto product = custom(
      "product", [](double a, double b, double c) { return a * b * c; },
      [](double, double a, double b, double c) {
        return std::array{b * c, a * c, a * b};
      });
  CHECK(check_gradient(product, 2.0, 3.0, 4.0));
}

TEST_CASE("an op may hand its input on") {
  const auto doubled_back = custom(
      "doubled_back", [](const auto& x) { return x; },
      [](const auto& adjoint, const auto&) { return 2 * adjoint; });
  Tape tape;
  auto w = tape.variable(Tensor<double>{2, 3});
  Tensor y = doubled_back(w);
  const Gradients g = tape.backward(y * w, ones);
  CHECK(g[w].to_vector() == Numbers{3 * 2, 3 * 3});
  CHECK(g[y].to_vector() == Numbers{2, 3});
  Tensor x = custom(
      "adjoint_itself", [](const auto& a) { return a; },
      [](const auto& adjoint, const auto&) { return adjoint; })(w);
  CHECK(tape.backward(x * 1, ones)[w].to_vector() == Numbers{1, 1});
}

TEST_CASE("a gradient of the wrong shape is refused") {
  const auto wrong = custom(
      "wrong", [](const auto& a, const auto& b) { return a * b; },
      [](const auto& adjoint, const auto& a, const auto& b) {
        return std::tuple(adjoint * b, adjoint * a);  // b was broadcast: a sum is missing
      });
  Tape tape;
  auto a = tape.variable(Tensor<double>{{1, 2}, {3, 4}});
  auto b = tape.variable(Tensor<double>{5, 6});
  Tensor y = wrong(a, b);
  CHECK_THROWS_WITH_AS(
      tape.backward(y, Tensor<double>({2, 2}, {1, 1, 1, 1})),
      "wrong: backward gave a gradient of shape [2, 2] for input 1 of shape [2]; they must agree",
      ShapeError);
}

TEST_CASE("what an op throws passes through, and the tape goes on") {
  const auto throwing = custom(
      "throwing", [](const auto& x) { return x; },
      [](const auto& adjoint, const auto&) -> std::remove_cvref_t<decltype(adjoint)> { throw 7; });
  Tape tape;
  auto w = tape.variable(Tensor<double>{2, 3});
  Tensor y = throwing(w);
  CHECK_THROWS_AS(tape.backward(y, ones), int);
  CHECK(Tape::current() == &tape);
  CHECK(tape.backward(w * w, ones)[w].to_vector() == Numbers{4, 6});
}

TEST_CASE("an op's functions may use a tape of their own") {
  // y = x³ by its derivative: forward and backward differentiate x ↦ x⁴ / 4.
  const auto quartic = [](const auto& x) { return x * x * x * x / 4; };
  const auto cube = custom(
      "cube",
      [&](const Tensor<double>& x) {
        Tape inner;
        auto w = inner.variable(x);
        return inner.backward(quartic(w), Tensor<double>{1, 1})[w];
      },
      [](const Tensor<double>& adjoint, const Tensor<double>& x) {
        Tape inner;
        auto w = inner.variable(x);
        return inner.backward(w * w * w, adjoint)[w];
      });
  CHECK(check_gradient(cube, Tensor<double>{2, -1.5}));
}

TEST_CASE("an op may end before its tape") {
  Tape tape;
  auto w = tape.variable(Tensor<double>{2, 3});
  Tensor<double> y;
  {
    const Tensor<double> factor = {10, 20};
    const auto scaled = custom(
        "scaled", [factor](const auto& x) { return x * factor; },
        [factor](const auto& adjoint, const auto&) { return adjoint * factor; });
    y = scaled(w);
  }
  CHECK(tape.backward(y, ones)[w].to_vector() == Numbers{10, 20});
}

TEST_CASE("empty tensors pass through") {
  Tape tape;
  auto w = tape.variable(Tensor<double>());
  CHECK(tape.backward(swish(w), Tensor<double>())[w].size() == 0);
}

TEST_CASE("the trap names a custom op") {
  Tape tape;
  tape.trap_nonfinite();
  const auto inverse = custom(
      "inverse", [](const auto& x) { return 1 / x; },
      [](const auto& adjoint, const auto&, const auto& y) { return -adjoint * y * y; });
  Var x = tape.variable(0.0);
  auto w = tape.variable(Tensor<double>{1, 0});
  const auto message = [](auto&& f) -> std::string {
    try {
      f();
    } catch (const NonfiniteError& error) {
      return error.what();
    }
    return "";
  };
  CHECK(message([&] { inverse(x); }).starts_with("inverse: its value is inf, the first"));
  CHECK(message([&] { inverse(w); }).starts_with("inverse: element 1 of its result [2] is inf"));
}
