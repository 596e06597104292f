#include "thalweg/optim/global/cma_es.hpp"

#include <algorithm>

#include "tests/optim/global/laws.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "tests/problems/problems.hpp"

using namespace thalweg;
using namespace thalweg::optim;
using namespace thalweg::optim::laws;
using problems::error_of;

namespace {

/// Σ 10^(6 i / (n − 1)) xᵢ²
double ellipsoid(View x) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    sum += std::pow(10, 6.0 * double(i) / double(x.size() - 1)) * x[i] * x[i];
  return sum;
}

/// f of x turned by 1, 2, … radians in the planes (0, 1), (1, 2), …
double turned_ellipsoid(View x) {
  std::vector<double> y(x.begin(), x.end());
  for (std::size_t i = 0; i + 1 < y.size(); ++i) {
    const double c = std::cos(double(i + 1)), s = std::sin(double(i + 1)), a = y[i], b = y[i + 1];
    y[i] = c * a - s * b;
    y[i + 1] = s * a + c * b;
  }
  return ellipsoid(y);
}

std::string why(double (*f)(View), std::vector<double> start, const CmaEsOptions& options) {
  Problem problem(Index(start.size()), f);
  Run run(problem, CmaEs(options), std::move(start), {.iterations = 5000});
  while (run.advance()) {
  }
  return run.outcome().stop == Stop::method_converged ? run.outcome().why : "did not converge";
}

/// How many of 20 seeds reach f ≤ 1e-8 in ten dimensions from starts anywhere in the domain.
int solved(const char* name, CmaEsOptions options) {
  int count = 0;
  const auto known = test_problems::problem(name, 10);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Problem problem(10, known.value);
    options.seed = seed;
    const auto start = uniform_start(10, known.upper[0], 100 + seed);
    count += solve(problem, CmaEs(options), start, 400'000).stop == Stop::value;
  }
  return count;
}

}  // namespace

TEST_CASE("CmaEs: restarts with doubled populations solve Rastrigin in ten dimensions") {
  CHECK(solved("Rastrigin", {.sigma = 2.5, .population = 120, .restarts = 6}) >= 19);
}

TEST_CASE("CmaEs: Ackley in ten dimensions") {
  CHECK(solved("Ackley", {.bounds = {-32.768, 32.768}, .restarts = 6}) >= 19);
}

TEST_CASE("CmaEs: an increasing function of f gives the same points, bit for bit") {
  Problem plain(4, rastrigin);
  Problem raised(4, [](View x) { return std::exp(0.1 * rastrigin(x)) - 7; });
  const CmaEs search{{.sigma = 2, .seed = 3}};
  Run a(plain, search, {3, -2, 4, 1}, iterations(60)),
      b(raised, search, {3, -2, 4, 1}, iterations(60));
  while (a.advance() && b.advance()) {
    CHECK(std::ranges::equal(a.now().x, b.now().x));
    CHECK(a.now().step == b.now().step);
  }
  CHECK(a.now().iteration == 60);
}

