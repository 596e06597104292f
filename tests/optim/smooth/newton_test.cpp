#include "thalweg/optim/smooth/newton.hpp"

#include "tests/close.hpp"
#include "tests/optim/rules/descent.hpp"
#include "tests/optim/smooth/known_minimum.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "tests/problems/objective.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/optim/minimise.hpp"

using namespace thalweg;
using optim::Newton;
using optim::NewtonOptions;
using optim::Run;
using optim::problems::error_of;
using optim::problems::Given;
using optim::problems::rosenbrock;
using testing::close;

namespace {

/// ½ xᵀA x − bᵀx with the solution (1, −2, 3).
const auto quadratic = [](const auto& x) {
  auto u = 4 * x[0] + x[1] - 2 * x[2];
  auto v = x[0] + 3 * x[1];
  auto w = 5 * x[2] - 2 * x[0];
  return 0.5 * (x[0] * u + x[1] * v + x[2] * w) + 4 * x[0] + 5 * x[1] - 13 * x[2];
};
/// Convex; Newton's step from |x| > 1 goes farther to the other side.
const auto bowl = [](const auto& x) { return sqrt(1 + x * x); };

std::string refusal(const NewtonOptions& options) {
  return error_of([&] { Newton newton(options); });
}

}  // namespace

TEST_CASE("Newton: one iteration solves a quadratic whose minimum the region reaches") {
  const auto f = optim::minimise(quadratic, {10.0, 20.0, -30.0},
                                 Newton{{.radius = 100, .forcing = 0}}, {.iterations = 1});
  CHECK(std::abs(f.x[0] - 1) < 1e-5);
  CHECK(std::abs(f.x[1] + 2) < 1e-5);
  CHECK(std::abs(f.x[2] - 3) < 1e-5);
}

TEST_CASE("Newton: a step never leaves the trust region, and the first one fills it") {
  auto f = rosenbrock();
  Run run(f, Newton{{.radius = 0.01}}, {-1.2, 1.0});
  run.advance();
  CHECK(close(run.now().step_norm, 0.01));
  while (run.advance()) CHECK(run.now().step_norm <= run.now().step * (1 + 1e-12));
  CHECK(run.outcome().stop == optim::Stop::gradient_norm);
}

TEST_CASE("Newton: no region is larger than the largest") {
  auto f = rosenbrock();
  Run run(f, Newton{{.radius = 0.01, .largest_radius = 0.05}}, {-1.2, 1.0});
  while (run.advance()) CHECK(run.now().step <= 0.05);
  CHECK(run.outcome().stop == optim::Stop::gradient_norm);
}

TEST_CASE("Newton: leaves a ridge along its negative curvature, to the boundary") {
  const auto valleys = [](const auto& x) { return x[0] * x[0] - x[1] * x[1] + pow(x[1], 4); };
  const std::vector start = {0.0, 1e-3};
  auto f = optim::objective(valleys, start);
  Run run(f, Newton{{.radius = 0.25}}, start);
  run.advance();
  CHECK(close(run.now().x[1], 0.251));
  while (run.advance()) {
  }
  CHECK(close(run.best().x[1], std::sqrt(0.5), {.relative = 1e-5}));
}

TEST_CASE("Newton: a rejected step costs one evaluation") {
  auto f = optim::objective(bowl, 2.0);
  Run run(f, Newton{{.radius = 100}}, {2.0});
  run.advance();  // to −8: rejected; a quarter of the way: taken
  CHECK(close(run.now().x[0], -0.5, {.relative = 1e-5}));
  CHECK(f.evaluations() == 4);  // the start, one H v, two trials
}

TEST_CASE("Newton: a trial where f is not finite is rejected") {
  const auto f = optim::minimise([](const auto& x) { return x - log(x); }, 5.0,
                                 Newton{{.radius = 100}}, {.gradient_norm = 1e-8});
  CHECK(f.stop == optim::Stop::gradient_norm);
  CHECK(close(f.x, 1, {.relative = 1e-5}));
}

TEST_CASE("Newton: reaches a gradient of 1e-8 on the smooth problems") {
  for (const test_problems::Problem& problem : test_problems::problems()) {
    if (!problem.smooth || problem.name == "Meyer") continue;  // there ‖∇f‖ is rounding below 1e-4
    CAPTURE(problem.name);
    test_problems::ProblemObjective f(problem);
    const auto result =
        optim::minimise(f, problem.start, Newton{}, {.iterations = 200, .gradient_norm = 1e-8});
    CHECK(result.stop == optim::Stop::gradient_norm);
    if (problem.name == "Biggs EXP6")
      CHECK(close(result.value, 5.65565e-3, {.relative = 1e-6}));  // a local minimum of MGH 18
    else
      CHECK(optim::problems::from_minimum(problem, result.value) < 1e-8);
  }
}

TEST_CASE("Newton: without a limit it ends by itself, down to rounding") {
  auto f = rosenbrock();
  const auto result = optim::minimise(f, {-1.2, 1.0}, Newton{}, {.gradient_norm = {}});
  CHECK(result.stop == optim::Stop::method_converged);
  CHECK(std::abs(result.x[0] - 1) < 1e-12);
}

TEST_CASE("Newton: a function that rises where it should fall is told in words") {
  Given f(
      1, [](std::span<const double> x) { return 2 + x[0]; },
      [](std::span<const double>, std::span<double> g) { g[0] = -1; });
  const auto result = optim::minimise(f, {1.0}, Newton{});
  CHECK(result.stop == optim::Stop::line_search_failed);
  CHECK(result.why == "steps from 1 down to 3.55e-15 were to lower f = 3, by up to 1; none did");
  CHECK(result.x == std::vector{1.0});
}

TEST_CASE("Newton: a run restored in the middle goes on bitwise equal") {
  const Newton other;
  optim::problems::continues_bitwise(Newton{{.radius = 0.5, .grow = 3}}, rosenbrock, {-1.2, 1.0}, 7,
                                     14, &other);
}

TEST_CASE("Newton: options out of range are refused") {
  CHECK(refusal({.radius = 0}) == "Newton: radius is 0; expected a finite number above 0");
  CHECK(refusal({.radius = 2, .largest_radius = 1}) ==
        "Newton: largest_radius is 1; expected at least the radius");
  CHECK(refusal({.acceptance = 0.25}) ==
        "Newton: acceptance is 0.25; expected a number in [0, 1/4)");
  CHECK(refusal({.shrink = 1}) == "Newton: shrink is 1; expected a number in (0, 1)");
  CHECK(refusal({.grow = 1}) == "Newton: grow is 1; expected a finite number above 1");
  CHECK(refusal({.forcing = std::nan("")}) ==
        "Newton: forcing is nan; expected a number in [0, 1)");
  CHECK(refusal({.inner_iterations = 0}) == "Newton: inner_iterations is 0; expected at least 1");
}
