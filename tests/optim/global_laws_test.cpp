// What holds for every global search.

#include "tests/optim/global_laws.hpp"

#include "optim/global/cma_es.hpp"
#include "optim/global/differential_evolution.hpp"
#include "optim/global/genetic.hpp"
#include "optim/global/multistart.hpp"
#include "optim/global/particle_swarm.hpp"
#include "optim/global/random_search.hpp"
#include "optim/global/simulated_annealing.hpp"
#include "tests/optim/problems.hpp"

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
};

template <class M>
Made made(const typename M::Options& options) {
  return std::make_unique<M>(options);
}

/// Of a method that keeps to bounds itself.
Made multistart(const Settings& s, MultistartOptions options) {
  options.starts = 1000;
  options.bounds = s.bounds;
  options.seed = s.seed;
  const LocalRandomSearch local{{.bounds = s.bounds, .samples = 3, .parallel = s.parallel}};
  return std::make_unique<Multistart>(local, options);
}

const Search searches[] = {
    {"random",
     [](const Settings& s) {
       return made<RandomSearch>(
           {.bounds = s.bounds, .samples = 3, .seed = s.seed, .parallel = s.parallel});
     }},
    {"local random",
     [](const Settings& s) {
       return made<LocalRandomSearch>(
           {.bounds = s.bounds, .samples = 3, .seed = s.seed, .parallel = s.parallel});
     }},
    {"CMA-ES",
     [](const Settings& s) {
       return made<CmaEs>({.bounds = s.bounds, .seed = s.seed, .parallel = s.parallel});
     }},
    {"CMA-ES with restarts",
     [](const Settings& s) {
       return made<CmaEs>({.bounds = s.bounds,
                           .population = 4,
                           .restarts = 3,
                           .tol_fun = 10,
                           .tol_hist_fun = 10,
                           .seed = s.seed,
                           .parallel = s.parallel});
     }},
    {"genetic, simulated binary",
     [](const Settings& s) {
       return made<Genetic>(
           {.bounds = s.bounds, .population = 11, .seed = s.seed, .parallel = s.parallel});
     }},
    {"genetic, blend",
     [](const Settings& s) {
       return made<Genetic>({.bounds = s.bounds,
                             .population = 12,
                             .elites = 3,
                             .crossover = Crossover::blend,
                             .mutation = Mutation::normal,
                             .seed = s.seed,
                             .parallel = s.parallel});
     }},
    {"differential evolution",
     [](const Settings& s) {
       return made<DifferentialEvolution>(
           {.bounds = s.bounds, .dither = 0.2, .seed = s.seed, .parallel = s.parallel});
     }},
    {"differential evolution, to the best",
     [](const Settings& s) {
       return made<DifferentialEvolution>({.bounds = s.bounds,
                                           .strategy = DifferentialStrategy::current_to_best_1_bin,
                                           .jitter = 0.1,
                                           .seed = s.seed,
                                           .parallel = s.parallel});
     }},
    {"annealing",
     [](const Settings& s) {
       return made<SimulatedAnnealing>({.bounds = s.bounds,
                                        .factor = 0.8,
                                        .moves = 10,
                                        .radius = 5,
                                        .coldest = 0.01,
                                        .reheats = 1000,
                                        .seed = s.seed});
     }},
    {"particle swarm",
     [](const Settings& s) {
       return made<ParticleSwarm>(
           {.bounds = s.bounds, .particles = 10, .seed = s.seed, .parallel = s.parallel});
     }},
    {"multistart", [](const Settings& s) { return multistart(s, {.limits = iterations(7)}); }},
    {"basin hopping",
     [](const Settings& s) {
       return multistart(s, {.hop = 2.0, .temperature = 1, .limits = iterations(7)});
     }},
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
    Problem f(3, rastrigin), g(3, rastrigin);
    Run whole(f, *search.make({}), start, iterations(1000));
    path(whole, 25);
    Archive saved;
    whole.archive(saved);
    // Options are part of the state: the run that takes it over was made with others.
    Run later(g, *search.make({.seed = 77, .bounds = {-9, 9}}), {0, 0, 0}, iterations(1000));
    Archive stored = saved.reversed();
    later.archive(stored);
    const auto rest = path(whole, 40);
    CHECK(rest.size() == 40 * 5);
    CHECK(path(later, 40) == rest);
    CHECK(later.outcome().evaluations == whole.outcome().evaluations);
    CHECK(later.best().x == whole.best().x);
  }
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
