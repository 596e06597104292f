#include "thalweg/optim/global/cma_es.hpp"

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
  const std::string reason(name(run.outcome().stop));
  return (run.outcome().converged() ? "" : reason + ", ") + run.outcome().why;
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

/// One member of the saved state of a search.
template <class T>
T saved(CmaEs& search, std::string_view name, T value = T(0)) {
  Archive saved;
  search.archive(saved);
  Archive stored = saved.reversed();
  stored(name, value);
  return value;
}

/// The number below which the share p of them lies, as cma_penalty.hpp has it.
double quantile(std::vector<double> numbers, double p) {
  std::ranges::sort(numbers);
  return numbers[static_cast<std::size_t>(p * static_cast<double>(numbers.size() - 1))];
}

}  // namespace

TEST_CASE("CmaEs: one generation is the tutorial's figure 6, by hand") {
  // n = 2, λ = 6, μ = 3; C = 1, so that y = z; the paths are 0.
  const double sigma = 0.5, n = 2, lambda = 6;
  const std::vector<double> start = {1, -2};
  std::vector<std::vector<double>> y(6, std::vector<double>(2));
  Random random(7);
  for (auto& step : y)
    for (double& number : step) number = random.normal();
  const auto f = [](View x) { return x[0] * x[0] + 3 * x[1] * x[1] + x[0] * x[1]; };
  std::ranges::sort(y, {}, [&](const std::vector<double>& step) {
    return f(std::vector{start[0] + sigma * step[0], start[1] + sigma * step[1]});
  });
  std::vector<double> w;
  for (int i = 1; i <= 6; ++i) w.push_back(std::log(3.5) - std::log(i));
  const double better = w[0] + w[1] + w[2], worse = -(w[3] + w[4] + w[5]);
  const double mu_eff = better * better / (w[0] * w[0] + w[1] * w[1] + w[2] * w[2]);
  const double mu_worse = worse * worse / (w[3] * w[3] + w[4] * w[4] + w[5] * w[5]);
  const double c_sigma = (mu_eff + 2) / (n + mu_eff + 5);
  const double d_sigma = 1 + 2 * std::max(0.0, std::sqrt((mu_eff - 1) / (n + 1)) - 1) + c_sigma;
  const double c_c = (4 + mu_eff / n) / (n + 4 + 2 * mu_eff / n);
  const double c_1 = 2 / ((n + 1.3) * (n + 1.3) + mu_eff);
  const double c_mu =
      std::min(1 - c_1, 2 * (0.25 + mu_eff + 1 / mu_eff - 2) / ((n + 2) * (n + 2) + mu_eff));
  const double a =
      std::min({1 + c_1 / c_mu, 1 + 2 * mu_worse / (mu_eff + 2), (1 - c_1 - c_mu) / (n * c_mu)});
  const double chi = std::sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
  for (std::size_t i = 0; i < 6; ++i) w[i] *= i < 3 ? 1 / better : a / worse;
  double sum = 0, mean_step[2] = {}, length = 0, c[3] = {1, 0, 1};  // 00, 10, 11
  for (std::size_t i = 0; i < 6; ++i) sum += w[i];
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 2; ++j) mean_step[j] += w[i] * y[i][j];
  const double path = std::sqrt(c_sigma * (2 - c_sigma) * mu_eff);
  length = path * std::hypot(mean_step[0], mean_step[1]);
  const double settled = 1 - std::pow(1 - c_sigma, 2);
  const double h = length < (1.4 + 2 / (n + 1)) * chi * std::sqrt(settled) ? 1 : 0;
  const double path_c = h * std::sqrt(c_c * (2 - c_c) * mu_eff);
  for (double& number : c) number *= 1 + (1 - h) * c_1 * c_c * (2 - c_c) - c_1 - c_mu * sum;
  const auto add = [&](double factor, double u, double v) {
    c[0] += factor * u * u, c[1] += factor * v * u, c[2] += factor * v * v;
  };
  add(c_1, path_c * mean_step[0], path_c * mean_step[1]);
  for (std::size_t i = 0; i < 6; ++i) {
    const double square = y[i][0] * y[i][0] + y[i][1] * y[i][1];
    add(c_mu * w[i] * (i < 3 ? 1 : n / square), y[i][0], y[i][1]);
  }

  Problem problem(2, f);
  CmaEs search{{.sigma = sigma, .population = Index(lambda), .seed = 7}};
  Point point{.x = start};
  search.begin(problem, point);
  search.advance(problem, point);
  const auto mean = saved<std::vector<double>>(search, "distribution.mean");
  CHECK(close(mean, {start[0] + sigma * mean_step[0], start[1] + sigma * mean_step[1]}));
  CHECK(close(saved<double>(search, "distribution.sigma"),
              sigma * std::exp(c_sigma / d_sigma * (length / chi - 1))));
  const auto covariance = saved<std::vector<double>>(search, "distribution.covariance");
  CHECK(close(covariance[0], c[0]));
  CHECK(close(covariance[2], c[1]));
  CHECK(close(covariance[3], c[2]));
}

