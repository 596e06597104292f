/// Methods along directions: steepest descent, conjugate gradients, L-BFGS.

#include <cmath>
#include <memory>

#include "tests/close.hpp"
#include "tests/optim/rules/descent.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "thalweg/optim/base/vectors.hpp"
#include "thalweg/optim/line_search/fixed_step.hpp"
#include "thalweg/optim/smooth/box_model.hpp"
#include "thalweg/optim/smooth/conjugate_gradient.hpp"
#include "thalweg/optim/smooth/lbfgs.hpp"
#include "thalweg/optim/smooth/lbfgs_b.hpp"
#include "thalweg/optim/smooth/steepest_descent.hpp"

using namespace thalweg;
using testing::close;
using namespace thalweg::optim;
using problems::continues_bitwise;
using problems::ellipse;
using problems::error_of;
using problems::Given;
using problems::rosenbrock;

namespace {

using View = std::span<const double>;
const std::vector<double> standard{-1.2, 1.0};
/// On a quadratic the second trial of a search with these is its exact minimum.
const StrongWolfe exact{{.c1 = 1e-9, .c2 = 1e-8}};

Outcome run(Objective& f, const Method& method, std::vector<double> start,
            const Limits& limits = {.gradient_norm = 1e-9}) {
  Run run(f, method, std::move(start), limits);
  while (run.advance()) {
  }
  return run.outcome();
}

/// Takes the step that it is told, and keeps the slope at its start; with step 0 it finds nothing.
struct Told final : LineSearch {
  static constexpr bool ensures_curvature = true;
  std::shared_ptr<double> step = std::make_shared<double>(0);
  std::shared_ptr<std::vector<double>> slopes = std::make_shared<std::vector<double>>();

  Found search(Line& line, double) const override {
    slopes->push_back(line.start().slope);
    const double now = std::exchange(*step, 1);
    return now == 0 ? Found{line.start(), false} : Found{line.at(now), true};
  }
  std::string describe() const override { return "Told"; }
};

}  // namespace

TEST_CASE("SteepestDescent: with an exact search on a circle it arrives in one step") {
  Given circle(
      2, [](std::span<const double> x) { return x[0] * x[0] + x[1] * x[1]; },
      [](std::span<const double> x, std::span<double> g) { g[0] = 2 * x[0], g[1] = 2 * x[1]; });
  CHECK(run(circle, SteepestDescent{{}, exact}, {3, 4}).iterations == 1);
}

TEST_CASE("SteepestDescent: with a fixed step it is gradient descent") {
  Given f = ellipse(3);
  Run descent(f, SteepestDescent{{}, FixedStep{{.step = 0.25}}}, {1, 1, 1});
  for (int k = 0; k < 4; ++k) descent.advance();
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(descent.now().x[i] == std::pow(1 - 0.25 * static_cast<double>(i + 1), 4));
}

TEST_CASE("ConjugateGradient: with exact searches a quadratic in n variables takes n iterations") {
  for (const Beta beta : {Beta::fletcher_reeves, Beta::polak_ribiere, Beta::hager_zhang}) {
    Given f = ellipse(6);
    const Outcome outcome = run(f, ConjugateGradient{{.beta = beta}, exact}, {1, -2, 3, -4, 5, -6},
                                {.gradient_norm = 1e-7});
    CHECK(outcome.converged());
    CHECK(outcome.iterations <= 6);
  }
}

TEST_CASE("Lbfgs: with exact searches on a quadratic it goes the way of conjugate gradients") {
  Given f = ellipse(5), g = ellipse(5);
  Run one(f, Lbfgs{{}, exact}, {5, 4, 3, 2, 1}),
      other(g, ConjugateGradient{{}, exact}, {5, 4, 3, 2, 1});
  for (int k = 0; k < 4; ++k) {
    one.advance();
    other.advance();
    for (std::size_t i = 0; i < 5; ++i)
      CHECK(close(one.now().x[i], other.now().x[i], {.relative = 1e-6, .absolute = 1e-11}));
  }
}

TEST_CASE("Lbfgs: the inverse Hessian fulfils the secant equation H y = s") {
  Given f = rosenbrock();
  Lbfgs method;
  Point point{.x = standard};
  method.begin(f, point);
  for (int k = 0; k < 20; ++k) {
    const Point before = point;
    REQUIRE(!method.advance(f, point));
    std::vector<double> s = point.x, y = point.gradient;
    optim::detail::add_scaled(s, -1, before.x);
    optim::detail::add_scaled(y, -1, before.gradient);
    CHECK(optim::detail::dot(s, y) > 0);
    method.apply_inverse_hessian(y);
    CHECK(optim::detail::distance(y, s) <= 1e-12 * optim::detail::norm(s));
  }
}

