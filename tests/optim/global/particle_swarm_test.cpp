#include "thalweg/optim/global/particle_swarm.hpp"

#include <algorithm>

#include "tests/optim/global/laws.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "tests/problems/problems.hpp"

using namespace thalweg;
using namespace thalweg::optim;
using namespace thalweg::optim::laws;
using problems::error_of;

TEST_CASE("ParticleSwarm: the swarm gathers at the minimum and has converged") {
  Problem f(3, sphere);
  Run run(f, ParticleSwarm{}, {1, 2, 3});
  while (run.advance()) {
  }
  CHECK(run.outcome().stop == Stop::method_converged);
  CHECK(run.best().value < 1e-20);
}

TEST_CASE("ParticleSwarm: flights stay bounded where nobody ever wins") {
  double farthest = 0;
  Problem flat(2, [&](View x) {
    farthest = std::max({farthest, std::abs(x[0]), std::abs(x[1])});
    return 1.0;
  });
  Run run(flat, ParticleSwarm{{.spread = 1}}, {0, 0}, iterations(5000));
  while (run.advance()) {
  }
  CHECK(farthest > 1);
  CHECK(farthest < 100);
}

TEST_CASE("ParticleSwarm: the best value never rises") {
  Problem f(4, rastrigin);
  Run run(f, ParticleSwarm{{.bounds = {-5, 5}}}, {3, 3, 3, 3}, iterations(200));
  run.start();
  double value = run.now().value;
  while (run.advance()) {
    CHECK(run.now().value <= value);
    value = run.now().value;
  }
  CHECK(value < 3);
}

TEST_CASE("ParticleSwarm: Ackley in ten dimensions") {
  const auto known = test_problems::problem("Ackley", 10);
  int solved = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    Problem f(10, known.value);
    const ParticleSwarm search{{.bounds = {-32.768, 32.768}, .seed = seed}};
    solved += solve(f, search, uniform_start(10, 32.768, seed), 100'000).stop == Stop::value;
  }
  CHECK(solved >= 7);
}

TEST_CASE("ParticleSwarm: options out of range are refused") {
  const auto refusal = [](const ParticleSwarmOptions& options) {
    return error_of([&] { ParticleSwarm search(options); });
  };
  CHECK(refusal({.particles = 1}) == "ParticleSwarm: particles is 1; expected at least 2");
  CHECK(refusal({.own_pull = -1}) ==
        "ParticleSwarm: own_pull is -1; expected a finite number, at least 0");
  CHECK(refusal({.own_pull = 2, .pull = 2}) ==
        "ParticleSwarm: own_pull + pull is 4; expected more than 4");
}
