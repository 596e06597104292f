#include "thalweg/optim/global/multistart.hpp"

#include <algorithm>

#include "tests/close.hpp"
#include "tests/optim/global/laws.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "thalweg/optim/global/random_search.hpp"
#include "thalweg/optim/rules/gradient_descent.hpp"
#include "thalweg/optim/smooth/lbfgs.hpp"

using namespace thalweg;
using testing::close;
using namespace thalweg::optim;
using namespace thalweg::optim::laws;
using problems::error_of;

namespace {

/// Valleys at −1, the deeper one, and 1.
double two_valleys(View x) { return std::pow(x[0] * x[0] - 1, 2) + 0.1 * x[0]; }

/// A run by hand: returns how it halted.
Halt driven(Objective& f, Multistart& search, std::vector<double> start, Point& point) {
  point = {};
  point.x = std::move(start);
  search.begin(f, point);
  while (true)
    if (auto halt = search.advance(f, point)) return *halt;
}

}  // namespace

TEST_CASE("Multistart: what a start leads to is what the method alone finds from there") {
  std::vector<double> starts;
  Problem f(1, two_valleys);
  Multistart search(Lbfgs{}, {.starts = 12, .bounds = {-2, 2}, .seed = 3});
  Point point;
  const Halt halt = driven(f, search, {1.5}, point);
  CHECK(halt.stop == Stop::method_converged);
  REQUIRE(search.minima().size() == 12);

  Random random(3);
  double start = 1.5, deepest = INFINITY;
  for (const LocalMinimum& minimum : search.minima()) {
    Problem alone(1, two_valleys);
    Run run(alone, Lbfgs{}, {start});
    while (run.advance()) {
    }
    CHECK(minimum.x == run.best().x);
    CHECK(minimum.value == run.best().value);
    deepest = std::min(deepest, minimum.value);
    start = random.uniform(-2, 2);
  }
  CHECK(point.value == deepest);
  CHECK(close(point.x[0], -1.0122, {.relative = 1e-4}));
  CHECK(halt.why.starts_with("12 starts; the best led to f = -0.10"));
}

TEST_CASE("Multistart: an update rule is a method too") {
  Problem f(1, two_valleys);
  Run run(f,
          Multistart(GradientDescent{{.rate = 0.05}},
                     {.starts = 10, .bounds = {-2, 2}, .limits = {.iterations = 200}}),
          {1.5}, iterations(10'000));
  while (run.advance()) {
  }
  CHECK(run.outcome().stop == Stop::method_converged);
  CHECK(close(run.best().x[0], -1.0122, {.relative = 1e-4}));
}

TEST_CASE("Multistart: limits count from each start") {
  Problem f(1, two_valleys);
  Multistart search(GradientDescent{{.rate = 0.001}},
                    {.starts = 5, .bounds = {-2, 2}, .limits = {.evaluations = 8}});
  Point point;
  driven(f, search, {1.5}, point);
  CHECK(f.evaluations() == 5 * 8);
  Problem g(1, two_valleys);
  Multistart shorter(GradientDescent{{.rate = 0.001}},
                     {.starts = 5, .bounds = {-2, 2}, .limits = {.iterations = 3}});
  driven(g, shorter, {1.5}, point);
  CHECK(g.evaluations() == 5 * 4);
}

TEST_CASE("Multistart: basin hopping climbs down the ladder of Rastrigin's valleys") {
  Problem f(4, rastrigin);
  const Multistart search(Lbfgs{}, {.starts = 400, .hop = 0.7});
  CHECK(solve(f, search, {4.2, -3.7, 4.6, 3.1}, 100'000).stop == Stop::value);
}

TEST_CASE(
    "Multistart: at temperature 0 hops start at the best minimum, at a high one at the latest") {
  const auto base = [](Multistart& search) {
    Archive saved;
    search.archive(saved);
    Archive stored = saved.reversed();
    double value = 0;
    stored("base.value", value);
    return value;
  };
  for (const double temperature : {0.0, 1e6}) {
    Problem f(2, rastrigin);
    Multistart search(Lbfgs{}, {.starts = 60, .hop = 0.6, .temperature = temperature, .seed = 1});
    Point point;
    point.x = {4, 4};
    search.begin(f, point);
    while (!search.advance(f, point)) {
      if (search.minima().empty()) continue;
      const auto best = std::ranges::min_element(search.minima(), {}, &LocalMinimum::value);
      CHECK(base(search) == (temperature == 0 ? best->value : search.minima().back().value));
    }
  }
}

TEST_CASE("Multistart: a start at which f is not finite is given up") {
  const auto right_half = [](View x) { return x[0] < 0 ? NAN : std::pow(x[0] - 1, 2); };
  Problem f(1, right_half);
  Multistart search(Lbfgs{}, {.starts = 40, .bounds = {-2, 2}, .seed = 1});
  Point point;
  CHECK(driven(f, search, {0.5}, point).stop == Stop::method_converged);
  CHECK(search.minima().size() > 10);
  CHECK(search.minima().size() < 30);
  CHECK(std::ranges::all_of(search.minima(), [](const auto& m) { return m.value < 1e-9; }));
}

TEST_CASE("Multistart: saved at any time, it goes on as if it had not been interrupted") {
  const std::vector<double> start = {4.2, -3.7, 1};
  const LocalRandomSearch random{{.radius = 0.5, .seed = 4}};
  const Lbfgs lbfgs;
  for (const Method* local :
       {static_cast<const Method*>(&random), static_cast<const Method*>(&lbfgs)})
    for (const Limits& limits :
         {Limits{.iterations = 50}, Limits{.evaluations = 9}, Limits{.evaluations = 1},
          Limits{.step = 0.05}, Limits{.value_change = 0.5, .window = 3},
          Limits{.no_improvement = 3}}) {
      const Multistart search(*local,
                              {.starts = 12, .bounds = {-5, 5}, .limits = limits, .seed = 2});
      const Multistart plain(*local, {.bounds = {-1, 1}, .limits = limits});
      for (const Index after : {0, 1, 2, 3, 4, 5, 9})
        goes_on_when_saved(search, plain, rastrigin, start, after, iterations(10'000));
    }
}

TEST_CASE("Multistart: what another method saved is refused") {
  Problem f(1, two_valleys);
  Run run(f, Multistart(Lbfgs{}, {.bounds = {-5, 5}}), {0});
  Archive saved;
  run.archive(saved);
  Run other(f, Multistart(GradientDescent{}, {.bounds = {-5, 5}}), {0});
  Archive stored = saved.reversed();
  CHECK(error_of([&] { other.archive(stored); }) ==
        "archive: holds a Multistart of Lbfgs; expected one of GradientDescent");
}

TEST_CASE("Multistart: options out of range are refused") {
  const auto refusal = [](const MultistartOptions& options) {
    return error_of([&] { Multistart search(Lbfgs{}, options); });
  };
  CHECK(refusal({.starts = 0}) == "Multistart: starts is 0; expected at least 1");
  CHECK(refusal({.hop = 0.0}) == "Multistart: hop is 0; expected a finite number above 0");
  CHECK(refusal({.temperature = -1}) ==
        "Multistart: temperature is -1; expected a finite number, at least 0");
  CHECK(refusal({.limits = {.window = 0}}) == "Limits: window is 0; expected at least 1");
  Problem f(2, sphere);
  CHECK(error_of([&] {
          Run(f, Multistart(Lbfgs{}, {}), {0, 0}).start();
        }) ==
        "Multistart: needs finite bounds of every coordinate; those of coordinate 0 are "
        "[-inf, inf]");
}
