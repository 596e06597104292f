#include "thalweg/autodiff/derive/check_gradient.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "tests/close.hpp"
#include "thalweg/autodiff/derive/custom.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"

using namespace thalweg;

namespace {

using Numbers = std::vector<double>;

/// y = x², its slope wrong by `factor`.
auto square_with_slope(double factor) {
  return custom(
      "square", [](const auto& x) { return x * x; },
      [factor](const auto& adjoint, const auto& x) { return adjoint * x * 2 * factor; });
}

}  // namespace

TEST_CASE("right gradients pass: numbers, vectors, tensors, several arguments") {
  CHECK(check_gradient([](auto x) { return exp(x) * x; }, 0.3));
  CHECK(check_gradient([](auto x) { return exp(x) * x; }, 3));
  CHECK(check_gradient([](auto x) { return exp(x) / x; }, 0.3f));
  CHECK(check_gradient([](const auto& x) { return x[0] * x[1] / x[2]; }, Numbers{1, -2, 3}));
  CHECK(check_gradient([](const auto& x) { return exp(x) * x; }, Tensor<double>{{1, 2}, {-3, 0}}));
  CHECK(check_gradient([](const auto& x) { return exp(x) * x; }, Tensor<float>{{1, 2}, {-3, 0}}));
  CHECK(check_gradient([](auto a, const auto& b, const auto& c) { return a * b[0] * c / b[1]; },
                       0.5, Numbers{2, 3}, Tensor<double>{4, 5}));
  CHECK(check_gradient(
      [](Var<double> x) {
        return std::vector<Var<double>>{x, x * x, exp(x)};
      },
      1.0));
}

TEST_CASE("wrong gradients fail, small errors, too") {
  for (const double factor : {0.0, -1.0, 2.0, 1.001, 0.9999}) {
    CHECK_FALSE(check_gradient(square_with_slope(factor), 1.5));
    CHECK_FALSE(check_gradient(square_with_slope(factor), Tensor<double>{1.5, -2, 0}));
    CHECK_FALSE(
        check_gradient([=](auto x) { return 1e-6 * square_with_slope(factor)(1e6 * x); }, 1e-3));
  }
  CHECK(check_gradient(square_with_slope(1), Tensor<double>{1.5, -2, 0}));
  CHECK_FALSE(check_gradient(square_with_slope(1.05), 1.5f));
}

TEST_CASE("functions of any magnitude pass, with slopes of any magnitude") {
  for (const double scale : {1e-9, 1e-3, 1.0, 1e6, 1e12}) {
    CHECK(check_gradient([=](auto x) { return scale * exp(x); }, 1.0));
    CHECK(check_gradient([=](auto x) { return scale + exp(x); }, 1.0));
    if (scale >= 1) CHECK(check_gradient([=](auto x) { return exp(x / scale); }, scale));
  }
  CHECK(check_gradient([](auto x) { return x * x * x; }, 0.0));
  CHECK(check_gradient([](auto x) { return x * x; }, 0.0));
  CHECK(check_gradient([](auto) { return 3.0; }, 1.0));
}

TEST_CASE("the report names the worst coordinate and prints as a few lines") {
  const auto wrong = [](const auto& a, const auto& b) {
    return a * b(0, 0) + square_with_slope(0.5)(b(1, 2));
  };
  const GradientReport report = check_gradient(wrong, 1.0, Tensor<double>{{1, 2, 3}, {4, 5, 6}});
  CHECK_FALSE(report.passed);
  CHECK(report.compared == 7);
  CHECK(report.failed == 1);
  CHECK(report.where == "argument 1 [1, 2]");
  CHECK(testing::close(report.tape, 6));
  CHECK(testing::close(report.difference, 12));
  CHECK(testing::close(report.error, 6));
  CHECK(testing::close(report.tolerance, std::cbrt(2.22e-16), {.relative = 1e-3}));
  CHECK(testing::close(report.step, 6 * std::cbrt(2.22e-16), {.relative = 1e-3}));
  const std::string text = fmt::format("{}", report);
  CHECK(
      text.starts_with("gradient check failed: 1 of 7 slopes differ\n"
                       "  worst: argument 1 [1, 2]: tape 6"));
  CHECK(text.find("(tolerance 6.1e-06, step 3.6e-05)") != std::string::npos);
  std::ostringstream stream;
  stream << check_gradient([](auto x) { return x * 2; }, 1.0);
  CHECK(
      stream.str().starts_with("gradient check passed: 1 slopes agree\n"
                               "  worst: argument 0: tape 2, central difference 2"));
}