TEST_CASE("Lbfgs: when a search fails it is repeated along -g, as far as the last step went") {
  Given f = rosenbrock();
  Told search;
  Lbfgs method{{}, search};
  Point point{.x = standard};
  method.begin(f, point);
  for (int k = 0; k < 3; ++k) {
    *search.step = k == 0 ? 0.1 : 0.5;
    REQUIRE(!method.advance(f, point));
  }
  const Point before = point;
  *search.step = 0.25;
  REQUIRE(!method.advance(f, point));
  const double last = optim::detail::distance(point.x, before.x);
  const Point here = point;
  *search.step = 0;  // once; then 1
  search.slopes->clear();
  REQUIRE(!method.advance(f, point));
  REQUIRE(search.slopes->size() == 2);
  CHECK(close((*search.slopes)[1], -last * here.gradient_norm, {1e-13}));
  for (std::size_t i = 0; i < 2; ++i)
    CHECK(close(point.x[i] - here.x[i], -last * here.gradient[i] / here.gradient_norm, {1e-9}));
}

TEST_CASE("ConjugateGradient: a negative beta of Polak and Ribiere counts as 0, which is -g") {
  // From x = 1 under f = x² / 2 a step of 1/4 leaves g = 3/4: β would be 3/4 (3/4 − 1) < 0.
  Given f = ellipse(1);
  Told search;
  ConjugateGradient method{{.beta = Beta::polak_ribiere, .restart = INFINITY}, search};
  Point point{.x = {1}};
  method.begin(f, point);
  *search.step = 0.25;
  REQUIRE(!method.advance(f, point));
  CHECK(point.x[0] == 0.75);
  *search.step = 0.5;
  REQUIRE(!method.advance(f, point));
  CHECK(point.x[0] == 0.375);
}

TEST_CASE(
    "ConjugateGradient: Hager and Zhang's beta is not below 0.4 d g / |d|^2 of the last step") {
  // In one dimension, g = 1 then −1/2 then …: β from the formula, y = g − g₀, d = −g₀:
  // (y − 2 d y² / dy) g / dy = (y − 2 y) g / dy = −g / d. With g = 3/4, d = −1 that is 3/4, and
  // with g = −3/4 it is −3/4: the bound, 0.4 · (−1) · 1 / 1, is above.
  Given f = ellipse(1);
  Told search;
  ConjugateGradient method{{}, search};
  Point point{.x = {1}};
  method.begin(f, point);
  *search.step = 1.75;
  REQUIRE(!method.advance(f, point));
  CHECK(point.x[0] == -0.75);
  *search.step = 0.5;
  REQUIRE(!method.advance(f, point));
  CHECK(close(point.x[0], -0.75 + 0.5 * (0.75 - 0.4 * -1)));
}

TEST_CASE("LbfgsB: the Cauchy point is the first minimum along the bent path, by a dense search") {
  Random random(3);
  for (int trial = 0; trial < 40; ++trial) {
    CAPTURE(trial);
    const std::size_t n = 4;
    const Index pairs = trial % 4;  // 0 … 3 of them
    const auto drawn = [&] {
      std::vector<double> x(n);
      random.fill_uniform(x, -1, 1);
      return x;
    };
    // Pairs of a quadratic with Hessian diag(1 … 4) + 1, so that sᵀy > 0.
    std::vector<optim::detail::CurvaturePair> history;
    for (Index k = 0; k < pairs; ++k) {
      optim::detail::CurvaturePair pair{drawn(), {}};
      for (std::size_t i = 0; i < n; ++i) {
        double sum = double(i + 1) * pair.s[i];
        for (const double s : pair.s) sum += s;
        pair.y.push_back(sum);
      }
      history.push_back(pair);
    }
    const double theta = 1.5;
    // B by the BFGS formula, from θ 1:  B ← B − B s sᵀB / sᵀB s + y yᵀ / sᵀy
    std::vector<double> b(n * n), bs(n);
    for (std::size_t i = 0; i < n; ++i) b[i * n + i] = theta;
    for (const auto& [s, y] : history) {
      for (std::size_t i = 0; i < n; ++i)
        bs[i] = optim::detail::dot(std::span(b).subspan(i * n, n), s);
      const double sbs = optim::detail::dot(s, bs), sy = optim::detail::dot(s, y);
      for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) b[i * n + j] += y[i] * y[j] / sy - bs[i] * bs[j] / sbs;
    }
    const Bounds box({-0.3, -0.5, -1, -0.1}, {0.4, 0.2, 1, 0.6});
    Point at{.x = {0.1, -0.2, 0.3, 0}, .gradient = drawn()};
    optim::detail::scale(at.gradient, 3);
    const auto path = [&](double t) {
      std::vector<double> x = at.x;
      optim::detail::add_scaled(x, -t, at.gradient);
      box.clamp(x);
      return x;
    };
    const auto q = [&](const std::vector<double>& x) {
      std::vector<double> p = x;
      optim::detail::add_scaled(p, -1, at.x);
      double sum = optim::detail::dot(at.gradient, p);
      for (std::size_t i = 0; i < n; ++i)
        sum += 0.5 * p[i] * optim::detail::dot(std::span(b).subspan(i * n, n), p);
      return sum;
    };
    optim::detail::BoxModel model(box, history, theta, at);
    const std::vector<double> cauchy = model.cauchy_point();
    double t = 0;
    const double step = 1e-5;
    while (t < 50 && q(path(t + step)) < q(path(t))) t += step;
    CHECK(close(cauchy, path(t), {.relative = 0, .absolute = 2e-4}));
    CHECK(q(cauchy) <= q(path(t)) + 1e-12);
    // x̄ is in the box, not above the Cauchy point, and keeps what is at its bound there.
    const std::vector<double> end = model.minimum();
    CHECK(box.contains(end));
    CHECK(q(end) <= q(cauchy) + 1e-12);
    for (std::size_t i = 0; i < n; ++i)
      if (cauchy[i] == box.lower(Index(i)) || cauchy[i] == box.upper(Index(i)))
        CHECK(end[i] == cauchy[i]);
  }
}

