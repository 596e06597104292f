/// What a minimisation comes to does not depend on the units of f and x.

#include <cmath>
#include <memory>

#include "tests/close.hpp"
#include "tests/optim/global/laws.hpp"
#include "tests/optim/rules/descent.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/optim/global/cma_es.hpp"
#include "thalweg/optim/global/differential_evolution.hpp"
#include "thalweg/optim/global/genetic.hpp"
#include "thalweg/optim/global/multistart.hpp"
#include "thalweg/optim/global/particle_swarm.hpp"
#include "thalweg/optim/global/random_search.hpp"
#include "thalweg/optim/global/simulated_annealing.hpp"
#include "thalweg/optim/minimise.hpp"
#include "thalweg/optim/rules/gradient_descent.hpp"
#include "thalweg/optim/smooth/conjugate_gradient.hpp"
#include "thalweg/optim/smooth/gauss_newton.hpp"
#include "thalweg/optim/smooth/lbfgs.hpp"
#include "thalweg/optim/smooth/lbfgs_b.hpp"
#include "thalweg/optim/smooth/levenberg_marquardt.hpp"
#include "thalweg/optim/smooth/newton.hpp"
#include "thalweg/optim/smooth/steepest_descent.hpp"

using namespace thalweg;
using namespace thalweg::optim;
using laws::Problem;
using problems::Given;
using testing::close;
using View = std::span<const double>;

namespace {

/// The units: of f, and of x.
struct Units {
  double f = 1, x = 1;
};

/// c ((u − 3)² + 10 (v + 1)² + (u − 3)⁴ / 100),  (u, v) = x / s.
Given valley(const Units& units) {
  const double c = units.f, s = units.x;
  return Given(
      2,
      [=](View x) {
        const double u = x[0] / s - 3, v = x[1] / s + 1;
        return c * (u * u + 10 * v * v + 0.01 * u * u * u * u);
      },
      [=](View x, std::span<double> g) {
        const double u = x[0] / s - 3, v = x[1] / s + 1;
        g[0] = c / s * (2 * u + 0.04 * u * u * u);
        g[1] = c / s * (20 * v);
      });
}

std::vector<std::unique_ptr<Method>> descents() {
  const StrongWolfe wolfe{{.c2 = 0.1}};
  std::vector<std::unique_ptr<Method>> all;
  const auto add = [&](const Method& method) { all.push_back(method.clone()); };
  add(SteepestDescent{});
  add(SteepestDescent{{}, HagerZhang{}});
  for (const Beta beta : {Beta::fletcher_reeves, Beta::polak_ribiere, Beta::hager_zhang})
    add(ConjugateGradient{{.beta = beta}, wolfe});
  add(ConjugateGradient{});
  add(Lbfgs{});
  add(Lbfgs{{}, HagerZhang{}});
  add(LbfgsB{});
  add(Newton{});
  return all;
}

std::vector<std::unique_ptr<Method>> searches() {
  std::vector<std::unique_ptr<Method>> all;
  const auto add = [&](const Method& method) { all.push_back(method.clone()); };
  add(LocalRandomSearch{});
  add(CmaEs{});
  add(Genetic{{.mutation_rate = 0}});
  add(DifferentialEvolution{});
  add(ParticleSwarm{});
  add(SimulatedAnnealing{});
  return all;
}

Outcome run(Objective& f, const Method& method, std::vector<double> start, std::vector<double>& x,
            const Limits& limits = {}) {
  Run run(f, method, std::move(start), limits);
  while (run.advance()) {
  }
  x = run.best().x;
  return run.outcome();
}
Outcome run(Objective& f, const Method& method, std::vector<double> start) {
  std::vector<double> x;
  return run(f, method, std::move(start), x);
}

/// Of one number, without a tape.
Given of(double (*value)(double), double (*slope)(double)) {
  return Given(
      1, [=](View x) { return value(x[0]); },
      [=](View x, std::span<double> g) { g[0] = slope(x[0]); });
}

}  // namespace

TEST_CASE("units: a parabola of any size is followed to its minimum, from the origin too") {
  const auto end = [](double c) {
    const auto f = [=](const auto& x) { return c * (x[0] - 3) * (x[0] - 3); };
    const auto result = minimise(f, {0.0}, Lbfgs{});
    CHECK(result.stop == Stop::gradient_norm);
    return result.x[0];
  };
  for (const double c : {1e-8, 1e8, 1e-20, 1e-100, 1e100, 1e-250, 1e250})
    CHECK(close(end(c), 3, {1e-7}));
}

TEST_CASE("units: by default every method comes to the minimum in whatever units f and x are") {
  for (const auto& method : descents()) {
    CAPTURE(std::string(method->kind()));
    for (const double c : {1.0, 1e-8, 1e8, 1e-20, 1e20})
      for (const double s : {1.0, 1e-6, 1e6}) {
        CAPTURE(c);
        CAPTURE(s);
        for (const double from : {0.0, 1.0}) {
          Given f = valley({c, s});
          std::vector<double> x;
          CHECK(run(f, *method, {from * s, from * s}, x).converged());
          CHECK(close(x, {3 * s, -s}, {1e-6}));
        }
      }
  }
}

