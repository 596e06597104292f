#include "thalweg/autodiff/derive/differentiate.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <span>
#include <tuple>
#include <type_traits>
#include <vector>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/derive/check_gradient.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"

using namespace thalweg;

namespace {

using Numbers = std::vector<double>;

const auto cube = [](const auto& x) { return x * x * x; };

/// (1 − x₀)² + 100 (x₁ − x₀²)²
const auto rosenbrock = [](const auto& x) {
  auto first = 1 - x[0];
  auto second = x[1] - x[0] * x[0];
  return first * first + 100 * second * second;
};

const auto first_squared = [](const auto& x) { return x(0) * x(0); };

}  // namespace

TEST_CASE("of a number") {
  const auto [value, slope] = value_and_gradient(cube, 2.0);
  static_assert(std::is_same_v<decltype(slope), const double>);
  CHECK(value == 8);
  CHECK(slope == 12);
  CHECK(gradient(cube, 2) == 12);
  static_assert(std::is_same_v<decltype(gradient(cube, 2.0f)), float>);
  CHECK(gradient(cube, 2.0f) == 12);
}

TEST_CASE("of a vector") {
  const auto [value, slope] = value_and_gradient(rosenbrock, Numbers{-1, 2});
  CHECK(value == 104);
  CHECK(slope == Numbers{2 * -2.0 + 400, 200});
  CHECK(gradient(rosenbrock, Numbers{1, 1}) == Numbers{0, 0});
}

TEST_CASE("of a tensor") {
  const auto [value, slope] = value_and_gradient(first_squared, Tensor<double>{3, 4});
  static_assert(std::is_same_v<decltype(value), const double>);
  CHECK(value == 9);
  CHECK(slope.to_vector() == Numbers{6, 0});
  CHECK(slope.place().generation == 0);
  const auto square = [](const auto& x) { return x * x; };
  CHECK(gradient(square, Tensor<float>(3.0f)).item() == 6);
  CHECK(gradient(square, Tensor<double>{3} * 2).to_vector() == Numbers{12});
}

TEST_CASE("of a parameter") {
  const Parameter<double> p(Tensor<double>{3, 4});
  CHECK(gradient(first_squared, p).to_vector() == Numbers{6, 0});
}

TEST_CASE("of several arguments of several kinds") {
  const auto f = [](const auto& a, const auto& b, const auto& c) { return a * b[1] * c(0, 1); };
  const auto [value, slopes] =
      value_and_gradient(f, 2, Numbers{3, 4}, Tensor<double>{{5, 6}, {7, 8}});
  CHECK(value == 48);
  CHECK(std::get<0>(slopes) == 24);
  CHECK(std::get<1>(slopes) == Numbers{0, 12});
  CHECK(std::get<2>(slopes).to_vector() == Numbers{0, 8, 0, 0});
  const auto [da, db] = gradient([](auto a, auto b) { return a / b; }, 1.0, 4.0);
  CHECK(da == 0.25);
  CHECK(db == -0.0625);
}

TEST_CASE("the gradient of a constant is zero") {
  CHECK(value_and_gradient([](auto) { return 3.0; }, 2.0).value == 3);
  CHECK(gradient([](auto) { return 3; }, 2.0) == 0);
  CHECK(gradient([](auto) { return Var(3.0); }, Numbers{1, 2}) == Numbers{0, 0});
  CHECK(gradient([](auto) { return Tensor<double>(3.0); }, Tensor<double>{1, 2}).to_vector() ==
        Numbers{0, 0});
  CHECK(gradient([](auto) { return Var(3.0f); }, 2.0f) == 0);
}

TEST_CASE("a function with several results has a Jacobian, not a gradient") {
  const auto f = [](const auto& x) { return x * 2; };
  CHECK_THROWS_AS(gradient(f, Tensor<double>{1, 2}), ShapeError);
  CHECK_THROWS_AS(gradient([](auto) { return Tensor<double>{1, 2}; }, 1.0), ShapeError);
}

TEST_CASE("functions are generic or not, lambdas or pointers") {
  struct Functions {
    static Var<double> square(const Var<double>& x) { return x * x; }
  };
  CHECK(gradient(&Functions::square, 3) == 6);
  int calls = 0;
  CHECK(gradient([&calls](Var<double> x) { return ++calls, exp(x); }, 0) == 1);
  CHECK(calls == 1);
}

TEST_CASE("derivatives within a recording leave it alone") {
  Tape tape;
  Var x = tape.variable(2.0);
  Var y = x * x;
  const std::size_t statements = tape.statements();
  const double slope = gradient(cube, x.value());
  CHECK(slope == 12);
  CHECK(gradient([](auto z) { return z * gradient(cube, z.value()); }, 3.0) == 27);
  CHECK(tape.statements() == statements);
  CHECK_THROWS_AS(gradient([&](auto z) { return z * x; }, 1.0), TapeError);
  CHECK(Tape::current() == &tape);
  CHECK(tape.backward(y * slope)[x] == 48);
}

TEST_CASE("what f throws leaves the tape that recorded before") {
  Tape tape;
  const auto throws = [](const auto& x) {
    if (x.value() > 0) throw 7;
    return x * 1;
  };
  CHECK_THROWS_AS(gradient(throws, 1.0), int);
  CHECK(Tape::current() == &tape);
}