TEST_CASE("LbfgsB: the projected gradient leaves out what points out of the box at a bound") {
  Given f(
      3, [](View x) { return x[0] - x[1] + 2 * x[2]; },
      [](View, std::span<double> g) { g[0] = 1, g[1] = -1, g[2] = 2; });
  const auto norm_at = [&](std::vector<double> x) {
    Run run(f, LbfgsB{{.bounds = {0, 1}}}, std::move(x));
    run.start();
    return run.now().gradient_norm;
  };
  CHECK(norm_at({0, 1, 0}) == 0);
  CHECK(norm_at({0, 0, 0}) == 1);  // x[1] wants to rise
  CHECK(norm_at({1, 1, 0.5}) == std::sqrt(5));
  CHECK(norm_at({0, 1 - 1e-16, 0}) == 0);  // half a unit in the last place
  CHECK(norm_at({0, 1 - 1e-12, 0}) == 1);
}

TEST_CASE("Lbfgs: the value never rises") {
  Given f = rosenbrock();
  Run descent(f, Lbfgs{}, standard, {.gradient_norm = 1e-9});
  descent.start();
  for (double before = descent.now().value; descent.advance(); before = descent.now().value)
    CHECK(descent.now().value <= before);
  CHECK(descent.outcome().converged());
}

TEST_CASE("Lbfgs: scaling f by a power of two leaves the way as it is") {
  Given f = rosenbrock();
  Given g(
      2, [&](std::span<const double> x) { return 1024 * f.value(x); },
      [&](std::span<const double> x, std::span<double> slope) {
        f.value_and_gradient(x, slope);
        optim::detail::scale(slope, 1024);
      });
  Run one(f, Lbfgs{}, standard), other(g, Lbfgs{}, standard);
  for (int k = 0; k < 15; ++k) {
    one.advance();
    other.advance();
    CHECK(std::vector(one.now().x.begin(), one.now().x.end()) ==
          std::vector(other.now().x.begin(), other.now().x.end()));
  }
}

TEST_CASE("LbfgsB: without bounds it solves what Lbfgs solves, in about as many iterations") {
  Given f = rosenbrock(), g = rosenbrock();
  const Outcome free = run(f, Lbfgs{}, standard), boxed = run(g, LbfgsB{}, standard);
  CHECK(boxed.converged());
  CHECK(boxed.iterations <= free.iterations + 10);
}

