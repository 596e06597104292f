// What holds for every global search.

#include "tests/optim/global/laws.hpp"

#include "tests/optim/smooth/problems.hpp"
#include "thalweg/optim/global/cma_es.hpp"
#include "thalweg/optim/global/differential_evolution.hpp"
#include "thalweg/optim/global/genetic.hpp"
#include "thalweg/optim/global/multistart.hpp"
#include "thalweg/optim/global/particle_swarm.hpp"
#include "thalweg/optim/global/random_search.hpp"
#include "thalweg/optim/global/simulated_annealing.hpp"

using namespace thalweg;
using namespace thalweg::optim;
using namespace thalweg::optim::laws;
using problems::error_of;

namespace {

struct Settings {
  std::uint64_t seed = 1;
  bool parallel = false;
  Bounds bounds = {-3, 4};
};
using Made = std::unique_ptr<Method>;
struct Search {
  const char* name;
  Made (*make)(const Settings&);
  Made (*plain)();  // with other options
};

/// A search whose options are `make(settings)`, with bounds, seed and threads still to be set.
template <class M, class Make>
Search search(const char* name, Make) {
  return {name,
          [](const Settings& s) -> Made {
            auto options = Make{}();
            options.bounds = s.bounds;
            options.seed = s.seed;
            if constexpr (requires { options.parallel; }) options.parallel = s.parallel;
            return std::make_unique<M>(options);
          },
          []() -> Made { return std::make_unique<M>(typename M::Options{}); }};
}

/// From many starts a method that keeps to the bounds itself.
template <class Make>
Search multistart(const char* name, Make) {
  return {
      name,
      [](const Settings& s) -> Made {
        MultistartOptions options = Make{}();
        options.starts = 1000;
        options.bounds = s.bounds;
        options.limits = iterations(7);
        options.seed = s.seed;
        const LocalRandomSearch local{{.bounds = s.bounds, .samples = 3, .parallel = s.parallel}};
        return std::make_unique<Multistart>(local, options);
      },
      []() -> Made {
        return std::make_unique<Multistart>(LocalRandomSearch{},
                                            MultistartOptions{.limits = iterations(7)});
      }};
}

const Search searches[] = {
    search<RandomSearch>("random", [] { return RandomSearchOptions{.samples = 3}; }),
    search<LocalRandomSearch>(
        "local random",
        [] {
          return LocalRandomSearchOptions{
              .radius = 2, .grow = 1.2, .shrink = 0.97, .relative_radius = 1e-9, .samples = 3};
        }),
    search<CmaEs>("CMA-ES",
                  [] { return CmaEsOptions{.sigma = 3, .population = 9, .active = false}; }),
    search<CmaEs>("CMA-ES with restarts",
                  [] {
                    return CmaEsOptions{
                        .population = 4, .restarts = 8, .tol_fun = 10, .tol_hist_fun = 10};
                  }),
    search<CmaEs>("CMA-ES with growing populations",
                  [] {
                    return CmaEsOptions{.population = 4,
                                        .restarts = 8,
                                        .scheme = CmaRestarts::ipop,
                                        .tol_hist_fun = 10,
                                        .tol_x = 1e-3};
                  }),
    search<Genetic>("genetic, simulated binary",
                    [] {
                      return GeneticOptions{.population = 11,
                                            .tournament = 3,
                                            .crossover_rate = 0.7,
                                            .crossover_index = 4,
                                            .mutation_rate = 0.5,
                                            .mutation_index = 9};
                    }),
    search<Genetic>("genetic, blend",
                    [] {
                      return GeneticOptions{.population = 12,
                                            .elites = 3,
                                            .crossover = Crossover::blend,
                                            .blend_margin = 0.3,
                                            .mutation = Mutation::normal,
                                            .mutation_width = 0.03};
                    }),
    search<DifferentialEvolution>("differential evolution",
                                  [] {
                                    return DifferentialEvolutionOptions{
                                        .population = 17, .weight = 0.8, .dither = 0.2};
                                  }),
    search<DifferentialEvolution>("differential evolution, to the best",
                                  [] {
                                    return DifferentialEvolutionOptions{
                                        .strategy = DifferentialStrategy::current_to_best_1_bin,
                                        .weight = 0.7,
                                        .crossover = 0.3,
                                        .jitter = 0.1};
                                  }),
    search<SimulatedAnnealing>("annealing",
                               [] {
                                 return SimulatedAnnealingOptions{.temperature = 3,
                                                                  .factor = 0.8,
                                                                  .moves = 10,
                                                                  .radius = 5,
                                                                  .radius_exponent = 0.3,
                                                                  .coldest = 0.01,
                                                                  .reheats = 1000};
                               }),
    search<SimulatedAnnealing>(
        "annealing, slow",
        [] { return SimulatedAnnealingOptions{.cooling = Cooling::logarithmic, .moves = 10}; }),
    search<ParticleSwarm>(
        "particle swarm",
        [] { return ParticleSwarmOptions{.particles = 10, .own_pull = 1.5, .pull = 2.6}; }),
    multistart("multistart", [] { return MultistartOptions{}; }),
    multistart("basin hopping", [] { return MultistartOptions{.hop = 2.0, .temperature = 1}; }),
};

const std::vector<double> start = {3.5, -2.5, 3};

std::vector<double> path_of(const Search& search, const Settings& settings) {
  Problem f(3, rastrigin);
  return path(f, *search.make(settings), start, 40);
}

}  // namespace

