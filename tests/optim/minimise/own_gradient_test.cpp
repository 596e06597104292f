/// Gradients that are written by hand, and how they are found to be wrong.

#include <doctest/doctest.h>

#include <cmath>

#include "tests/optim/smooth/problems.hpp"
#include "tests/problems/nist.hpp"
#include "thalweg/autodiff/base/shape.hpp"
#include "thalweg/autodiff/derive/check_gradient.hpp"
#include "thalweg/autodiff/derive/custom.hpp"
#include "thalweg/autodiff/derive/differentiate.hpp"
#include "thalweg/autodiff/ops/activation.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/select.hpp"
#include "thalweg/autodiff/ops/slice.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/autodiff/tensor/print.hpp"
#include "thalweg/optim/global/multistart.hpp"
#include "thalweg/optim/global/random_search.hpp"
#include "thalweg/optim/minimise.hpp"
#include "thalweg/optim/rules/adam.hpp"
#include "thalweg/optim/smooth/gauss_newton.hpp"
#include "thalweg/optim/smooth/lbfgs.hpp"
#include "thalweg/optim/smooth/lbfgs_b.hpp"
#include "thalweg/optim/smooth/levenberg_marquardt.hpp"

using namespace thalweg;
using optim::Limits;
using optim::minimise;
using optim::Stop;
using optim::problems::error_of;
using std::vector;
using View = std::span<const double>;

namespace {

const Limits checked{.check_gradient = true};

/// Rosenbrock's function in units of s, its gradient times (factor₀, factor₁).
struct Rosenbrock final : optim::Objective {
  Rosenbrock(double factor0, double factor1, double unit = 1)
      : Objective(2), factors{factor0, factor1}, s(unit) {}
  double evaluate(View x) const override {
    const double a = 1 - x[0] / s, b = x[1] / s - x[0] / s * (x[0] / s);
    return a * a + 100 * b * b;
  }
  double differentiate(View x, std::span<double> gradient) const override {
    const double a = 1 - x[0] / s, b = x[1] / s - x[0] / s * (x[0] / s);
    gradient[0] = factors[0] * (-2 * a - 400 * b * (x[0] / s)) / s;
    gradient[1] = factors[1] * 200 * b / s;
    return evaluate(x) * value_factor;
  }
  double factors[2], s, value_factor = 1;
};

/// Residuals of a line through (0, 1), (1, 3), (2, 4), one number of J times `factor`.
struct Line final : optim::Residuals {
  explicit Line(double wrong) : Residuals({{"offset", {}}, {"slope", {1}}}), factor(wrong) {}
  void evaluate_residuals(View x, vector<double>& r) const override {
    r = {x[0] - 1, x[0] + x[1] - 3, x[0] + 2 * x[1] - 4};
  }
  void differentiate_residuals(View x, vector<double>& r, vector<double>& j) const override {
    evaluate_residuals(x, r);
    j = {1, 0, 1, 1, 1, 2 * factor};
    if (short_row) j.pop_back();
  }
  double factor;
  bool short_row = false;
};

/// log x₀ + log (1 − x₁), not a number outside (0, ∞) × (−∞, 1).
struct Logarithms final : optim::Objective {
  Logarithms() : Objective(2) {}
  double evaluate(View x) const override { return -std::log(x[0]) - std::log(1 - x[1]); }
  double differentiate(View x, std::span<double> gradient) const override {
    gradient[0] = -1 / x[0], gradient[1] = 1 / (1 - x[1]);
    return evaluate(x);
  }
};

/// f = x₀² + 3 x₁, whose second slope was forgotten.
struct Forgotten final : optim::Objective {
  Forgotten() : Objective(2) {}
  double evaluate(View x) const override { return x[0] * x[0] + 3 * x[1]; }
  double differentiate(View x, std::span<double> gradient) const override {
    gradient[0] = 2 * x[0];
    return evaluate(x);
  }
};

/// A square whose pull is wrong by `factor`.
auto square_of_ones_own(double factor) {
  return custom(
      "square", [](const auto& x) { return x * x; },
      [factor](const auto& adjoint, const auto& x) { return adjoint * x * 2 * factor; });
}

}  // namespace

