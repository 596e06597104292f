#include "thalweg/optim/global/random_search.hpp"

#include "tests/close.hpp"
#include "tests/optim/global/laws.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "thalweg/autodiff/base/error.hpp"

using namespace thalweg;
using testing::close;
using namespace thalweg::optim;
using laws::Problem;
using laws::View;
using problems::error_of;

TEST_CASE("RandomSearch: the smallest of N uniform numbers is 1 / (N + 1) on average") {
  const int runs = 2000, n = 24;
  double sum = 0;
  for (int seed = 0; seed < runs; ++seed) {
    Problem f(1, [](View x) { return x[0]; });
    Run run(f, RandomSearch{{.bounds = {0, 1}, .samples = 8, .seed = std::uint64_t(seed)}}, {1},
            laws::iterations(n / 8));
    while (run.advance()) {
    }
    CHECK(run.outcome().evaluations == n + 1);
    sum += run.best().value;
  }
  // The standard deviation of one is nearly the mean as well; of the mean of all it is a 45th.
  CHECK(close(sum / runs, 1.0 / (n + 1), {.relative = 0.07}));
}

TEST_CASE("LocalRandomSearch: the radius grows after a better point and shrinks after none") {
  Problem f(2, laws::sphere);
  const LocalRandomSearchOptions options{.radius = 0.5, .grow = 2, .shrink = 0.5};
  Run run(f, LocalRandomSearch(options), {3, -1}, laws::iterations(50));
  run.start();
  double radius = 0.5, value = run.now().value;
  while (run.advance()) {
    radius *= run.now().value < value ? 2 : 0.5;
    CHECK(run.now().step == radius);
    CHECK(run.now().value <= value);
    value = run.now().value;
  }
}

TEST_CASE("LocalRandomSearch: by default a fifth of the steps succeed, and it converges") {
  Problem f(5, laws::sphere);
  Run run(f, LocalRandomSearch{{.seed = 3}}, {3, 3, 3, 3, 3});
  double successes = 0, value = 45;
  while (run.advance()) {
    successes += run.now().value < value;
    value = run.now().value;
  }
  CHECK(run.outcome().stop == Stop::method_converged);
  CHECK(run.outcome().why.starts_with("radius "));
  CHECK(run.best().value < 1e-20);
  // n steps of which s succeed leave the radius as it is for n = 5 s: r = r₀ 1.5^(s − (n − s) / 4).
  const double net = std::log(run.now().step / 3) / std::log(1.5);
  CHECK(close(successes, (double(run.outcome().iterations) + 4 * net) / 5, {1e-5}));
}

TEST_CASE("RandomSearch, LocalRandomSearch: options out of range are refused") {
  const auto refusal = [](const LocalRandomSearchOptions& options) {
    return error_of([&] { LocalRandomSearch search(options); });
  };
  CHECK(refusal({.radius = 0}) ==
        "LocalRandomSearch: radius is 0; expected a finite number above 0");
  CHECK(refusal({.grow = 0.5}) ==
        "LocalRandomSearch: grow is 0.5; expected a finite number, at least 1");
  CHECK(refusal({.shrink = 2}) == "LocalRandomSearch: shrink is 2; expected a number in (0, 1]");
  CHECK(refusal({.relative_radius = -1}) ==
        "LocalRandomSearch: relative_radius is -1; expected a finite number, at least 0");
  CHECK(refusal({.samples = 0}) == "LocalRandomSearch: samples is 0; expected at least 1");
  CHECK(error_of([] { RandomSearch{{.samples = 0}}; }) ==
        "RandomSearch: samples is 0; expected at least 1");
  Problem f(2, laws::sphere);
  CHECK(error_of([&] {
          Run(f, RandomSearch{{}}, {0, 0}).start();
        }) ==
        "RandomSearch: needs finite bounds of every coordinate; those of coordinate 0 are "
        "[-inf, inf]");
}
