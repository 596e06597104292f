#include "thalweg/optim/minimise.hpp"

#include <doctest/doctest.h>

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "thalweg/autodiff/derive/check_gradient.hpp"
#include "thalweg/autodiff/derive/differentiate.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/autodiff/tensor/parameter.hpp"
#include "thalweg/optim/rules/adam.hpp"
#include "thalweg/optim/rules/gradient_descent.hpp"
#include "thalweg/optim/smooth/lbfgs.hpp"
#include "thalweg/optim/smooth/levenberg_marquardt.hpp"

using namespace thalweg;
using optim::Lbfgs;
using optim::minimise;
using optim::Stop;
using optim::problems::error_of;
using testing::close;

namespace {

const auto rosenbrock = [](const auto& x) {
  auto a = 1 - x[0];
  auto b = x[1] - x[0] * x[0];
  return a * a + 100 * b * b;
};
const auto parabola = [](const auto& x) { return (x[0] - 3) * (x[0] - 3); };

template <class Number>
struct Point2 {
  Number x, y;
};

bool near(double a, double b) { return bool(close(a, b, {.relative = 1e-6})); }

}  // namespace

TEST_CASE("minimise: the start decides how f is called, and the point has its type") {
  const optim::Limits tight{.gradient_norm = 1e-9};
  SUBCASE("a number") {
    const auto result = minimise([](auto x) { return (x - 2) * (x - 2); }, 0.5, Lbfgs{}, tight);
    static_assert(std::is_same_v<decltype(result.x), double>);
    CHECK(near(result.x, 2));
  }
  SUBCASE("numbers in braces, a vector of float, an array") {
    CHECK(near(minimise(rosenbrock, {-1.2, 1.0}, Lbfgs{}, tight).x[0], 1));
    CHECK(near(minimise(parabola, std::vector{1.0f}, Lbfgs{}, {.gradient_norm = 1e-4}).x[0], 3));
    CHECK(near(minimise(rosenbrock, std::array{-1.2, 1.0}, Lbfgs{}, tight).x[1], 1));
  }
  SUBCASE("a tensor") {
    const Tensor<double> target = {{1, 2}, {3, 4}};
    const auto f = [&](const auto& x) { return sum(square(x - target)); };
    const auto result = minimise(f, Tensor<double>{{0, 0}, {0, 0}}, Lbfgs{}, tight);
    CHECK(result.x.shape() == Shape{2, 2});
    CHECK(near(result.x(1, 0).value(), 3));
  }
  SUBCASE("several arguments") {
    const auto f = [](auto x, const auto& y) {
      return (x - 1) * (x - 1) + sum(square(y + 2)).scalars()[0];
    };
    const auto result = minimise(f, std::tuple(0.0, Tensor<double>{5.0, 6.0}), Lbfgs{}, tight);
    CHECK(near(std::get<0>(result.x), 1));
    CHECK(near(std::get<1>(result.x).data()[1], -2));
  }
  SUBCASE("a struct that is a template of its number") {
    const auto f = [](const auto& c) { return (c.x - 1) * (c.x - 1) + (c.y + 2) * (c.y + 2); };
    const Point2<double> at = minimise(f, Point2<double>{4, 5}, Lbfgs{}, tight).x;
    CHECK(near(at.x, 1));
    CHECK(near(at.y, -2));
  }
  SUBCASE("parameters, which end at the best point") {
    Parameter<float> w(Tensor<float>{1, 5});
    const ParameterList<float> parameters{{"w", &w}};
    const auto loss = [&] { return sum(square(w - 3)); };
    const auto result = minimise(loss, parameters, Lbfgs{}, {.gradient_norm = 1e-4});
    CHECK(result.converged());
    CHECK(near(w.value().data()[1], 3));
  }
  SUBCASE("an objective with its own gradient") {
    struct Sphere final : optim::Objective {
      Sphere() : Objective(2) {}
      double evaluate(std::span<const double> x) const override {
        return x[0] * x[0] + x[1] * x[1];
      }
      double differentiate(std::span<const double> x, std::span<double> g) const override {
        g[0] = 2 * x[0], g[1] = 2 * x[1];
        return evaluate(x);
      }
    } sphere;
    CHECK(minimise(sphere, {3, 4}, Lbfgs{}, tight).value < 1e-16);
  }
}