TEST_CASE("Jacobians have the shape of the result, then that of the argument") {
  const Tensor<double> j = jacobian(
      [](const std::vector<Var<double>>& x) {
        return std::vector<Var<double>>{x[1] * x[1], x[0] * x[1], 5.0};
      },
      Numbers{2, 3});
  CHECK(j.shape() == Shape{3, 2});
  CHECK(j.to_vector() == Numbers{0, 6, 3, 2, 0, 0});

  const Tensor<double> matrix = {{1, 2, 3}, {4, 5, 6}};
  const auto product = [&](const auto& x) { return x * matrix; };  // of x [3], broadcast
  const Tensor by_row = jacobian(product, Tensor<double>{1, 1, 1});
  CHECK(by_row.shape() == Shape{2, 3, 3});
  for (int i = 0; i < 2; ++i)
    for (int k = 0; k < 3; ++k)
      for (int l = 0; l < 3; ++l)
        CHECK(by_row(i, k, l).value() == (k == l ? matrix(i, k).value() : 0));

  CHECK(jacobian(cube, 2.0).shape() == Shape{});
  CHECK(jacobian(cube, 2.0).item() == 12);
  CHECK(jacobian(rosenbrock, Numbers{1, 1}).shape() == Shape{2});
  CHECK(jacobian(first_squared, Tensor<double>{3, 4}).to_vector() == Numbers{6, 0});
  const auto both = [](const auto& x) { return std::vector<Var<double>>{x, x * x}; };
  CHECK(jacobian(both, 3.0).to_vector() == Numbers{1, 6});
}

TEST_CASE("the Jacobian of a constant is zero, that of nothing is empty") {
  CHECK(jacobian([](auto) { return Tensor<double>{1, 2}; }, 3.0).to_vector() == Numbers{0, 0});
  const auto none = [](const auto&) { return std::vector<Var<double>>{}; };
  CHECK(jacobian(none, Numbers{1, 2}).shape() == Shape{0, 2});
  CHECK(jacobian(cube, Tensor<double>()).shape() == Shape{0, 0});
}

TEST_CASE("numbers side by side may come as a vector, an array, a span, braces or a C array") {
  const Numbers expected{2 * -2.0 + 400, 200};
  CHECK(gradient(rosenbrock, {-1.0, 2.0}) == expected);
  CHECK(gradient(rosenbrock, {-1, 2}) == expected);
  const auto of_array = gradient(rosenbrock, std::array{-1.0, 2.0});
  static_assert(std::is_same_v<decltype(of_array), const std::array<double, 2>>);
  CHECK(Numbers(of_array.begin(), of_array.end()) == expected);
  const double plain[] = {-1, 2};
  CHECK(gradient(rosenbrock, std::span(plain)) == expected);
  CHECK(gradient(rosenbrock, plain)[1] == 200);
  CHECK(value_and_gradient(rosenbrock, {-1, 2}).value == 104);
  CHECK(check_gradient(rosenbrock, {-1, 2}));
  CHECK(check_gradient(rosenbrock, std::array{-1.0, 2.0}));
  CHECK(jacobian([](const auto& x) { return std::array{x[0] * x[1]}; }, {2, 3}).to_vector() ==
        Numbers{3, 2});
}

TEST_CASE("whole numbers are differentiated as doubles") {
  CHECK(gradient(rosenbrock, std::vector{-1, 2}) == Numbers{2 * -2.0 + 400, 200});
  CHECK(gradient(rosenbrock, std::array{-1, 2})[1] == 200);
}

TEST_CASE("a tuple stands for its arguments, and its gradient is a tuple") {
  const auto f = [](const auto& a, const auto& b) { return a * b[1]; };
  const auto [da, db] = gradient(f, std::tuple(2.0, Numbers{3, 4}));
  CHECK(da == 4);
  CHECK(db == Numbers{0, 2});
  const auto [dc, dd] = gradient(f, std::pair(2.0, Numbers{3, 4}));
  CHECK(dc == 4);
  CHECK(dd == db);
  const auto inner = [](const auto& pair, const auto& c) {
    return std::get<0>(pair) * std::get<1>(pair) * c;
  };
  const auto [dp, dx] = gradient(inner, std::tuple(2.0, 3.0), 5.0);
  CHECK(dp == std::tuple(15.0, 10.0));
  CHECK(dx == 6);
}

TEST_CASE("of a list of parameters: a tensor each, and the parameters keep their values") {
  Parameter<double> w(Tensor<double>{3, 4}), b(Tensor<double>(2.0));
  const ParameterList<double> all = {{"w", &w}, {"b", &b}};
  const auto [value, slopes] =
      value_and_gradient([&] { return Tensor(w)(0) * Tensor(w)(1) * Tensor(b)(); }, all);
  CHECK(value == 24);
  CHECK(slopes[0].to_vector() == Numbers{8, 6});
  CHECK(slopes[1].item() == 12);
  CHECK(w.value().to_vector() == Numbers{3, 4});
}

TEST_CASE("of a variable or an expression that no living tape holds: at its value") {
  Var<double> x;
  {
    Tape tape;
    x = tape.variable(2.0);
  }
  CHECK(gradient(cube, x) == 12);
  CHECK(gradient(cube, x + 1) == 27);
  CHECK(gradient(rosenbrock, std::vector{x, x}) == gradient(rosenbrock, {2, 2}));
}

TEST_CASE("the Jacobian of several arguments has their numbers side by side") {
  const auto f = [](const auto& a, const auto& b) { return std::vector{Var(a * b[0]), Var(b[1])}; };
  const Tensor j = jacobian(f, std::tuple(2.0, Numbers{3, 4}));
  CHECK(j.shape() == Shape{2, 3});
  CHECK(j.to_vector() == Numbers{3, 2, 0, 0, 0, 1});
}
