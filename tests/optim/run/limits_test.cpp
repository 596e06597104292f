#include "thalweg/optim/run/limits.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "tests/optim/smooth/problems.hpp"

using namespace thalweg;
using optim::Iterate;
using optim::Limits;
using optim::Stop;
using optim::problems::error_of;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// An iterate that is far from every limit.
Iterate far() {
  return {.iteration = 5,
          .value = 3,
          .gradient_norm = 7,
          .step_norm = 2,
          .x_norm = 9,
          .largest_x_norm = 9,
          .past_value = 4,
          .best_value = 3,
          .best_iteration = 5,
          .evaluations = 8,
          .seconds = 1};
}

/// Limits of which none is given but the iterations.
Limits none() { return {.iterations = 1000, .gradient_norm = {}}; }

/// Is `limit` met at exactly this value and not one rounding beside it?
template <class Set, class Is>
void met_at_equality(Stop stop, Set&& set, Is&& is, double at) {
  CAPTURE(name(stop));
  Limits limits = none();
  set(limits);
  Iterate now = far();
  is(now, at);
  CHECK(first_met(now, limits) == stop);
  is(now, std::nextafter(at, 1e300));
  CHECK(first_met(now, limits) == std::nullopt);
}

}  // namespace

TEST_CASE("limits: what is not given is not tested") { CHECK(!first_met(far(), none())); }

TEST_CASE("limits: each upper limit is met at equality and not beyond it") {
  met_at_equality(
      Stop::gradient_norm, [](Limits& l) { l.gradient_norm = 0.5; },
      [](Iterate& now, double at) { now.gradient_norm = at; }, 0.5);
  met_at_equality(
      Stop::value, [](Limits& l) { l.value = -2; }, [](Iterate& now, double at) { now.value = at; },
      -2);
  met_at_equality(
      Stop::value_change, [](Limits& l) { l.value_change = 0.25; },
      [](Iterate& now, double at) { now.value = 0, now.past_value = at; }, 0.25);
  met_at_equality(
      Stop::relative_value_change, [](Limits& l) { l.relative_value_change = 0.5; },
      [](Iterate& now, double at) { now.value = 4, now.past_value = at; }, 8);
  met_at_equality(
      Stop::step, [](Limits& l) { l.step = 0.5; },
      [](Iterate& now, double at) { now.step_norm = at; }, 0.5);
  met_at_equality(
      Stop::relative_step, [](Limits& l) { l.relative_step = 0.25; },
      [](Iterate& now, double at) { now.largest_x_norm = 4, now.step_norm = at; }, 1);
  met_at_equality(
      Stop::gradient_norm, [](Limits& l) { l.gradient_norm = optim::of_first(0.25); },
      [](Iterate& now, double at) { now.first_gradient_norm = 2, now.gradient_norm = at; }, 0.5);
}

TEST_CASE("limits: each lower limit is met at equality and not before it") {
  Iterate now = far();
  const auto met = [&](Limits limits) { return first_met(now, limits); };
  CHECK(met({.iterations = 5, .gradient_norm = {}}) == Stop::iterations);
  CHECK(!met({.iterations = 6, .gradient_norm = {}}));
  CHECK(met({.evaluations = 8, .gradient_norm = {}}) == Stop::evaluations);
  CHECK(!met({.evaluations = 9, .gradient_norm = {}}));
  CHECK(met({.seconds = 1, .gradient_norm = {}}) == Stop::seconds);
  CHECK(!met({.seconds = 1.0000001, .gradient_norm = {}}));
  now.best_iteration = 2;
  CHECK(met({.gradient_norm = {}, .no_improvement = 3}) == Stop::no_improvement);
  CHECK(!met({.gradient_norm = {}, .no_improvement = 4}));
}

TEST_CASE("limits: a number that is not known meets no limit") {
  Iterate now = far();
  now.gradient_norm = now.past_value = unknown;
  CHECK(!first_met(now, {.gradient_norm = 1e300, .value_change = 1e300}));
}

TEST_CASE("limits: there is no step to be short before the first iteration") {
  Iterate now = far();
  now.iteration = 0;
  now.step_norm = 0;
  CHECK(!first_met(now, {.gradient_norm = {}, .step = 1, .relative_step = 1}));
}

TEST_CASE("limits: tolerances come before budgets, and only they mean convergence") {
  CHECK(first_met(far(), {.iterations = 5, .gradient_norm = 7}) == Stop::gradient_norm);
  CHECK(converged(Stop::gradient_norm));
  CHECK(converged(Stop::method_converged));
  for (const Stop stop : {Stop::no_improvement, Stop::iterations, Stop::seconds, Stop::observer,
                          Stop::nonfinite_start, Stop::wrong_gradient, Stop::line_search_failed,
                          Stop::at_start, Stop::unbounded})
    CHECK(!converged(stop));
}

TEST_CASE("limits: the explanation is the inequality with its numbers") {
  CHECK(explain(Stop::gradient_norm, far(), {.gradient_norm = 7}) == "‖∇f‖ = 7 ≤ 7");
  CHECK(explain(Stop::gradient_norm, far(), {}) == "‖∇f‖ = 7 ≤ 1e-08 ‖∇f(x₀)‖");
  CHECK(explain(Stop::relative_step, far(), {.relative_step = 0.5}) == "‖Δx‖ = 2 ≤ 0.5 max ‖x‖");
  CHECK(explain(Stop::iterations, far(), {.iterations = 4}) == "iterations 5 ≥ 4");
}

TEST_CASE("limits: none that is on by default has a unit") {
  const Limits limits;
  CHECK(!limits.value);
  CHECK(!limits.value_change);
  CHECK(!limits.step);
  Iterate now = far();
  now.first_gradient_norm = 1e20;
  CHECK(first_met(now, limits) == Stop::gradient_norm);  // 7 ≤ 1e-8 · 1e20
  now.first_gradient_norm = 100;
  now.gradient_norm = 1e-5;
  CHECK(!first_met(now, limits));
}

TEST_CASE("limits: those out of range are refused") {
  CHECK(error_of([] { Limits{.gradient_norm = optim::of_first(-1)}.validate(); }) ==
        "Limits: gradient_norm is -1; expected a number, at least 0");
  CHECK(error_of([] { Limits{.gradient_norm = -1}.validate(); }) ==
        "Limits: gradient_norm is -1; expected a number, at least 0");
  CHECK(error_of([] { Limits{.iterations = -3}.validate(); }) ==
        "Limits: iterations is -3; expected a number, at least 0");
  CHECK(error_of([] { Limits{.value = unknown}.validate(); }) ==
        "Limits: value is nan; expected a number");
  CHECK(error_of([] { Limits{.window = 0}.validate(); }) ==
        "Limits: window is 0; expected at least 1");
  CHECK(error_of([] { Limits{.no_improvement = 0}.validate(); }) ==
        "Limits: no_improvement is 0; expected at least 1");
}