TEST_CASE("minimise: an update rule makes the same steps as by hand") {
  const optim::Adam adam{{.rate = 0.05}};
  const auto result = minimise(rosenbrock, {-1.2, 1.0}, adam, {.iterations = 40});
  Parameter<double> w(Tensor<double>{-1.2, 1.0});
  const ParameterList<double> parameters{{"x", &w}};
  optim::Adam by_hand = adam;
  for (int k = 0; k < 40; ++k) {
    Tape tape;
    const Var<double> loss = rosenbrock(Tensor<double>(w).scalars());
    by_hand.step(parameters, tape.backward(loss));
  }
  CHECK(result.x == w.value().to_vector());
  CHECK(result.stop == Stop::iterations);
  CHECK(result.iterations == 40);
  CHECK(result.evaluations == 41);
  CHECK(adam.steps() == 0);  // minimise works on a copy
}

TEST_CASE("minimise: NaN at the start is a status, not an exception") {
  const auto f = [](const auto& x) { return log(x[0]); };
  const auto result = minimise(f, {-1.0}, Lbfgs{});
  CHECK(result.stop == Stop::nonfinite_start);
  CHECK(result.why == "f = nan and ‖∇f‖ = 1 at the start");
  CHECK(result.x == std::vector{-1.0});
  CHECK(!result);
}

TEST_CASE("minimise: a run that becomes NaN returns the best point it saw") {
  const auto f = [](const auto& x) { return log(x[0]); };
  const auto result = minimise(f, {2.0}, optim::GradientDescent{{.rate = 3}});
  CHECK(result.stop == Stop::nonfinite_value);
  CHECK(result.x[0] == 0.5);  // 2 − 3 · ½; the next step leads to 0.5 − 3 · 2
  CHECK(close(result.value, std::log(0.5), {.relative = 1e-5}));
}

TEST_CASE("minimise: line searches step back from where f is not defined") {
  const auto f = [](const auto& x) { return x[0] - log(x[0]); };
  const auto result = minimise(f, {0.01}, Lbfgs{}, {.gradient_norm = 1e-8});
  CHECK(result.converged());
  CHECK(near(result.x[0], 1));
}

TEST_CASE("minimise: a diverging run returns the best point it saw") {
  const auto result =
      minimise(parabola, {0.0}, optim::GradientDescent{{.rate = 1.5}}, {.iterations = 10});
  CHECK(result.x[0] == 0);
  CHECK(result.value == 9);
}

TEST_CASE("minimise: no iterations evaluate the start and return it") {
  const auto result = minimise(parabola, {1.0}, Lbfgs{}, {.iterations = 0});
  CHECK(result.stop == Stop::iterations);
  CHECK(result.evaluations == 1);
  CHECK(result.value == 4);
}

TEST_CASE("minimise: every limit can end a run") {
  const auto stop = [](const optim::Limits& limits) {
    return minimise(rosenbrock, {-1.2, 1.0}, Lbfgs{}, limits).stop;
  };
  CHECK(stop({.gradient_norm = 1e-3}) == Stop::gradient_norm);
  CHECK(stop({.gradient_norm = {}, .value = 1}) == Stop::value);
  CHECK(stop({.gradient_norm = {}, .value_change = 1e-9}) == Stop::value_change);
  CHECK(stop({.gradient_norm = {}, .relative_value_change = 1e-2}) == Stop::relative_value_change);
  CHECK(stop({.gradient_norm = {}, .step = 1e-4}) == Stop::step);
  CHECK(stop({.gradient_norm = {}, .relative_step = 1e-4}) == Stop::relative_step);
  CHECK(stop({.evaluations = 5}) == Stop::evaluations);
  CHECK(stop({.seconds = 0}) == Stop::seconds);
}

TEST_CASE("minimise: a window compares with the value so many iterations ago") {
  // Under w ← w / 2 the value w² falls by 3/4 per iteration, and by 15/16 over two.
  const auto f = [](const auto& x) { return x[0] * x[0]; };
  const optim::GradientDescent halving{{.rate = 0.25}};
  const auto run = [&](Index window) {
    return minimise(f, {1.0}, halving,
                    {.gradient_norm = {}, .value_change = 15.0 / 256, .window = window})
        .iterations;
  };
  CHECK(run(1) == 3);  // 3/4 · 4⁻² = 12/256
  CHECK(run(2) == 4);  // 15/16 · 4⁻² = 15/256, met at equality
}