TEST_CASE("check_gradient: the gradient of an objective is compared with differences of it") {
  Rosenbrock right(1, 1), wrong(1, 2);
  const vector start = {-1.2, 1.0};
  CHECK(check_gradient(right, start));
  CHECK(check_gradient(right, {-1.2, 1.0}));
  CHECK(check_gradient(Rosenbrock(1, 1), std::array{-1.2, 1.0}));
  CHECK(check_gradient({.directions = 5}, right, start));
  CHECK(check_gradient({.step = 1e-4, .tolerance = 1e-4}, right, {-1.2, 1.0}));
  CHECK_FALSE(check_gradient({.directions = 5}, wrong, start));
  const GradientReport report = check_gradient(wrong, start);
  CHECK_FALSE(report);
  CHECK(report.failed == 1);
  CHECK(report.compared == 3);
  CHECK(report.where == "x [1]");
  CHECK(report.tape == doctest::Approx(-176));
  CHECK(report.difference == doctest::Approx(-88));
  CHECK(to_string(report).starts_with(
      "gradient check failed: 1 of 3 slopes differ\n  worst: x [1]: given -176, central difference "
      "-8"));
}

TEST_CASE("check_gradient: small errors are found, in whatever unit f and x are") {
  for (const double unit : {1e-12, 1e-5, 1.0, 1e8})
    for (const double factor : {-1.0, 0.0, 0.999, 1.001, 2.0}) {
      CAPTURE(unit);
      CAPTURE(factor);
      const vector start = {-1.2 * unit, 0.7 * unit};
      CHECK(check_gradient(Rosenbrock(1, 1, unit), start));
      CHECK(check_gradient(Rosenbrock(factor, 1, unit), start).where == "x [0]");
      CHECK(check_gradient(Rosenbrock(1, factor, unit), start).where == "x [1]");
      CHECK_FALSE(check_gradient(Rosenbrock(factor, 1, unit), start));
      CHECK_FALSE(check_gradient(Rosenbrock(1, factor, unit), start));
    }
}

TEST_CASE("check_gradient: of x = 0 the step is found, and at a minimum nothing is amiss") {
  CHECK(check_gradient(Rosenbrock(1, 1), {0.0, 0.0}));
  CHECK(check_gradient(Rosenbrock(1, 1, 1e-9), {0.0, 0.0}));
  CHECK(check_gradient(Rosenbrock(1, 1), {1.0, 1.0}));
  CHECK_FALSE(check_gradient(Rosenbrock(2, 1, 1e-9), {0.0, 0.0}));
}

TEST_CASE("check_gradient: a component that is left out, and a value of another function, show") {
  CHECK(worst(check_gradient(Forgotten(), {1.0, 1.0})) == "x [1]: given nan, central difference 3");
  Rosenbrock other(1, 1);
  other.value_factor = 0.5;
  CHECK(worst(check_gradient(other, {0.0, 0.0})) == "f itself: given 0.5, central difference 1");
}

TEST_CASE("check_gradient: of residuals each number of J is checked") {
  Line right(1), wrong(2);
  CHECK(check_gradient(right, {0.5, 0.25}).compared == 9);
  CHECK(check_gradient(right, {0.5, 0.25}));
  CHECK(worst(check_gradient(wrong, {0.5, 0.25})).starts_with("residual 2, slope [0]: given 4, "));
  CHECK_FALSE(check_gradient({.directions = 1}, wrong, {0.5, 0.25}));
  for (const test_problems::NistProblem& p : test_problems::nist_problems())
    for (const vector<double>& start : {p.start1, p.start2}) {
      CAPTURE(p.name);
      const auto r = [&](const vector<Var<double>>& b) { return p.residuals(p, b); };
      auto f = optim::residuals(r, start);
      CHECK(check_gradient(f, start));
    }
}

