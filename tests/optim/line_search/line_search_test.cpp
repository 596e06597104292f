#include "thalweg/optim/line_search/line_search.hpp"

#include <cmath>

#include "tests/close.hpp"
#include "tests/optim/rules/descent.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "thalweg/optim/line_search/armijo.hpp"
#include "thalweg/optim/line_search/fixed_step.hpp"
#include "thalweg/optim/line_search/hager_zhang.hpp"
#include "thalweg/optim/line_search/strong_wolfe.hpp"

using namespace thalweg;
using testing::close;
using namespace thalweg::optim;
using problems::error_of;
using problems::Given;

namespace {

/// φ(α) and φ′(α) as a function of one number, from α = 0 in direction 1.
struct OnLine {
  Given f;
  Point from;
  std::vector<double> direction{1.0};

  OnLine(double (*value)(double), double (*slope)(double))
      : f(
            1, [=](std::span<const double> x) { return value(x[0]); },
            [=](std::span<const double> x, std::span<double> g) { g[0] = slope(x[0]); }) {
    from.x = {0.0};
    evaluate_with_gradient(f, from);
  }
  Line line() { return Line(f, from, direction); }
};

// The first three functions of J. J. Moré and D. J. Thuente, "Line search algorithms with
// guaranteed sufficient decrease", ACM TOMS 20, 1994, and a fourth that is not defined beyond 1.
OnLine first() {
  return {[](double a) { return -a / (a * a + 2); },
          [](double a) { return (a * a - 2) / ((a * a + 2) * (a * a + 2)); }};
}
OnLine second() {
  return {[](double a) { return std::pow(a + 0.004, 5) - 2 * std::pow(a + 0.004, 4); },
          [](double a) { return 5 * std::pow(a + 0.004, 4) - 8 * std::pow(a + 0.004, 3); }};
}
double kink(double a) {
  if (a <= 0.99) return 1 - a;
  if (a >= 1.01) return a - 1;
  return (a - 1) * (a - 1) / 0.02 + 0.005;
}
double kink_slope(double a) { return a <= 0.99 ? -1 : a >= 1.01 ? 1 : (a - 1) / 0.01; }
constexpr double waves = 39 * M_PI / 2;
OnLine third() {
  return {[](double a) { return kink(a) + 2 * 0.99 / (39 * M_PI) * std::sin(waves * a); },
          [](double a) { return kink_slope(a) + 0.99 * std::cos(waves * a); }};
}
OnLine fourth() {
  return {[](double a) { return -a - 0.1 * std::log(1 - a); },
          [](double a) { return -1 + 0.1 / (1 - a); }};
}

template <class Check>
void on_each(const LineSearch& search, Check&& check) {
  for (auto make : {first, second, third, fourth})
    for (const double step : {1e-3, 1e-1, 1e1, 1e3}) {
      CAPTURE(step);
      OnLine problem = make();
      Line line = problem.line();
      const Found found = search.search(line, step);
      CAPTURE(found.trial.step);
      REQUIRE(found.success);
      check(line.start(), found.trial);
    }
}

}  // namespace

TEST_CASE("StrongWolfe: the step fulfils both conditions, wherever it begins") {
  for (const double c2 : {0.9, 0.1})
    on_each(StrongWolfe{{.c1 = 1e-3, .c2 = c2, .evaluations = 60}},
            [&](const Trial& start, const Trial& trial) {
              CHECK(decreases_enough(start, trial, 1e-3));
              CHECK(flat_enough(start, trial, c2));
            });
}

TEST_CASE("HagerZhang: the step fulfils Wolfe's conditions or the approximate ones") {
  on_each(HagerZhang{}, [](const Trial& start, const Trial& trial) {
    CHECK(trial.slope >= 0.9 * start.slope);
    const bool approximate = trial.slope <= -0.8 * start.slope &&
                             trial.value <= start.value + 1e-6 * std::abs(start.value);
    CHECK((decreases_enough(start, trial, 0.1) || approximate));
  });
}

TEST_CASE(
    "Armijo: the step decreases enough, and twice the step does not unless it was the first") {
  const Armijo search{{.c1 = 0.3}};
  for (auto make : {first, second, third, fourth}) {
    OnLine problem = make();
    Line line = problem.line();
    const Found found = search.search(line, 64);
    REQUIRE(found.success);
    CHECK(decreases_enough(line.start(), found.trial, 0.3));
    CHECK(!decreases_enough(line.start(), line.value_at(2 * found.trial.step), 0.3));
  }
}

TEST_CASE("StrongWolfe: the cubic through a cubic finds its minimum") {
  // φ = α³ − 3 α has its minimum at 1.
  const Trial a{0.5, 0.125 - 1.5, 0.75 - 3, {}}, b{3, 27 - 9, 27 - 3, {}};
  CHECK(close(optim::detail::cubic_minimum(a, b, 0, 10), 1, {.relative = 1e-14}));
  CHECK(close(optim::detail::cubic_minimum(b, a, 0, 10), 1, {.relative = 1e-14}));
  CHECK(optim::detail::cubic_minimum(a, b, 2, 10) == 2);
}

TEST_CASE("a search never tries beyond the longest step") {
  for (const double step : {0.01, 5.0}) {
    OnLine problem = first();  // its minimum is at √2
    const auto longest = [&](const LineSearch& search) {
      Line line(problem.f, problem.from, problem.direction, 0.5);
      return search.search(line, step).trial.step;
    };
    CHECK(longest(StrongWolfe{{.c2 = 0.01}}) == 0.5);
    CHECK(longest(HagerZhang{{.delta = 0.001, .sigma = 0.01}}) == 0.5);
    CHECK(longest(Armijo{}) <= 0.5);
    CHECK(longest(FixedStep{{.step = 2}}) == 0.5);
  }
}

TEST_CASE("a search that finds nothing stays at the start and says so") {
  // The slope points downhill, the values rise: a wrong gradient.
  OnLine wrong{[](double a) { return a; }, [](double) { return -1.0; }};
  const auto nothing = [&](const LineSearch& search) {
    Line line = wrong.line();
    const Found found = search.search(line, 1);
    return !found.success && found.trial.step == 0;
  };
  CHECK(nothing(StrongWolfe{}));
  CHECK(nothing(HagerZhang{}));
  CHECK(nothing(Armijo{}));
}

TEST_CASE("line searches: options out of range are refused") {
  CHECK(error_of([] { StrongWolfe{{.c1 = 0.5, .c2 = 0.1}}; }) ==
        "StrongWolfe: c1 is 0.5 and c2 is 0.1; expected 0 < c1 < c2 < 1");
  CHECK(error_of([] { StrongWolfe{{.evaluations = 0}}; }) ==
        "StrongWolfe: evaluations is 0; expected at least 1");
  CHECK(error_of([] { StrongWolfe{{.least_width = -1}}; }) ==
        "StrongWolfe: least_width is -1; expected a number, at least 0");
  CHECK(error_of([] { HagerZhang{{.delta = 0.5}}; }) ==
        "HagerZhang: delta is 0.5; expected a number in (0, 0.5)");
  CHECK(error_of([] { HagerZhang{{.sigma = 0.01}}; }) ==
        "HagerZhang: sigma is 0.01; expected a number in [delta, 1)");
  CHECK(error_of([] { Armijo{{.factor = 1}}; }) ==
        "Armijo: factor is 1; expected a number in (0, 1)");
  CHECK(error_of([] { FixedStep{{.step = 0}}; }) ==
        "FixedStep: step is 0; expected a finite number above 0");
}