TEST_CASE("units: powers of two change nothing on the way, to the bit") {
  const Units other{.f = std::ldexp(1, 40), .x = std::ldexp(1, -30)};
  for (const auto& method : descents()) {
    CAPTURE(std::string(method->kind()));
    Given f = valley({}), g = valley(other);
    Run one(f, *method, {1, 1}), two(g, *method, {other.x, other.x});
    for (bool more = true; more;) {
      more = one.advance();
      REQUIRE(two.advance() == more);
      for (std::size_t i = 0; i < 2; ++i) REQUIRE(two.now().x[i] == one.now().x[i] * other.x);
    }
    CHECK(two.outcome().stop == one.outcome().stop);
    CHECK(two.outcome().evaluations == one.outcome().evaluations);
  }
}

TEST_CASE("units: nor do they within a box, at whose bounds the run ends") {
  const Units other{.f = std::ldexp(1, 40), .x = std::ldexp(1, -30)};
  for (const double top : {0.5, 2.0}) {
    const auto boxed = [&](double s) {
      return LbfgsB{{.bounds = {{-s, -0.5 * s}, {top * s, 4 * s}}}};
    };
    Given f = valley({}), g = valley(other);
    Run one(f, boxed(1), {0.25, 1}), two(g, boxed(other.x), {0.25 * other.x, other.x});
    for (bool more = true; more;) {
      more = one.advance();
      REQUIRE(two.advance() == more);
      for (std::size_t i = 0; i < 2; ++i) REQUIRE(two.now().x[i] == one.now().x[i] * other.x);
    }
    CHECK(one.outcome().stop == Stop::gradient_norm);
    CHECK(one.best().x == std::vector{top, -0.5});
    CHECK(two.outcome().stop == Stop::gradient_norm);
  }
}

TEST_CASE("units: nor do they on the way of a search, which ends by its own criterion") {
  const Units other{.f = std::ldexp(1, -40), .x = std::ldexp(1, -30)};
  const auto value = [](const Units& units) {
    return [units](View x) {
      return units.f * laws::sphere(std::vector{x[0] / units.x - 0.5, x[1] / units.x});
    };
  };
  for (const auto& method : searches()) {
    CAPTURE(std::string(method->kind()));
    Problem f(2, value({})), g(2, value(other));
    std::vector<double> x, y;
    const Outcome one = run(f, *method, {1, 2}, x),
                  two = run(g, *method, {other.x, 2 * other.x}, y);
    CHECK(one.stop == Stop::method_converged);
    CHECK(two.stop == one.stop);
    CHECK(two.evaluations == one.evaluations);
    CHECK(y == std::vector{x[0] * other.x, x[1] * other.x});
    CHECK(one.value < (method->kind() == std::string("Genetic") ? 0.1 : 1e-10));
  }
}

TEST_CASE("units: least squares end by the angles alone, the residuals as small as one likes") {
  const auto fit = [](double c, const auto& method) {
    const auto r = [=](const std::vector<Var<double>>& x) {
      std::vector<Var<double>> all;
      for (int t = 0; t < 5; ++t) all.push_back(c * (x[0] * exp(-0.5 * t * x[1]) - 2.0 / (1 + t)));
      return all;
    };
    const auto result = minimise(r, {1.0, 1.0}, method);
    CHECK(result.stop == Stop::method_converged);
    return result.x;
  };
  for (const double c : {1e-30, 1e-8, 1e8, 1e30}) {
    CHECK(close(fit(c, LevenbergMarquardt{}), fit(1, LevenbergMarquardt{}), {1e-9}));
    CHECK(close(fit(c, GaussNewton{}), fit(1, GaussNewton{}), {1e-9}));
  }
}

TEST_CASE("units: the usual limit of the gradient is a share of the first one") {
  const auto f = [](const auto& x) { return 1e-8 * (x[0] - 3) * (x[0] - 3); };
  const auto halving = GradientDescent{{.rate = 0.25e8}};  // the distance halves
  const auto result = minimise(f, {0.0}, halving);
  CHECK(result.stop == Stop::gradient_norm);
  CHECK(result.iterations == 27);  // 2⁻²⁷ ≤ 1e-8 < 2⁻²⁶
  CHECK(result.why == "‖∇f‖ = 4.47e-16 ≤ 1e-08 ‖∇f(x₀)‖");
  const auto looser = minimise(f, {0.0}, halving, {.gradient_norm = of_first(0.125)});
  CHECK(looser.iterations == 3);
}

