/// Methods along directions: steepest descent, conjugate gradients, L-BFGS.

#include <cmath>

#include "tests/optim/rules/descent.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "thalweg/optim/base/vectors.hpp"
#include "thalweg/optim/line_search/fixed_step.hpp"
#include "thalweg/optim/smooth/conjugate_gradient.hpp"
#include "thalweg/optim/smooth/lbfgs.hpp"
#include "thalweg/optim/smooth/lbfgs_b.hpp"
#include "thalweg/optim/smooth/steepest_descent.hpp"

using namespace thalweg;
using namespace thalweg::optim;
using problems::continues_bitwise;
using problems::ellipse;
using problems::error_of;
using problems::Given;
using problems::rosenbrock;

namespace {

const std::vector<double> standard{-1.2, 1.0};
/// On a quadratic the second trial of a search with these is its exact minimum.
const StrongWolfe exact{{.c1 = 1e-9, .c2 = 1e-8}};

Outcome run(Objective& f, const Method& method, std::vector<double> start,
            const Limits& limits = {.gradient_norm = 1e-9}) {
  Run run(f, method, std::move(start), limits);
  while (run.advance()) {
  }
  return run.outcome();
}

}  // namespace

TEST_CASE("SteepestDescent: with an exact search on a circle it arrives in one step") {
  Given circle(
      2, [](std::span<const double> x) { return x[0] * x[0] + x[1] * x[1]; },
      [](std::span<const double> x, std::span<double> g) { g[0] = 2 * x[0], g[1] = 2 * x[1]; });
  CHECK(run(circle, SteepestDescent{{}, exact}, {3, 4}).iterations == 1);
}

TEST_CASE("SteepestDescent: with a fixed step it is gradient descent") {
  Given f = ellipse(3);
  Run descent(f, SteepestDescent{{}, FixedStep{{.step = 0.25}}}, {1, 1, 1});
  for (int k = 0; k < 4; ++k) descent.advance();
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(descent.now().x[i] == std::pow(1 - 0.25 * static_cast<double>(i + 1), 4));
}

TEST_CASE("ConjugateGradient: with exact searches a quadratic in n variables takes n iterations") {
  for (const Beta beta : {Beta::fletcher_reeves, Beta::polak_ribiere, Beta::hager_zhang}) {
    Given f = ellipse(6);
    const Outcome outcome = run(f, ConjugateGradient{{.beta = beta}, exact}, {1, -2, 3, -4, 5, -6},
                                {.gradient_norm = 1e-7});
    CHECK(outcome.converged());
    CHECK(outcome.iterations <= 6);
  }
}

TEST_CASE("Lbfgs: with exact searches on a quadratic it goes the way of conjugate gradients") {
  Given f = ellipse(5), g = ellipse(5);
  Run one(f, Lbfgs{{}, exact}, {5, 4, 3, 2, 1}),
      other(g, ConjugateGradient{{}, exact}, {5, 4, 3, 2, 1});
  for (int k = 0; k < 4; ++k) {
    one.advance();
    other.advance();
    for (std::size_t i = 0; i < 5; ++i)
      CHECK(one.now().x[i] == doctest::Approx(other.now().x[i]).epsilon(1e-6));
  }
}

TEST_CASE("Lbfgs: the inverse Hessian fulfils the secant equation H y = s") {
  Given f = rosenbrock();
  Lbfgs method;
  Point point{.x = standard};
  method.begin(f, point);
  for (int k = 0; k < 20; ++k) {
    const Point before = point;
    REQUIRE(!method.advance(f, point));
    std::vector<double> s = point.x, y = point.gradient;
    optim::detail::add_scaled(s, -1, before.x);
    optim::detail::add_scaled(y, -1, before.gradient);
    CHECK(optim::detail::dot(s, y) > 0);
    method.apply_inverse_hessian(y);
    CHECK(optim::detail::distance(y, s) <= 1e-12 * optim::detail::norm(s));
  }
}

TEST_CASE("Lbfgs: the value never rises") {
  Given f = rosenbrock();
  Run descent(f, Lbfgs{}, standard, {.gradient_norm = 1e-9});
  descent.start();
  for (double before = descent.now().value; descent.advance(); before = descent.now().value)
    CHECK(descent.now().value <= before);
  CHECK(descent.outcome().converged());
}

TEST_CASE("Lbfgs: scaling f by a power of two leaves the way as it is, after the first step") {
  Given f = rosenbrock();
  Given g(
      2, [&](std::span<const double> x) { return 1024 * f.value(x); },
      [&](std::span<const double> x, std::span<double> slope) {
        f.value_and_gradient(x, slope);
        optim::detail::scale(slope, 1024);
      });
  Run one(f, Lbfgs{}, standard), other(g, Lbfgs{}, standard);
  for (int k = 0; k < 15; ++k) {
    one.advance();
    other.advance();
  }
  CHECK(std::vector(one.now().x.begin(), one.now().x.end()) ==
        std::vector(other.now().x.begin(), other.now().x.end()));
}

TEST_CASE("LbfgsB: without bounds it solves what Lbfgs solves, in about as many iterations") {
  Given f = rosenbrock(), g = rosenbrock();
  const Outcome free = run(f, Lbfgs{}, standard), boxed = run(g, LbfgsB{}, standard);
  CHECK(boxed.converged());
  CHECK(boxed.iterations <= free.iterations + 10);
}

