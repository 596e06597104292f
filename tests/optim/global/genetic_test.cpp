#include "thalweg/optim/global/genetic.hpp"

#include <algorithm>

#include "tests/close.hpp"
#include "tests/optim/global/laws.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "tests/problems/problems.hpp"

using namespace thalweg;
using testing::close;
using namespace thalweg::optim;
using namespace thalweg::optim::laws;
using problems::error_of;

namespace {

/// Every point at which f was evaluated.
struct Record {
  std::vector<std::vector<double>> points;

  Problem of(Index n, double (*f)(View)) {
    return Problem(n, [this, f](View x) {
      points.emplace_back(x.begin(), x.end());
      return f(x);
    });
  }
};

/// The mean length of a mutation of x = 0, which stays the best of two.
double mean_mutation(GeneticOptions options) {
  options.bounds = {-1, 1};
  options.population = 2;
  options.tournament = 25;  // of two points the better one, but for one time in 30 million
  options.crossover_rate = 0;
  options.mutation_rate = 1;
  Record record;
  Problem f = record.of(1, sphere);
  Run run(f, Genetic(options), {0}, iterations(20'000));
  while (run.advance()) {
  }
  double sum = 0;
  for (std::size_t k = 2; k < record.points.size(); ++k) sum += std::abs(record.points[k][0]);
  return sum / double(record.points.size() - 2);
}

}  // namespace

TEST_CASE("Genetic: simulated binary crossover keeps the sum of the parents") {
  int crossed = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Record record;
    Problem f = record.of(3, sphere);
    Run run(f,
            Genetic{{.population = 2,
                     .elites = 0,
                     .tournament = 1,
                     .crossover_rate = 1,
                     .mutation_rate = 0,
                     .seed = seed}},
            {1, 2, 3}, iterations(1));
    run.advance();
    const auto& x = record.points;
    REQUIRE(x.size() == 4);
    // Each parent is one of the first two, drawn at random: they may be the same.
    const auto sums_to = [&](std::size_t a, std::size_t b) {
      for (std::size_t i = 0; i < 3; ++i)
        if (std::abs(x[2][i] + x[3][i] - x[a][i] - x[b][i]) > 1e-12) return false;
      return true;
    };
    CHECK((sums_to(0, 0) || sums_to(0, 1) || sums_to(1, 1)));
    crossed += sums_to(0, 1) && x[2] != x[0] && x[2] != x[1];
  }
  CHECK(crossed > 3);
}

TEST_CASE("Genetic: blend crossover without a margin stays between the parents") {
  Record record;
  Problem f = record.of(2, rastrigin);
  Run run(f,
          Genetic{{.population = 10,
                   .elites = 0,
                   .crossover = Crossover::blend,
                   .blend_margin = 0,
                   .mutation_rate = 0}},
          {1, 2}, iterations(20));
  while (run.advance()) {
  }
  for (std::size_t i = 0; i < 2; ++i) {
    std::vector<double> at;
    for (const auto& x : record.points) at.push_back(x[i]);
    const auto [low, high] = std::ranges::minmax(std::span(at).first(10));
    CHECK(std::ranges::min(at) >= low - 1e-12);
    CHECK(std::ranges::max(at) <= high + 1e-12);
  }
}

TEST_CASE("Genetic: the mean length of a polynomial mutation is width / (index + 2)") {
  CHECK(close(mean_mutation({.mutation_index = 20}), 2.0 / 22, {.relative = 0.03}));
  CHECK(close(mean_mutation({.mutation_index = 8}), 2.0 / 10, {.relative = 0.03}));
}

TEST_CASE("Genetic: that of a normal one is mutation_width · width · √(2 / π)") {
  CHECK(close(mean_mutation({.mutation = Mutation::normal, .mutation_width = 0.05}),
              0.1 * std::sqrt(2 / std::numbers::pi), {.relative = 0.03}));
}

TEST_CASE("Genetic: an elite lives on, so that the best value never rises") {
  Problem f(4, rastrigin);
  Run run(f, Genetic{{.population = 8, .elites = 1}}, {3, 3, 3, 3}, iterations(100));
  run.start();
  double value = run.now().value;
  CHECK(run.now().evaluations == 8);
  while (run.advance()) {
    CHECK(run.now().value <= value);
    CHECK(run.now().evaluations == 8 + 7 * run.now().iteration);
    value = run.now().value;
  }
}

TEST_CASE("Genetic: an increasing function of f gives the same points, bit for bit") {
  Problem plain(3, rastrigin), raised(3, [](View x) { return std::exp(0.1 * rastrigin(x)) - 7; });
  const auto positions = [](Objective& f) {
    Run run(f, Genetic{{.bounds = {-5, 5}}}, {1, 2, 3}, iterations(50));
    std::vector<double> seen;
    while (run.advance()) seen.insert(seen.end(), run.now().x.begin(), run.now().x.end());
    return seen;
  };
  CHECK(positions(plain) == positions(raised));
}

TEST_CASE("Genetic: Rastrigin and Ackley in ten dimensions") {
  const auto found = [](const char* name, GeneticOptions options) {
    const auto known = test_problems::problem(name, 10);
    Problem f(10, known.value);
    options.bounds = Bounds(known.lower, known.upper);
    return solve(f, Genetic(options), uniform_start(10, known.upper[0], 1), 100'000).value;
  };
  CHECK(found("Rastrigin", {}) < 1e-8);
  CHECK(found("Ackley", {}) < 1e-3);
  CHECK(found("Rastrigin", {.crossover = Crossover::blend, .blend_margin = 0.3}) < 0.1);
}

TEST_CASE("Genetic: options out of range are refused") {
  const auto refusal = [](const GeneticOptions& options) {
    return error_of([&] { Genetic search(options); });
  };
  CHECK(refusal({.spread = 0}) == "Genetic: spread is 0; expected a finite number above 0");
  CHECK(refusal({.population = 1}) == "Genetic: population is 1; expected at least 2");
  CHECK(refusal({.population = 9, .elites = 9}) ==
        "Genetic: elites is 9; expected 0 to population - 1 = 8");
  CHECK(refusal({.tournament = 0}) == "Genetic: tournament is 0; expected at least 1");
  CHECK(refusal({.crossover_rate = 1.5}) ==
        "Genetic: crossover_rate is 1.5; expected a number in [0, 1]");
  CHECK(refusal({.mutation_rate = -1}) ==
        "Genetic: mutation_rate is -1; expected a number in [0, 1]");
  CHECK(refusal({.blend_margin = -1}) ==
        "Genetic: blend_margin is -1; expected a finite number, at least 0");
}
