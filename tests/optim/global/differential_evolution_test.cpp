#include "thalweg/optim/global/differential_evolution.hpp"

#include <set>

#include "tests/optim/global/laws.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "tests/problems/problems.hpp"

using namespace thalweg;
using namespace thalweg::optim;
using namespace thalweg::optim::laws;
using problems::error_of;

namespace {

constexpr auto strategies = {DifferentialStrategy::rand_1_bin, DifferentialStrategy::best_1_bin,
                             DifferentialStrategy::current_to_best_1_bin};

}  // namespace

TEST_CASE("DifferentialEvolution: without weight and with full crossover points are only copied") {
  std::set<double> first;
  Problem f(1, [&](View x) {
    if (first.size() < 12) first.insert(x[0]);
    CHECK(first.count(x[0]) == 1);
    return rastrigin(x);
  });
  Run run(f, DifferentialEvolution{{.population = 12, .weight = 0, .crossover = 1}}, {1},
          iterations(5));
  while (run.advance()) {
  }
  CHECK(first.size() == 12);
}

TEST_CASE("DifferentialEvolution: then best_1_bin makes all the best at once, which is the start") {
  Problem f(3, rastrigin);
  Run run(f,
          DifferentialEvolution{
              {.strategy = DifferentialStrategy::best_1_bin, .weight = 0, .crossover = 1}},
          {1, 2, 3});
  CHECK(!run.advance());
  CHECK(run.outcome().stop == Stop::at_start);
  CHECK(run.outcome().why.starts_with("the population's spread "));
  CHECK(run.outcome().why.ends_with(
      " ≤ 1e-12 max(first spread, ‖x‖); nothing better than the start was found"));
}

TEST_CASE("DifferentialEvolution: without crossover a trial differs in one coordinate") {
  std::vector<std::vector<double>> seen;
  Problem f(4, [&](View x) {
    seen.emplace_back(x.begin(), x.end());
    return sphere(x);
  });
  Run run(f, DifferentialEvolution{{.population = 6, .crossover = 0}}, {1, 2, 3, 4}, iterations(1));
  run.advance();
  REQUIRE(seen.size() == 12);
  for (std::size_t k = 0; k < 6; ++k) {
    int different = 0;
    for (std::size_t i = 0; i < 4; ++i) different += seen[k][i] != seen[k + 6][i];
    CHECK(different == 1);
  }
}

TEST_CASE("DifferentialEvolution: the best value never rises") {
  for (const auto strategy : strategies) {
    Problem f(4, rastrigin);
    Run run(f, DifferentialEvolution{{.strategy = strategy, .dither = 0.2, .jitter = 0.1}},
            {3, 3, 3, 3}, iterations(100));
    run.start();
    const double first = run.now().value;
    double value = first;
    while (run.advance()) {
      CHECK(run.now().value <= value);
      value = run.now().value;
    }
    CHECK(value < first);
  }
}

TEST_CASE("DifferentialEvolution: an increasing function of f gives the same points") {
  Problem plain(3, rastrigin), raised(3, [](View x) { return std::exp(0.1 * rastrigin(x)) - 7; });
  const auto positions = [](Objective& f) {
    Run run(f, DifferentialEvolution{{.bounds = {-5, 5}}}, {1, 2, 3}, iterations(50));
    std::vector<double> seen;
    while (run.advance()) seen.insert(seen.end(), run.now().x.begin(), run.now().x.end());
    return seen;
  };
  CHECK(positions(plain) == positions(raised));
}

TEST_CASE(
    "DifferentialEvolution: Rosenbrock's valley by each strategy, Rastrigin at low crossover") {
  for (const auto strategy : strategies) {
    CAPTURE(static_cast<int>(strategy));
    const auto known = test_problems::problem("extended Rosenbrock", 4);
    Problem f(4, known.value);
    const DifferentialEvolution search{
        {.bounds = {-5, 5}, .strategy = strategy, .weight = 0.7, .dither = 0.2}};
    CHECK(solve(f, search, known.start, 60'000).stop == Stop::value);
  }
  const auto known = test_problems::problem("Rastrigin", 10);
  Problem f(10, known.value);
  const DifferentialEvolution search{{.bounds = {-5.12, 5.12}, .crossover = 0.1}};
  CHECK(solve(f, search, uniform_start(10, 5.12, 1), 200'000).stop == Stop::value);
}

TEST_CASE("DifferentialEvolution: options out of range are refused") {
  const auto refusal = [](const DifferentialEvolutionOptions& options) {
    return error_of([&] { DifferentialEvolution search(options); });
  };
  CHECK(refusal({.population = 3}) ==
        "DifferentialEvolution: population is 3; expected at least 4");
  CHECK(refusal({.weight = 3}) ==
        "DifferentialEvolution: weight is 3; expected a number in [0, 2]");
  CHECK(refusal({.crossover = -1}) ==
        "DifferentialEvolution: crossover is -1; expected a number in [0, 1]");
  CHECK(refusal({.jitter = -1}) ==
        "DifferentialEvolution: jitter is -1; expected a finite number, at least 0");
}
