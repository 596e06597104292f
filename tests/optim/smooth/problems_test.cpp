#include "tests/problems/problems.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/scalar/var.hpp"

using namespace thalweg;
using optim::problems::error_of;
using test_problems::Problem;
using test_problems::problem;
using test_problems::problems;
using testing::close;
using Point = std::vector<double>;

namespace {

Point gradient_at(const Problem& p, const Point& x) {
  Point gradient(x.size());
  p.value_and_gradient(x, gradient);
  return gradient;
}

double largest(const Point& x) {
  double bound = 0;
  for (const double number : x) bound = std::max(bound, std::fabs(number));
  return bound;
}

/// (f(x + h eᵢ) − f(x − h eᵢ)) / 2h
double central_difference(const Problem& p, const Point& x, std::size_t i, double h) {
  Point above = x, below = x;
  above[i] += h;
  below[i] -= h;
  return (p.value(above) - p.value(below)) / (above[i] - below[i]);
}

/// x, each coordinate moved by at most h (1 + |xᵢ|), inside the domain.
Point neighbour(const Problem& p, Point x, double h, Random& random) {
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = std::clamp(x[i] + h * (1 + std::fabs(x[i])) * random.uniform(-1, 1), p.lower[i],
                      p.upper[i]);
  return x;
}

bool inside(const Problem& p, const Point& x) {
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!(p.lower[i] <= x[i] && x[i] <= p.upper[i])) return false;
  return p.lower.size() == x.size() && p.upper.size() == x.size();
}

}  // namespace

TEST_CASE("test problems: the tape's slope is that of central differences") {
  for (const Problem& p : problems()) {
    CAPTURE(p.name);
    const Point gradient = gradient_at(p, p.start);
    const double f = std::fabs(p.value(p.start));
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      const double h = 2e-6 * (1 + std::fabs(p.start[i]));
      const double rounding = 4 * std::numeric_limits<double>::epsilon() * f / h;
      CHECK(std::fabs(central_difference(p, p.start, i, h) - gradient[i]) <=
            1e-6 * largest(gradient) + rounding);
    }
  }
}

TEST_CASE(
    "test problems: the first minimiser has the least value, none that is listed a lower one") {
  for (const Problem& p : problems()) {
    CAPTURE(p.name);
    REQUIRE(!p.minimisers.empty());
    CHECK(p.minimiser == p.minimisers.front());
    const double rounding = p.residuals ? 1e-24 : 1e-14;
    CHECK(std::fabs(p.value(p.minimiser) - p.minimum) <= 1e-11 * std::fabs(p.minimum) + rounding);
    for (const Point& x : p.minimisers) {
      CHECK(inside(p, x));
      CHECK(p.value(x) >= p.minimum - 1e-11 * std::fabs(p.minimum));
    }
  }
}

TEST_CASE("test problems: no neighbour of a minimiser is lower, no point of a domain below all") {
  Random random(1);
  for (const Problem& p : problems()) {
    CAPTURE(p.name);
    for (const Point& x : p.minimisers) {
      const double f = p.value(x);
      for (const double h : {1e-1, 1e-3, 1e-5})
        for (int k = 0; k < 20; ++k)
          CHECK(p.value(neighbour(p, x, 1e-2 * h, random)) >= f - 1e-14 * (1 + std::fabs(f)));
    }
    if (std::isinf(p.lower[0])) continue;
    Point x(p.start.size());
    for (int k = 0; k < 500; ++k) {
      for (std::size_t i = 0; i < x.size(); ++i) x[i] = random.uniform(p.lower[i], p.upper[i]);
      CHECK(p.value(x) >= p.minimum);
    }
  }
}

TEST_CASE("test problems: the slope vanishes at a minimiser of a smooth function") {
  Random random(2);
  for (const Problem& p : problems()) {
    if (!p.smooth) continue;
    CAPTURE(p.name);
    for (const Point& x : p.minimisers) {
      // Beside what it is a thousandth away: second derivatives are from 1e-9 to 1e12.
      const double beside = largest(gradient_at(p, neighbour(p, x, 1e-3, random)));
      CHECK(largest(gradient_at(p, x)) <= 1e-7 * beside);
    }
  }
}

TEST_CASE("test problems: a sum of squares is that of its residuals") {
  int sums = 0;
  for (const Problem& p : problems()) {
    if (!p.residuals) continue;
    CAPTURE(p.name);
    double sum = 0;
    for (const auto& r : p.residuals({p.start.begin(), p.start.end()}))
      sum += r.value() * r.value();
    CHECK(close(sum, p.value(p.start), {.relative = 1e-14}));
    ++sums;
  }
  CHECK(sums > 30);
}

TEST_CASE("test problems: one by its name, with the number of variables that it can have") {
  const Problem p = problem("extended Rosenbrock", 100);
  CHECK(p.start.size() == 100);
  CHECK(close(p.value(p.start), 50 * 24.2, {.relative = 1e-14}));
  CHECK(p.value(p.minimiser) == 0);
  CHECK(problem("Chebyquad").start.size() == 8);
  CHECK(std::isnan(problem("Chebyquad", 20).minimum));

  CHECK(error_of([] { problem("Rosenbrok"); }) == "problem: there is none named Rosenbrok");
  CHECK(error_of([] { problem("Beale", 3); }) == "problem: Beale has 3 variables; expected 2");
  CHECK(error_of([] { problem("extended Powell", 6); }) ==
        "problem: extended Powell has 6 variables; expected a multiple of 4");
}