TEST_CASE("options: step, tolerance, directions, seed") {
  const auto f = [](const auto& x) { return exp(x) * x; };
  const GradientReport coarse = check_gradient({.step = 0.1, .tolerance = 0.1}, f, 1.0);
  CHECK(coarse);
  CHECK(coarse.step == 0.1);
  CHECK_FALSE(check_gradient({.step = 0.1}, f, 1.0));
  CHECK(check_gradient({.tolerance = 0.1}, square_with_slope(1.05), 1.0));

  const Tensor<double> large(Shape{1000}, Numbers(1000, 0.3));
  const GradientReport along = check_gradient({.directions = 5, .seed = 3}, f, large);
  CHECK(along);
  CHECK(along.compared == 5);
  CHECK(along.where.starts_with("direction "));
  CHECK_FALSE(check_gradient({.directions = 5}, square_with_slope(1.01), large));
  CHECK(check_gradient({.directions = 5}, f, Tensor<float>(Shape{100}, std::vector(100, 0.3f))));
  CHECK(check_gradient(
      {.directions = 3}, [](auto a, auto b) { return a * exp(b); }, 1.0, 2.0));
  const GradientReport again = check_gradient({.directions = 5, .seed = 3}, f, large);
  CHECK(again.tape == along.tape);
}

TEST_CASE("not a number fails, wherever it stands") {
  CHECK_FALSE(check_gradient([](auto x) { return x / x; }, 0.0));
  CHECK_FALSE(check_gradient(square_with_slope(NAN), 1.0));
  CHECK_FALSE(check_gradient([](auto x) { return x * NAN; }, 1.0));
}

TEST_CASE("nothing to compare is said") {
  CHECK(to_string(check_gradient([](const auto&) { return 1.0; }, Numbers{})) ==
        "gradient check passed: there is nothing to compare");
}

TEST_CASE("parameters are checked in place and have their values again") {
  Parameter<double> w(Tensor<double>{{1, 2}, {3, 4}}), b(Tensor<double>{0.5, -0.5});
  const double* const data = w.value().data();
  const ParameterList<double> parameters = {{"layer.weight", &w}, {"layer.bias", &b}};
  const Tensor<double> x = {2, 3};
  CHECK(check_gradient([&] { return exp(w * x * 0.1) + b; }, parameters));
  CHECK(check_gradient(
      {.directions = 4}, [&] { return w * w + b; }, parameters));
  const GradientReport report = check_gradient(
      [&] { return square_with_slope(1)(w) + square_with_slope(0.5)(b); }, parameters);
  CHECK_FALSE(report);
  CHECK(report.compared == 6);
  CHECK(report.where.starts_with("layer.bias ["));
  CHECK(w.value().to_vector() == Numbers{1, 2, 3, 4});
  CHECK(w.value().data() == data);
  int calls = 0;
  CHECK_THROWS_AS(check_gradient(
                      [&] {
                        if (++calls == 4) throw 7;
                        return Tensor(w * b);
                      },
                      parameters),
                  int);
  CHECK(w.value().to_vector() == Numbers{1, 2, 3, 4});
  CHECK(b.value().to_vector() == Numbers{0.5, -0.5});
  Parameter<float> single(Tensor<float>{1, 2});
  CHECK(check_gradient([&] { return single * single; }, ParameterList<float>{{"single", &single}}));
}

TEST_CASE("a check within a recording leaves it alone") {
  Tape tape;
  Var x = tape.variable(2.0);
  CHECK(check_gradient([](auto z) { return z * z; }, x.value()));
  CHECK(tape.statements() == 1);
  CHECK(Tape::current() == &tape);
}