TEST_CASE("a limit that is met at the start is reported as such, unless the gradient is zero") {
  const auto f = [](const auto& x) { return 1e-8 * (x[0] - 3) * (x[0] - 3); };
  const auto met = minimise(f, {0.0}, Lbfgs{}, {.gradient_norm = 1e-6});
  CHECK(met.stop == Stop::at_start);
  CHECK(met.why == "‖∇f‖ = 6e-08 ≤ 1e-06, at the start");
  CHECK(!met);
  CHECK(name(met.stop) == "at_start");
  CHECK(minimise(f, {0.0}, Lbfgs{}, {.value = 1}).stop == Stop::at_start);

  const auto there = minimise(f, {3.0}, Lbfgs{});
  CHECK(there.stop == Stop::gradient_norm);
  CHECK(there.iterations == 0);
  CHECK(there.converged());
}

TEST_CASE("a run that finds nothing better than its start has not converged") {
  // Nothing but rounding is left.
  for (const auto& method : descents()) {
    if (method->kind() == std::string("Newton")) continue;  // it asks the gradient, which is wrong
    CAPTURE(std::string(method->kind()));
    Given f(
        1, [](View x) { return 1 + (x[0] - 3) * (x[0] - 3); },
        [](View x, std::span<double> g) { g[0] = 1e-13 + 0 * x[0]; });
    const Outcome outcome = run(f, *method, {3});
    CHECK(outcome.stop == Stop::at_start);
    CHECK(outcome.why.find("down to rounding: ") == 0);
    CHECK(outcome.why.find("; nothing better than the start was found") != std::string::npos);
  }
  const auto half = [](const std::vector<Var<double>>& x) {
    return std::vector<Var<double>>{x[0] - 3 + 1e-14, 1 - 0 * x[0]};
  };
  CHECK(minimise(half, {3.0}, LevenbergMarquardt{}).stop == Stop::at_start);
}

TEST_CASE("f that falls without end is told as unbounded, by every method") {
  const Given falling[] = {
      of([](double x) { return -x; }, [](double) { return -1.0; }),
      of([](double x) { return -x * x; }, [](double x) { return -2 * x; }),
      of([](double x) { return x * x * x; }, [](double x) { return 3 * x * x; }),
      of([](double x) { return -std::exp(x); }, [](double x) { return -std::exp(x); }),
      of([](double x) { return -1e-20 * x * x; }, [](double x) { return -2e-20 * x; }),
  };
  for (const auto& method : descents())
    for (std::size_t k = 0; k < std::size(falling); ++k) {
      CAPTURE(std::string(method->kind()));
      CAPTURE(k);
      Given f = falling[k];
      const Outcome outcome = run(f, *method, {-1});
      CHECK(outcome.stop == Stop::unbounded);
      CHECK(outcome.why.find("f falls without end: to -inf, from f = -") == 0);
      CHECK(outcome.value < -1e44);
    }
}

TEST_CASE("f that is minus infinity ends a run as unbounded, at the start and under a rule") {
  const auto f = [](const auto& x) { return log(x[0]); };
  const auto start = minimise(f, {0.0}, Lbfgs{});
  CHECK(start.stop == Stop::unbounded);
  CHECK(start.why == "f = -inf at the start");
  const auto rule = minimise(f, {1.0}, GradientDescent{{.rate = 1}});  // to 0 in one step
  CHECK(rule.stop == Stop::unbounded);
  CHECK(rule.why == "f falls without end: f = -inf");
  CHECK(rule.x[0] == 1);
}

TEST_CASE("Multistart: where its method falls without end, it says so") {
  Given f = of([](double x) { return -x; }, [](double) { return -1.0; });
  CHECK(run(f, Multistart{Lbfgs{}, {.starts = 5, .bounds = {-1, 1}}}, {0.5}).stop ==
        Stop::unbounded);
}

TEST_CASE("Lbfgs: the first step to try is a hundredth of the start, or of what f tells there") {
  const auto first_step = [](const LbfgsOptions& options, double from) {
    std::vector<double> seen;
    Given f(
        1, [&](View x) { return seen.push_back(x[0]), (x[0] - 300) * (x[0] - 300); },
        [](View x, std::span<double> g) { g[0] = 2 * (x[0] - 300); });
    Run run(f, Lbfgs{options}, {from});
    run.advance();
    return seen[1] - from;
  };
  CHECK(close(first_step({}, 5), 0.05, {1e-12}));
  CHECK(close(first_step({}, 0), 1.5, {1e-12}));  // 300² / 100 · 600
  CHECK(close(first_step({.first_length = 7}, 5), 7, {1e-12}));
  CHECK_THROWS_WITH((Lbfgs{{.first_length = 0}}),
                    "Lbfgs: first_length is 0; expected a finite number above 0");
}

TEST_CASE("SimulatedAnnealing: without a temperature it begins with what moves change f by") {
  const auto first = [](double c) {
    Problem f(1, [=](View x) { return c * x[0]; });
    Run run(f, SimulatedAnnealing{{.radius = 2, .seed = 4}}, {1.0});
    run.start();
    CHECK(run.now().evaluations == 21);
    return run.now().step;
  };
  CHECK(close(first(1), 2 * std::sqrt(2 / std::numbers::pi), {.relative = 0.4}));
  CHECK(close(first(1024), 1024 * first(1)));
}