TEST_CASE("global searches: equal seeds make equal runs, other seeds other ones") {
  for (const Search& search : searches) {
    CAPTURE(search.name);
    CHECK(path_of(search, {.seed = 5}) == path_of(search, {.seed = 5}));
    CHECK(path_of(search, {.seed = 5}) != path_of(search, {.seed = 6}));
  }
}

TEST_CASE("global searches: on all threads the same numbers") {
  for (const Search& search : searches) {
    CAPTURE(search.name);
    CHECK(path_of(search, {.parallel = true}) == path_of(search, {.parallel = false}));
  }
}

TEST_CASE("global searches: a method can begin again, and begins as a new one does") {
  for (const Search& search : searches) {
    CAPTURE(search.name);
    Problem f(3, rastrigin);
    const Made method = search.make({});
    const auto after = [&](Method& m) {
      Point point;
      point.x = start;
      m.begin(f, point);
      for (int k = 0; k < 10; ++k) m.advance(f, point);
      return point.x;
    };
    const std::vector<double> first = after(*method);
    CHECK(after(*method) == first);
  }
}

TEST_CASE("global searches: no point outside the bounds is evaluated, the best never gets worse") {
  for (const Search& search : searches) {
    CAPTURE(search.name);
    const Bounds bounds({-3, -3, 1}, {4, 0, 1.5});
    Index outside = 0;
    // The minimum of the plane is at a corner, where every search comes to push at the bounds.
    Problem f(3, [&](View x) {
      outside += !bounds.contains(x);
      return x[0] - x[1] + x[2];
    });
    Run run(f, *search.make({.bounds = bounds}), {0, -1, 1.2}, iterations(300));
    run.start();
    double best = run.best().value;
    while (run.advance()) {
      CHECK(run.best().value <= best);
      CHECK(run.best().value <= run.now().value);
      CHECK(bounds.contains(run.now().x));
      best = run.best().value;
    }
    CHECK(outside == 0);
    CHECK(best < -1.5);
  }
}

TEST_CASE("global searches: a region where f is NaN or infinite is left out") {
  for (const Search& search : searches) {
    CAPTURE(search.name);
    // Downhill leads into the hole; all that is seen must be on its outside.
    const auto hollow = [](double inside) {
      return [inside](View x) { return sphere(x) < 1 ? inside : sphere(x); };
    };
    Problem nan(3, hollow(NAN)), above(3, hollow(INFINITY)), below(3, hollow(-INFINITY));
    Run run(nan, *search.make({}), start, iterations(100));
    while (run.advance()) CHECK(sphere(run.now().x) == run.now().value);
    CHECK(run.outcome().iterations == 100);
    CHECK(run.best().value >= 1);
    CHECK(run.best().value < 6);
    const auto seen = path(nan, *search.make({}), start, 40);
    CHECK(path(above, *search.make({}), start, 40) == seen);
    CHECK(path(below, *search.make({}), start, 40) == seen);
  }
}

TEST_CASE("global searches: f that is nowhere finite ends the run at its start") {
  for (const Search& search : searches) {
    CAPTURE(search.name);
    Problem f(3, [](View) { return NAN; });
    Run run(f, *search.make({}), start);
    CHECK(!run.advance());
    CHECK(run.outcome().stop == Stop::nonfinite_start);
  }
}

TEST_CASE("global searches: the point shows no gradient") {
  for (const Search& search : searches) {
    CAPTURE(search.name);
    Problem f(3, rastrigin);
    Run run(f, *search.make({}), start);
    run.advance();
    CHECK(run.now().gradient.empty());
    CHECK(std::isnan(run.now().gradient_norm));
  }
}

TEST_CASE("global searches: a run that was saved goes on as if it had not been interrupted") {
  for (const Search& search : searches) {
    CAPTURE(search.name);
    goes_on_when_saved(*search.make({}), *search.plain(), rastrigin, start, 60, iterations(210));
  }
}

TEST_CASE("global searches: a saved run ends by its own criteria") {
  const auto ends = [](const Method& method, const Method& plain) {
    goes_on_when_saved(method, plain, sphere, start, 3, iterations(5000));
  };
  ends(LocalRandomSearch{{.relative_radius = 1e-3}}, LocalRandomSearch{});
  ends(CmaEs{{.tol_fun = 0, .tol_hist_fun = 0, .tol_x = 1e-3}}, CmaEs{});
  ends(Genetic{{.population = 30, .mutation_rate = 0, .relative_spread = 1e-2}}, Genetic{});
  ends(DifferentialEvolution{{.relative_spread = 1e-2}}, DifferentialEvolution{});
  ends(ParticleSwarm{{.relative_spread = 1e-2}}, ParticleSwarm{});
  ends(SimulatedAnnealing{{.coldest = 0.3, .reheats = 2}}, SimulatedAnnealing{{.reheats = 9}});
}

TEST_CASE("global searches: a start outside the bounds is refused") {
  for (const Search& search : searches) {
    Problem f(3, rastrigin);
    const Made method = search.make({});
    Run run(f, *method, {0, 5, 0});
    CHECK(error_of([&] { run.start(); }) ==
          std::string(method->kind()) +
              ": coordinate 1 of the start is 5, outside its bounds [-3, 4]");
  }
}