TEST_CASE(
    "LbfgsB: a separable quadratic ends at the clamped minimum, and f is never left outside") {
  const Bounds box({-1, 2, -3, 0.5}, {1, 3, -2, 0.75});
  const std::vector<double> target{5, 0, -2.5, -7};
  Given f(
      4,
      [&](std::span<const double> x) {
        CHECK(box.contains(x));
        double sum = 0;
        for (std::size_t i = 0; i < 4; ++i)
          sum += std::pow(10.0, static_cast<double>(i)) * (x[i] - target[i]) * (x[i] - target[i]);
        return sum;
      },
      [&](std::span<const double> x, std::span<double> g) {
        for (std::size_t i = 0; i < 4; ++i)
          g[i] = 2 * std::pow(10.0, static_cast<double>(i)) * (x[i] - target[i]);
      });
  Run descent(f, LbfgsB{{.bounds = box}}, {0, 2.5, -3, 0.6}, {.gradient_norm = 1e-9});
  while (descent.advance()) {
  }
  CHECK(descent.outcome().converged());
  CHECK(descent.best().x[0] == 1);
  CHECK(descent.best().x[1] == 2);
  CHECK(close(descent.best().x[2], -2.5, {.relative = 1e-10}));
  CHECK(descent.best().x[3] == 0.5);
}

TEST_CASE("LbfgsB: Rosenbrock's valley is followed along a bound") {
  Given f = rosenbrock();
  const double infinity = HUGE_VAL;
  Run descent(f, LbfgsB{{.bounds = {{-infinity, -infinity}, {0.5, infinity}}}}, standard,
              {.gradient_norm = 1e-9});
  while (descent.advance()) {
  }
  CHECK(descent.outcome().converged());
  CHECK(descent.best().x[0] == 0.5);
  CHECK(close(descent.best().x[1], 0.25, {.relative = 1e-10}));
}

TEST_CASE("LbfgsB: a start at the solution's corner has converged") {
  Given f = ellipse(2);
  CHECK(run(f, LbfgsB{{.bounds = {1, 2}}}, {1, 1}).iterations == 0);
}

TEST_CASE("a wrong gradient is a failed line search, and the start is kept") {
  Given wrong(
      1, [](std::span<const double> x) { return x[0]; },
      [](std::span<const double>, std::span<double> g) { g[0] = -1; });
  const auto ends = [&](const Method& method) {
    const Outcome outcome = run(wrong, method, {2.0});
    return outcome.stop == Stop::line_search_failed && outcome.value == 2;
  };
  CHECK(ends(SteepestDescent{}));
  CHECK(ends(ConjugateGradient{}));
  CHECK(ends(Lbfgs{}));
  CHECK(ends(LbfgsB{}));
}

TEST_CASE("state saved and restored in the middle equals the uninterrupted run, along directions") {
  const auto middle = [](const Method& method) {
    continues_bitwise(method, rosenbrock, standard, 7, 19);
  };
  middle(SteepestDescent{});
  middle(SteepestDescent{{}, StrongWolfe{}});
  for (const Beta beta : {Beta::fletcher_reeves, Beta::polak_ribiere, Beta::hager_zhang})
    middle(ConjugateGradient{{.beta = beta}, StrongWolfe{{.c2 = 0.1}}});
  middle(ConjugateGradient{});
  middle(Lbfgs{{.history = 3}});
  middle(Lbfgs{{}, HagerZhang{}});
  middle(LbfgsB{{.bounds = {-2, 1}, .history = 4}});
}

TEST_CASE("methods along directions: options out of range are refused") {
  CHECK(error_of([] { SteepestDescent{{.first = 0}}; }) ==
        "SteepestDescent: first is 0; expected a finite number above 0");
  CHECK(error_of([] { SteepestDescent{{.growth = 0.5}}; }) ==
        "SteepestDescent: growth is 0.5; expected a finite number, at least 1");
  CHECK(error_of([] { ConjugateGradient{{.restart = -1}}; }) ==
        "ConjugateGradient: restart is -1; expected a number, at least 0");
  CHECK(error_of([] { Lbfgs{{.history = 0}}; }) == "Lbfgs: history is 0; expected at least 1");
  CHECK(error_of([] { LbfgsB{{.history = 0}}; }) == "LbfgsB: history is 0; expected at least 1");
  CHECK(error_of([] {
          Bounds{2, 1};
        }) == "Bounds: the lower bound 2 of coordinate 0 is above the upper 1");
  CHECK(error_of([] {
          Bounds({1, 2}, {3});
        }) == "Bounds: there are 2 lower bounds and 1 upper ones");
}

TEST_CASE("LbfgsB: a start outside the bounds is refused by its coordinate") {
  Given f = ellipse(3);
  CHECK(error_of([&] {
          run(f, LbfgsB{{.bounds = {0, 1}}}, {0.5, 3, 9});
        }) == "LbfgsB: coordinate 1 of the start is 3, outside its bounds [0, 1]");
  CHECK(error_of([&] {
          run(f, LbfgsB{{.bounds = {{0, 0}, {1, 1}}}}, {0, 0, 0});
        }) == "LbfgsB: there are bounds of 2 coordinates; the start has 3");
}