TEST_CASE("CmaEs: the penalty is that of its header, generation by generation, by hand") {
  // One coordinate, whose minimum 5 is beyond the bound 1: then ξ = 1, and C is a number.
  const Bounds bounds(-INFINITY, 1);
  const auto f = [](double x) { return (x - 5) * (x - 5); };
  Problem problem(1, [&](View x) { return f(x[0]); });
  CmaEs search{{.bounds = bounds, .sigma = 0.3, .population = 6, .seed = 2}};
  Point point{.x = {-1}};
  search.begin(problem, point);
  std::vector<double> ranges;
  double gamma = 0;
  bool outside = false;
  for (int g = 0; g < 16; ++g) {
    CAPTURE(g);
    const double m = saved<std::vector<double>>(search, "distribution.mean")[0];
    const double sigma = saved<double>(search, "distribution.sigma");
    const double c = saved<std::vector<double>>(search, "distribution.covariance")[0];
    Random random = saved<Random>(search, "random");
    std::vector<double> x(6), inside(6), values(6), paid(6);
    for (std::size_t k = 0; k < 6; ++k) {
      x[k] = m + sigma * std::sqrt(c) * random.normal();
      inside[k] = std::min(x[k], 1.0);
      values[k] = f(inside[k]);
    }
    ranges.push_back(quantile(values, 0.75) - quantile(values, 0.25));
    const optim::detail::CmaStrategy s(1, 6, true);
    if (m > 1) {
      if (gamma == 0) gamma = 2 * quantile(ranges, 0.5) / (sigma * sigma * c);
      if (m - 1 > 3 * sigma * std::sqrt(c) * std::max(1.0, 1 / s.mu_eff))
        gamma *= std::pow(1.1, std::min(1.0, s.mu_eff / 10));
      outside = true;
    }
    std::vector<std::size_t> order = {0, 1, 2, 3, 4, 5};
    for (std::size_t k = 0; k < 6; ++k)
      paid[k] = values[k] + gamma * (inside[k] - x[k]) * (inside[k] - x[k]);
    std::ranges::stable_sort(order, {}, [&](std::size_t k) { return paid[k]; });
    double next = m;
    for (std::size_t i = 0; i < 3; ++i) next += s.weights[i] * (x[order[i]] - m);

    REQUIRE(!search.advance(problem, point));
    CHECK(close(saved<std::vector<double>>(search, "penalty.weights")[0], gamma, {1e-9, 1e-300}));
    CHECK(close(saved<std::vector<double>>(search, "distribution.mean")[0], next, {1e-9}));
  }
  CHECK(outside);
  CHECK(gamma > 0);
}

TEST_CASE("CmaPenalty: its weight grows while the mean is more than three deviations outside") {
  const Bounds bounds(-INFINITY, 1);
  const std::vector<double> values = {1, 2, 3, 4, 5, 6}, x = {1.5}, inside = {1};
  for (const double mean : {3.0, 1.2}) {  // 20 and 2 deviations beyond the bound
    const optim::detail::CmaDistribution from({mean}, 0.1, 6, true);
    const double growth = mean > 2 ? std::pow(1.1, std::min(1.0, from.strategy().mu_eff / 10)) : 1;
    optim::detail::CmaPenalty penalty(1);
    double gamma = 2 * 2 / (0.1 * 0.1);  // δ = 4 − 2
    for (int g = 0; g < 3; ++g) {
      penalty.adapt(bounds, from, values);
      gamma *= growth;
      CHECK(close(penalty.of(x, inside, from), gamma * 0.5 * 0.5));
    }
  }
}

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
  CHECK(close(double(turned) / double(upright), 1, {.relative = 0.2}));
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
    CHECK(close(std::log10(d.variance(0) / d.variance(2)), 4, {.relative = 0.2}));
    CHECK(close(std::log10(d.variance(2) / d.variance(1)), 4, {.relative = 0.2}));
  }
}