TEST_CASE("CmaEs: a rotation of x costs nothing") {
  Index upright = 0, turned = 0;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    Problem f(6, ellipsoid), g(6, turned_ellipsoid);
    const CmaEs search{{.seed = seed}};
    const std::vector<double> start(6, 3.0);
    upright += solve(f, search, start, 20'000).evaluations;
    turned += solve(g, search, start, 20'000).evaluations;
  }
  CHECK(double(turned) / double(upright) == doctest::Approx(1).epsilon(0.2));
}

TEST_CASE("CmaDistribution: C becomes the inverse of the Hessian, up to a factor") {
  for (const bool active : {false, true}) {
    Random random(1);
    optim::detail::CmaDistribution d({2, 2, 2}, 1, 10, active);
    for (int k = 0; k < 150; ++k) {
      d.decompose_if_due();
      const optim::detail::Population steps = d.steps(random);
      optim::detail::Population points = steps;
      for (Index i = 0; i < 10; ++i) {
        d.point_at(steps[i], points[i]);
        points.set_value(i, 1e-4 * std::pow(points[i][0], 2) + 1e4 * std::pow(points[i][1], 2) +
                                std::pow(points[i][2], 2));
      }
      d.learn(steps, points.ranking());
    }
    CHECK(std::log10(d.variance(0) / d.variance(2)) == doctest::Approx(4).epsilon(0.2));
    CHECK(std::log10(d.variance(2) / d.variance(1)) == doctest::Approx(4).epsilon(0.2));
  }
}

TEST_CASE("CmaStrategy: what is learned is forgotten to the same amount, C stays positive") {
  for (const Index n : {1, 2, 10, 100})
    for (const Index lambda : {2, 5, 10, 1000}) {
      const optim::detail::CmaStrategy s(n, lambda, true), passive(n, lambda, false);
      double positive = 0, all = 0;
      for (const double w : s.weights) all += w, positive += std::max(w, 0.0);
      CHECK(positive == doctest::Approx(1));
      CHECK(std::ranges::is_sorted(s.weights, std::greater<>()));
      CHECK(s.c_1 + s.c_mu <= 1);
      // The negative part takes away at most n c_μ Σ |w|⁻ of C, in the metric of C itself.
      CHECK(double(n) * s.c_mu * (positive - all) <= 1 - s.c_1 - s.c_mu + 1e-12);
      CHECK(std::ranges::count_if(passive.weights, [](double w) { return w != 0; }) == s.mu);
    }
}

TEST_CASE("CmaEs: a minimum on the bounds is found to the last bit") {
  // Coordinates 0 and 1 want to leave the box, 2 and 3 are free; all are coupled.
  const auto pulled = [](View x) {
    double sum = 0;
    for (std::size_t i = 0; i < 4; ++i) sum += std::pow(x[i] - (i < 2 ? 3.0 : 0.25), 2);
    return sum + 0.1 * std::pow(x[2] - x[3], 2);
  };
  Problem f(4, pulled);
  Run run(f, CmaEs{{.bounds = {-1, 2}}}, {0, 0, 0, 0});
  while (run.advance()) {
  }
  CHECK(run.outcome().converged());
  CHECK(run.best().x[0] == 2);
  CHECK(run.best().x[1] == 2);
  CHECK(run.best().x[2] == doctest::Approx(0.25).epsilon(1e-4));
  CHECK(run.best().value == doctest::Approx(2).epsilon(1e-10));
}

TEST_CASE("CmaEs: without a sigma it is 0.3 of the narrowest bounds, or 1") {
  const auto first_step = [](const Bounds& bounds) {
    Problem f(2, sphere);
    Run run(f, CmaEs{{.bounds = bounds}}, {1, 1});
    run.start();
    return run.now().step;
  };
  CHECK(first_step({}) == 1);
  CHECK(first_step({-2, 8}) == 3);
  CHECK(first_step({{0, -INFINITY}, {100, 2}}) == 30);
  CHECK(first_step({{1, 0}, {1, 2}}) == 0.6);  // a fixed coordinate does not count
}

TEST_CASE("CmaEs: each criterion ends the run and says so") {
  const CmaEsOptions strict{.tol_fun = 0, .tol_hist_fun = 0};
  CHECK(why(sphere, {1, 1}, {.tol_fun = 1e-3, .tol_hist_fun = 0}) ==
        "TolFun: values span less than 0.001");
  CHECK(why(sphere, {1, 1}, {.tol_fun = 0, .tol_hist_fun = 1e-3}) ==
        "TolHistFun: best values span less than 0.001");
  CHECK(why([](View) { return 1.0; }, {1, 1}, strict) ==
        "EqualFunValues: best values are all the same");
  CHECK(why(sphere, {1, 1}, strict) == "TolX: deviations are less than 1e-12");
  CHECK(why([](View x) { return -x[0]; }, {0, 0}, {.sigma = 1e-3})
            .starts_with("TolXUp: sigma has grown from 0.001 to "));
  CHECK(why([](View x) { return x[0] * x[0] + 1e18 * x[1] * x[1]; }, {1, 1}, strict)
            .starts_with("ConditionCov: cond C = "));
  CHECK(why(sphere, {1e18, 1e18}, {}) == "NoEffectAxis: a step along an axis is lost in rounding");
  CHECK(why(sphere, {1e18, 1}, {}) ==
        "NoEffectCoord: a step along a coordinate is lost in rounding");
  CHECK(why([](View x) { return std::sin(1e9 * (x[0] + x[1])); }, {1, 1}, {}) ==
        "Stagnation: best and median values no longer fall");
}

TEST_CASE("CmaEs: the population doubles with each restart of ipop, and the last one converges") {
  Problem f(2, sphere);
  Run run(f, CmaEs{{.population = 6, .restarts = 3, .scheme = CmaRestarts::ipop}}, {1, 1});
  std::vector<Index> sizes;
  for (Index before = 1; run.advance(); before = run.now().evaluations)
    if (const Index size = run.now().evaluations - before; sizes.empty() || sizes.back() != size)
      sizes.push_back(size);
  CHECK(sizes == std::vector<Index>{6, 12, 24, 48});
  CHECK(run.outcome().why.ends_with(" span less than 1e-12, after 3 restarts"));
}

TEST_CASE("CmaEs: bipop spends as much on short runs as on long ones") {
  Problem f(2, [](View x) { return rastrigin(x) + 1; });
  Run run(f, CmaEs{{.population = 6, .restarts = 5, .seed = 4}}, {4, 4});
  Index before = 1, total[2] = {0, 0};
  Index largest = 6;
  while (run.advance()) {
    const Index size = run.now().evaluations - before;
    before = run.now().evaluations;
    largest = std::max(largest, size);
    total[size == largest && size > 6] += size;
  }
  CHECK(largest == 6 * 32);
  CHECK(total[0] > total[1] / 3);
  CHECK(total[0] < total[1] * 3 / 2);
}

TEST_CASE("CmaEs: saved in any of its runs, it goes on as if it had not been interrupted") {
  const CmaEs plain;
  for (const auto scheme : {CmaRestarts::ipop, CmaRestarts::bipop}) {
    const CmaEs search{{.sigma = 3,
                        .population = 6,
                        .active = false,
                        .restarts = 6,
                        .scheme = scheme,
                        .tol_fun = 1e-3,
                        .tol_hist_fun = 0,
                        .seed = 2}};
    for (Index after = 10; after < 200; after += 10)
      goes_on_when_saved(search, plain, rastrigin, {3, -2}, after, iterations(10'000));
  }
  // With a population as small as this C is decomposed in some generations only.
  const CmaEs lazy{{.population = 2}};
  for (const Index after : {20, 21, 22})
    goes_on_when_saved(lazy, plain, sphere, std::vector<double>(60, 2.0), after, iterations(40));
}

TEST_CASE("CmaEs: options out of range are refused") {
  const auto refusal = [](const CmaEsOptions& options) {
    return error_of([&] { CmaEs search(options); });
  };
  CHECK(refusal({.sigma = 0}) == "CmaEs: sigma is 0; expected a finite number above 0");
  CHECK(refusal({.population = 1}) == "CmaEs: population is 1; expected at least 2");
  CHECK(refusal({.restarts = -1}) == "CmaEs: restarts is -1; expected 0 to 30 doublings");
  CHECK(refusal({.tol_fun = -1}) == "CmaEs: tol_fun is -1; expected a finite number, at least 0");
  CHECK(refusal({.tol_hist_fun = NAN}) ==
        "CmaEs: tol_hist_fun is nan; expected a finite number, at least 0");
  CHECK(refusal({.tol_x = INFINITY}) ==
        "CmaEs: tol_x is inf; expected a finite number, at least 0");
}