TEST_CASE("minimise: a function that does not depend on x has converged at the start") {
  const auto f = [](const auto&) { return 7.0; };
  const auto result = minimise(f, {1.0, 2.0}, Lbfgs{});
  CHECK(result.stop == Stop::gradient_norm);
  CHECK(result.value == 7);
}

TEST_CASE("minimise: another tape of the caller records nothing of it") {
  Tape tape;
  const Var<double> x = tape.variable(2.0);
  const std::size_t before = tape.statements();
  const auto result = minimise(parabola, {x.value()}, Lbfgs{});
  CHECK(tape.statements() == before);
  CHECK(near(result.x[0], 3));
}

TEST_CASE("minimise: a start on a tape that lives is refused, its value is not") {
  Tape tape;
  const Var<double> x = tape.variable(2.0);
  const std::string message =
      "Tape: an argument of gradient, jacobian, check_gradient or minimise is recorded by an "
      "enclosing tape, and gradients are not differentiated again yet; give x.detach() or "
      "x.value(), then the result is a constant";
  const auto f = [](const auto& w) { return sum((w - 3) * (w - 3)); };
  CHECK(error_of([&] { minimise(f, Tensor(Tensor<double>{1, 2} * x), Lbfgs{}); }) == message);
  CHECK(error_of([&] { minimise(f, tape.variable(Tensor<double>{1, 2}), Lbfgs{}); }) == message);
  const Tensor<double> start = (Tensor<double>{1, 2} * x).detach();
  CHECK(near(minimise(f, start, Lbfgs{}).x.data()[0], 3));
}

TEST_CASE("minimise: a loss of gradients or residuals of gradients are refused") {
  const auto slope = [](const auto& w) {
    const Tensor<double> at = w.detach();
    return gradient([](const auto& u) { return sum(u * u * u); }, at);
  };
  const Tensor<double> start = {1, 2};
  const std::string message =
      "backward: the loss is made of gradients alone, and gradients are not differentiated again "
      "yet; detach() makes constants of them, for a loss of what is recorded";
  CHECK(error_of([&] { minimise([&](const auto& w) { return sum(slope(w)); }, start, Lbfgs{}); }) ==
        message);
  CHECK(error_of([&] { minimise(slope, start, optim::LevenbergMarquardt{}); }) == message);
}

TEST_CASE("minimise: a tape around it that holds the parameters refuses their new values") {
  Parameter<double> w(Tensor<double>{1, 2});
  const ParameterList<double> parameters = {{"w", &w}};
  Tape tape;
  const Tensor before = sum(w * w);
  minimise([&] { return sum((w - 3) * (w - 3)); }, parameters, Lbfgs{});
  CHECK(near(w.value().data()[0], 3));
  CHECK(error_of([&] { sum(w * w); }) ==
        "Parameter: its value has changed while the tape holds it; a tape lasts one step: make it "
        "anew for the next one, or call clear()");
}

TEST_CASE("minimise: what f throws is thrown on") {
  const auto f = [](const auto& x) -> Var<double> {
    if (x[0].value() > 2) throw std::runtime_error("far enough");
    return (x[0] - 3) * (x[0] - 3);
  };
  CHECK(error_of([&] { minimise(f, {0.0}, Lbfgs{}); }) == "far enough");
}

TEST_CASE("minimise: misuse is one clear error") {
  CHECK(error_of([] { minimise(parabola, std::vector<double>{}, Lbfgs{}); }) ==
        "minimise: the start has no numbers to vary");
  CHECK(error_of([] { minimise(parabola, {0.0}, Lbfgs{}, {.window = 0}); }) ==
        "Limits: window is 0; expected at least 1");
  auto f = optim::objective(parabola, std::vector{1.0});
  CHECK(error_of([&] {
          optim::Run run(f, Lbfgs{}, {1.0, 2.0});
        }) == "Lbfgs: the start has 2 numbers; the function takes 1");
}

TEST_CASE("minimise: the result prints its reason with its numbers") {
  const auto result = minimise(parabola, {3.0}, Lbfgs{}, {.gradient_norm = 0.5});
  const std::string text = fmt::format("{}", result);
  CHECK(text.find("gradient_norm after 0 iterations, 1 evaluations, ") == 0);
  CHECK(text.find("f = 0 (‖∇f‖ = 0 ≤ 0.5)") != std::string::npos);
}