TEST_CASE("CmaStrategy: what is learned is forgotten to the same amount, C stays positive") {
  for (const Index n : {1, 2, 10, 100})
    for (const Index lambda : {2, 5, 10, 1000}) {
      const optim::detail::CmaStrategy s(n, lambda, true), passive(n, lambda, false);
      double positive = 0, all = 0;
      for (const double w : s.weights) all += w, positive += std::max(w, 0.0);
      CHECK(close(positive, 1, {.relative = 1e-5}));
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
  CHECK(close(run.best().x[2], 0.25, {.relative = 1e-4}));
  CHECK(close(run.best().value, 2, {.relative = 1e-10}));
}

TEST_CASE("CmaEs: without a sigma it is 0.3 of the narrowest bounds, or as large as the start") {
  const auto first_step = [](const Bounds& bounds, std::vector<double> start = {1, 1}) {
    Problem f(2, sphere);
    Run run(f, CmaEs{{.bounds = bounds}}, std::move(start));
    run.start();
    return run.now().step;
  };
  CHECK(first_step({}) == 1);
  CHECK(first_step({}, {-7, 2}) == 7);
  CHECK(first_step({}, {0, 0}) == 1);
  CHECK(first_step({-2, 8}) == 3);
  CHECK(first_step({{0, -INFINITY}, {100, 2}}) == 30);
  CHECK(first_step({{1, 0}, {1, 2}}) == 0.6);  // a fixed coordinate does not count
}

TEST_CASE("CmaEs: each criterion ends the run and says so") {
  const CmaEsOptions strict{.tol_fun = 0, .tol_hist_fun = 0};
  CHECK(why(sphere, {1, 1}, {.tol_fun = 1e-3, .tol_hist_fun = 0}) ==
        "TolFun: values span less than 0.001 of what f has fallen");
  CHECK(why(sphere, {1, 1}, {.tol_fun = 0, .tol_hist_fun = 1e-3}) ==
        "TolHistFun: best values span less than 0.001 of what f has fallen");
  CHECK(why([](View) { return 1.0; }, {1, 1}, strict) ==
        "at_start, EqualFunValues: best values are all the same; nothing better than the start was "
        "found");
  CHECK(why(sphere, {1, 1}, strict) == "TolX: deviations are less than 1e-12");
  CHECK(why([](View x) { return -x[0]; }, {0, 0}, {.sigma = 1e-3})
            .starts_with("unbounded, TolXUp: sigma has grown from 0.001 to "));
  CHECK(why([](View x) { return x[0] * x[0] + 1e18 * x[1] * x[1]; }, {1, 1}, strict)
            .starts_with("ConditionCov: cond C = "));
  CHECK(why(sphere, {1e18, 1e18}, {.sigma = 1}) ==
        "at_start, NoEffectAxis: a step along an axis is lost in rounding; nothing better than the "
        "start was found");
  CHECK(
      why(sphere, {1e18, 1}, {.sigma = 1}) ==
      "at_start, NoEffectCoord: a step along a coordinate is lost in rounding; nothing better than "
      "the start was found");
  CHECK(why([](View x) { return std::sin(1e9 * (x[0] + x[1])); }, {1, 1}, {}) ==
        "no_improvement, Stagnation: best and median values no longer fall");
}

TEST_CASE("CmaEs: the population doubles with each restart of ipop, and the last one converges") {
  Problem f(2, sphere);
  Run run(f, CmaEs{{.population = 6, .restarts = 3, .scheme = CmaRestarts::ipop}}, {1, 1});
  std::vector<Index> sizes;
  for (Index before = 1; run.advance(); before = run.now().evaluations)
    if (const Index size = run.now().evaluations - before; sizes.empty() || sizes.back() != size)
      sizes.push_back(size);
  CHECK(sizes == std::vector<Index>{6, 12, 24, 48});
  CHECK(
      run.outcome().why.ends_with(" span less than 1e-12 of what f has fallen, after 3 restarts"));
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
