#include "thalweg/optim/global/simulated_annealing.hpp"

#include "tests/close.hpp"
#include "tests/optim/global/laws.hpp"
#include "tests/optim/smooth/problems.hpp"

using namespace thalweg;
using testing::close;
using namespace thalweg::optim;
using namespace thalweg::optim::laws;
using problems::error_of;

namespace {

/// f at the point where the chain is; the best one of the level is what a run shows.
double current_value(SimulatedAnnealing& search) {
  Archive saved;
  search.archive(saved);
  Archive stored = saved.reversed();
  double value = 0;
  stored("current.value", value);
  return value;
}

}  // namespace

TEST_CASE("SimulatedAnnealing: at temperature 0 only improvements are accepted") {
  Problem f(3, rastrigin);
  SimulatedAnnealing search{{.temperature = 0, .moves = 3}};
  Point point;
  point.x = {3.5, -2.5, 3};
  search.begin(f, point);
  double value = point.value;
  for (int k = 0; k < 300; ++k) {
    search.advance(f, point);
    CHECK(current_value(search) <= value);
    CHECK(current_value(search) == point.value);
    value = point.value;
  }
  CHECK(value < 20);
}

TEST_CASE("SimulatedAnnealing: at a fixed temperature the chain has the density exp(-f / T)") {
  // f = x² / 2: then x / √T is normal, and f is T / 2 on average. A mirror at 0 changes nothing.
  for (const Bounds& bounds : {Bounds(), Bounds(0, INFINITY)}) {
    const double temperature = 0.7;
    Problem f(1, [](View x) { return 0.5 * x[0] * x[0]; });
    SimulatedAnnealing search{{.bounds = bounds,
                               .temperature = temperature,
                               .factor = 0.9999999999,
                               .moves = 20,
                               .radius = 2}};
    Point point;
    point.x = {1};
    search.begin(f, point);
    double sum = 0;
    for (int k = 0; k < 4000; ++k) {
      search.advance(f, point);
      sum += current_value(search);
    }
    CHECK(close(sum / 4000, temperature / 2, {.relative = 0.08}));
  }
}

TEST_CASE(
    "SimulatedAnnealing: the temperature follows its schedule and begins again when reheated") {
  Problem f(2, rastrigin);
  Run run(f,
          SimulatedAnnealing{
              {.temperature = 8, .factor = 0.5, .moves = 5, .coldest = 0.01, .reheats = 2}},
          {3, 3});
  std::vector<double> seen;
  while (run.advance()) seen.push_back(run.now().step);
  seen.push_back(run.now().step);
  const std::vector<double> once = {8, 4, 2, 1, 0.5, 0.25, 0.125};  // 8 / 2⁷ ≤ 0.01 · 8
  std::vector<double> thrice = once;
  for (int k = 0; k < 2; ++k) thrice.insert(thrice.end(), once.begin(), once.end());
  CHECK(seen == thrice);
  CHECK(run.outcome().stop == Stop::method_converged);
  CHECK(run.outcome().why == "temperature 0.0625 ≤ 0.01 of the first");
}

TEST_CASE("SimulatedAnnealing: saved in any cycle, it goes on as if it had not been interrupted") {
  const SimulatedAnnealing search{{.factor = 0.5, .moves = 5, .coldest = 0.01, .reheats = 2}};
  for (const Index after : {3, 10, 17})
    goes_on_when_saved(search, SimulatedAnnealing{}, rastrigin, {3, 3}, after, iterations(100));
}

TEST_CASE("SimulatedAnnealing: logarithmic cooling") {
  Problem f(2, rastrigin);
  Run run(f, SimulatedAnnealing{{.temperature = 3, .cooling = Cooling::logarithmic, .moves = 1}},
          {3, 3}, iterations(10));
  for (int k = 0; run.advance(); ++k)
    CHECK(close(run.now().step, 3 / std::log(std::numbers::e + k), {.relative = 1e-5}));
}

TEST_CASE("SimulatedAnnealing: crosses Rastrigin's hills in three dimensions") {
  int solved = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    Problem f(3, rastrigin);
    const SimulatedAnnealing search{
        {.bounds = {-5.12, 5.12}, .temperature = 5, .radius = 3, .reheats = 5, .seed = seed}};
    solved += solve(f, search, uniform_start(3, 5.12, seed), 300'000).stop == Stop::value;
  }
  CHECK(solved >= 9);
}

TEST_CASE("SimulatedAnnealing: options out of range are refused") {
  const auto refusal = [](const SimulatedAnnealingOptions& options) {
    return error_of([&] { SimulatedAnnealing search(options); });
  };
  CHECK(refusal({.temperature = -1}) ==
        "SimulatedAnnealing: temperature is -1; expected a finite number, at least 0");
  CHECK(refusal({.factor = 1}) == "SimulatedAnnealing: factor is 1; expected a number in (0, 1)");
  CHECK(refusal({.moves = 0}) == "SimulatedAnnealing: moves is 0; expected at least 1");
  CHECK(refusal({.radius = 0}) ==
        "SimulatedAnnealing: radius is 0; expected a finite number above 0");
  CHECK(refusal({.coldest = 1}) == "SimulatedAnnealing: coldest is 1; expected a number in [0, 1)");
  CHECK(refusal({.reheats = -1}) == "SimulatedAnnealing: reheats is -1; expected at least 0");
}
