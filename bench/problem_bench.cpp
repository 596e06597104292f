// Which method solves which problem, and with how many evaluations of the function?
//
// Prints two tables in Markdown. A cell is the number of evaluations of f, those with a gradient
// included, until the tolerance is met; "-" says that it was not met within the limits. Smooth
// problems begin at their sources' standard start and end at a gradient norm of 1e-8; global ones
// end when f is within 1e-6 of the known minimum and count medians over seeds.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "tests/problems/objective.hpp"
#include "thalweg/optim/global/cma_es.hpp"
#include "thalweg/optim/global/differential_evolution.hpp"
#include "thalweg/optim/global/genetic.hpp"
#include "thalweg/optim/global/multistart.hpp"
#include "thalweg/optim/global/particle_swarm.hpp"
#include "thalweg/optim/global/random_search.hpp"
#include "thalweg/optim/global/simulated_annealing.hpp"
#include "thalweg/optim/minimise.hpp"
#include "thalweg/optim/rules/adam.hpp"
#include "thalweg/optim/smooth/conjugate_gradient.hpp"
#include "thalweg/optim/smooth/lbfgs.hpp"
#include "thalweg/optim/smooth/lbfgs_b.hpp"
#include "thalweg/optim/smooth/newton.hpp"
#include "thalweg/optim/smooth/steepest_descent.hpp"

namespace {

using namespace thalweg;
using test_problems::Problem;
using test_problems::ProblemObjective;

template <class Method>
std::string smooth_cell(const Problem& problem, const Method& method) {
  ProblemObjective f(problem);
  const auto result =
      optim::minimise(f, problem.start, method, {.iterations = 20'000, .gradient_norm = 1e-8});
  if (result.stop == optim::Stop::gradient_norm) return fmt::format("{}", result.evaluations);
  return fmt::format("- ({:.0e})", result.gradient_norm);
}

void smooth_table() {
  fmt::print(
      "| problem | n | L-BFGS | L-BFGS, HZ | L-BFGS-B | Newton | CG, HZ | CG, PR+ | steepest | "
      "Adam |\n"
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
  const optim::StrongWolfe tight{{.c2 = 0.1}};
  for (const Problem& p : test_problems::problems()) {
    if (!p.smooth) continue;
    fmt::print(
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", p.name, p.start.size(),
        smooth_cell(p, optim::Lbfgs{}), smooth_cell(p, optim::Lbfgs{{}, optim::HagerZhang{}}),
        smooth_cell(p, optim::LbfgsB{}), smooth_cell(p, optim::Newton{}),
        smooth_cell(p, optim::ConjugateGradient{}),
        smooth_cell(p, optim::ConjugateGradient{{.beta = optim::Beta::polak_ribiere}, tight}),
        smooth_cell(p, optim::SteepestDescent{}), smooth_cell(p, optim::Adam{{.rate = 0.01}}));
  }
}

/// A cell of the second table: the method of each seed, from the same start.
template <class Make>
std::string global_cell(const Problem& problem, const optim::Bounds& bounds, Make&& make) {
  constexpr std::uint64_t seeds = 5;
  std::vector<Index> evaluations;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    ProblemObjective f(problem);
    const auto result = optim::minimise(f, problem.start, make(bounds, seed),
                                        {.iterations = 1'000'000,
                                         .evaluations = 100'000,
                                         .gradient_norm = {},
                                         .value = problem.minimum + 1e-6});
    if (result.stop == optim::Stop::value) evaluations.push_back(result.evaluations);
  }
  if (evaluations.empty()) return "-";
  std::sort(evaluations.begin(), evaluations.end());
  const Index median = evaluations[evaluations.size() / 2];
  if (evaluations.size() == seeds) return fmt::format("{}", median);
  return fmt::format("{} ({} of {})", median, evaluations.size(), seeds);
}

void global_table() {
  using optim::Bounds;
  using Seed = std::uint64_t;
  fmt::print(
      "\n| problem | n | multistart L-BFGS-B | CMA-ES | differential evolution | particle swarm | "
      "genetic | annealing | local random | random |\n"
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
  for (const Problem& p : test_problems::problems()) {
    if (p.smooth || std::isnan(p.minimum)) continue;
    const Bounds bounds(p.lower, p.upper);
    const double width = p.upper[0] - p.lower[0];
    const auto cell = [&](auto make) { return global_cell(p, bounds, make); };
    fmt::print(
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", p.name, p.start.size(),
        cell([&](const Bounds& b, Seed seed) {
          return optim::Multistart(optim::LbfgsB{{.bounds = b}},
                                   {.starts = 100'000, .bounds = b, .seed = seed});
        }),
        cell([&](const Bounds& b, Seed seed) {
          return optim::CmaEs{{.bounds = b, .sigma = width / 4, .restarts = 30, .seed = seed}};
        }),
        cell([](const Bounds& b, Seed seed) {
          return optim::DifferentialEvolution{{.bounds = b, .dither = 0.3, .seed = seed}};
        }),
        cell([](const Bounds& b, Seed seed) {
          return optim::ParticleSwarm{{.bounds = b, .seed = seed}};
        }),
        cell(
            [](const Bounds& b, Seed seed) { return optim::Genetic{{.bounds = b, .seed = seed}}; }),
        cell([&](const Bounds& b, Seed seed) {
          return optim::SimulatedAnnealing{
              {.bounds = b, .temperature = 10, .radius = width / 4, .reheats = 1000, .seed = seed}};
        }),
        cell([&](const Bounds& b, Seed seed) {
          return optim::LocalRandomSearch{{.bounds = b, .radius = width / 4, .seed = seed}};
        }),
        cell([](const Bounds& b, Seed seed) {
          return optim::RandomSearch{{.bounds = b, .seed = seed}};
        }));
  }
}

}  // namespace

int main() {
  smooth_table();
  global_table();
}