TEST_CASE(
    "LbfgsB: a separable quadratic ends at the clamped minimum, and f is never left outside") {
  const Bounds box({-1, 2, -3, 0.5}, {1, 3, -2, 0.75});
  const std::vector<double> target{5, 0, -2.5, -7};
  Given f(
      4,
      [&](std::span<const double> x) {
        CHECK(box.contains(x));
        double sum = 0;
        for (std::size_t i = 0; i < 4; ++i)
          sum += std::pow(10.0, static_cast<double>(i)) * (x[i] - target[i]) * (x[i] - target[i]);
        return sum;
      },
      [&](std::span<const double> x, std::span<double> g) {
        for (std::size_t i = 0; i < 4; ++i)
          g[i] = 2 * std::pow(10.0, static_cast<double>(i)) * (x[i] - target[i]);
      });
  Run descent(f, LbfgsB{{.bounds = box}}, {0, 2.5, -3, 0.6}, {.gradient_norm = 1e-9});
  while (descent.advance()) {
  }
  CHECK(descent.outcome().converged());
  CHECK(descent.best().x[0] == 1);
  CHECK(descent.best().x[1] == 2);
  CHECK(descent.best().x[2] == doctest::Approx(-2.5).epsilon(1e-10));
  CHECK(descent.best().x[3] == 0.5);
}

TEST_CASE("LbfgsB: Rosenbrock's valley is followed along a bound") {
  Given f = rosenbrock();
  const double infinity = HUGE_VAL;
  Run descent(f, LbfgsB{{.bounds = {{-infinity, -infinity}, {0.5, infinity}}}}, standard,
              {.gradient_norm = 1e-9});
  while (descent.advance()) {
  }
  CHECK(descent.outcome().converged());
  CHECK(descent.best().x[0] == 0.5);
  CHECK(descent.best().x[1] == doctest::Approx(0.25).epsilon(1e-10));
}

TEST_CASE("LbfgsB: a start at the solution's corner has converged") {
  Given f = ellipse(2);
  CHECK(run(f, LbfgsB{{.bounds = {1, 2}}}, {1, 1}).iterations == 0);
}

TEST_CASE("a wrong gradient is a failed line search, and the start is kept") {
  Given wrong(
      1, [](std::span<const double> x) { return x[0]; },
      [](std::span<const double>, std::span<double> g) { g[0] = -1; });
  const auto ends = [&](const Method& method) {
    const Outcome outcome = run(wrong, method, {2.0});
    return outcome.stop == Stop::line_search_failed && outcome.value == 2;
  };
  CHECK(ends(SteepestDescent{}));
  CHECK(ends(ConjugateGradient{}));
  CHECK(ends(Lbfgs{}));
  CHECK(ends(LbfgsB{}));
}

TEST_CASE("state saved and restored in the middle equals the uninterrupted run, along directions") {
  const auto middle = [](const Method& method) {
    continues_bitwise(method, rosenbrock, standard, 7, 19);
  };
  middle(SteepestDescent{});
  middle(SteepestDescent{{}, StrongWolfe{}});
  for (const Beta beta : {Beta::fletcher_reeves, Beta::polak_ribiere, Beta::hager_zhang})
    middle(ConjugateGradient{{.beta = beta}, StrongWolfe{{.c2 = 0.1}}});
  middle(ConjugateGradient{});
  middle(Lbfgs{{.history = 3}});
  middle(Lbfgs{{}, HagerZhang{}});
  middle(LbfgsB{{.bounds = {-2, 1}, .history = 4}});
}

TEST_CASE("methods along directions: options out of range are refused") {
  CHECK(error_of([] { SteepestDescent{{.first = 0}}; }) ==
        "SteepestDescent: first is 0; expected a finite number above 0");
  CHECK(error_of([] { SteepestDescent{{.growth = 0.5}}; }) ==
        "SteepestDescent: growth is 0.5; expected a finite number, at least 1");
  CHECK(error_of([] { ConjugateGradient{{.restart = -1}}; }) ==
        "ConjugateGradient: restart is -1; expected a number, at least 0");
  CHECK(error_of([] { Lbfgs{{.history = 0}}; }) == "Lbfgs: history is 0; expected at least 1");
  CHECK(error_of([] { LbfgsB{{.history = 0}}; }) == "LbfgsB: history is 0; expected at least 1");
  CHECK(error_of([] {
          Bounds{2, 1};
        }) == "Bounds: the lower bound 2 of coordinate 0 is above the upper 1");
  CHECK(error_of([] {
          Bounds({1, 2}, {3});
        }) == "Bounds: there are 2 lower bounds and 1 upper ones");
}

TEST_CASE("LbfgsB: a start outside the bounds is refused by its coordinate") {
  Given f = ellipse(3);
  CHECK(error_of([&] {
          run(f, LbfgsB{{.bounds = {0, 1}}}, {0.5, 3, 9});
        }) == "LbfgsB: coordinate 1 of the start is 3, outside its bounds [0, 1]");
  CHECK(error_of([&] {
          run(f, LbfgsB{{.bounds = {{0, 0}, {1, 1}}}}, {0, 0, 0});
        }) == "LbfgsB: there are bounds of 2 coordinates; the start has 3");
}