TEST_CASE("check_gradient: an x of another length, and a J of another size, are errors") {
  CHECK(error_of([] { check_gradient(Rosenbrock(1, 1), {1.0}); }) ==
        "check_gradient: x has 1 numbers; the function takes 2");
  Line short_one(1);
  short_one.short_row = true;
  const std::string message =
      "Residuals: J has 5 numbers; expected [3, 2], a row for each residual and a column for each "
      "parameter";
  CHECK(error_of([&] { check_gradient(short_one, {1.0, 2.0}); }) == message);
  CHECK(error_of([&] { minimise(short_one, {1.0, 2.0}, optim::GaussNewton{}); }) == message);
}

TEST_CASE("minimise: a wrong gradient ends a run that checks it, and the reason names it") {
  Rosenbrock wrong(2, 1);
  const auto result = minimise(wrong, {-1.2, 1.0}, optim::Lbfgs{}, checked);
  CHECK(result.stop == Stop::wrong_gradient);
  CHECK(name(result.stop) == "wrong_gradient");
  CHECK(!result);
  CHECK(result.why.starts_with("x [0]: given -431.2, central difference -215.6"));
  CHECK(result.x == vector{-1.2, 1.0});
  CHECK(result.iterations == 0);
  Line line(2);
  const auto fit = minimise(line, {0.5, 0.25}, optim::LevenbergMarquardt{}, checked);
  CHECK(fit.stop == Stop::wrong_gradient);
  CHECK(fit.why.starts_with("residual 2, slope [0]: given 4, central difference "));
  CHECK(minimise(wrong, {-1.2, 1.0}, optim::Adam{}, checked).stop == Stop::wrong_gradient);
  const auto own = [f = square_of_ones_own(2)](const auto& x) { return f(x[0]) + x[1]; };
  CHECK(minimise(own, {3.0, 1.0}, optim::Lbfgs{}, checked).why.starts_with("x [0]: given 12, "));
}

TEST_CASE("minimise: a right gradient changes nothing but the number of evaluations") {
  Rosenbrock right(1, 1), once_more(1, 1);
  const auto plain = minimise(right, {-1.2, 1.0}, optim::Lbfgs{});
  const auto result = minimise(once_more, {-1.2, 1.0}, optim::Lbfgs{}, checked);
  CHECK(result.x == plain.x);
  CHECK(result.stop == plain.stop);
  CHECK(result.evaluations == plain.evaluations + 10);  // 2 of f, 4 for each number of magnitude 1
  const auto in_single = [](const auto& x) { return exp(x[0]) * x[1] + x[1] * x[1]; };
  CHECK(minimise(in_single, vector{0.3f, -0.7f}, optim::Lbfgs{},
                 {.iterations = 3, .check_gradient = true})
            .stop != Stop::wrong_gradient);
}

TEST_CASE("minimise: the check keeps inside the bounds, and leaves alone what they fix") {
  Logarithms f;
  const optim::LbfgsB within{{.bounds = {{1e-9, -4.0}, {5.0, 1 - 1e-9}}}};
  CHECK(minimise(f, {1e-9, 1 - 1e-9}, within, checked).stop != Stop::wrong_gradient);
  CHECK(minimise(f, {1e-9, 0.5}, optim::LbfgsB{{.bounds = {{1e-9, 0.5}, {5.0, 0.5}}}}, checked)
            .stop != Stop::wrong_gradient);
  Forgotten wrong;
  CHECK(minimise(wrong, {1.0, 0.0}, optim::LbfgsB{{.bounds = {0, 4}}}, checked).why ==
        "x [1]: given nan, central difference 3");
}

TEST_CASE(
    "minimise: a method that uses no gradient checks it as well, a local search of many not") {
  Rosenbrock wrong(2, 1);
  CHECK(minimise(wrong, {-1.2, 1.0}, optim::LocalRandomSearch{}, checked).stop ==
        Stop::wrong_gradient);
  CHECK(
      error_of([] {
        optim::Multistart(optim::Lbfgs{}, {.bounds = {0, 1}, .limits = checked});
      }) ==
      "Multistart: limits.check_gradient is for a whole run: give it to minimise, whose limits are "
      "beside these");
}
