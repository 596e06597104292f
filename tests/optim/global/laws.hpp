#pragma once
/// Functions for the global searches and what is said of all searches.

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <memory>
#include <numbers>

#include "thalweg/optim/run/run.hpp"

namespace thalweg::optim::laws {

using View = std::span<const double>;

/// A function of n numbers; its gradient by central differences.
class Problem final : public Objective {
 public:
  Problem(Index n, std::function<double(View)> f) : Objective(n), f_(std::move(f)) {}

 private:
  double evaluate(View x) const override { return f_(x); }
  double differentiate(View x, std::span<double> gradient) const override {
    std::vector<double> moved(x.begin(), x.end());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double h = 1e-6 * (1 + std::abs(x[i]));
      moved[i] = x[i] + h;
      const double above = f_(moved);
      moved[i] = x[i] - h;
      gradient[i] = (above - f_(moved)) / (2 * h);
      moved[i] = x[i];
    }
    return f_(x);
  }

  std::function<double(View)> f_;
};

inline double sphere(View x) {
  double sum = 0;
  for (const double v : x) sum += v * v;
  return sum;
}
inline double rastrigin(View x) {
  double sum = 0;
  for (const double v : x) sum += v * v + 10 - 10 * std::cos(2 * std::numbers::pi * v);
  return sum;
}

inline std::vector<double> uniform_start(std::size_t n, double half_width, std::uint64_t seed) {
  std::vector<double> x(n);
  Random(seed).fill_uniform(x, -half_width, half_width);
  return x;
}

/// No limit but the number of iterations.
inline Limits iterations(Index count) { return {.iterations = count, .gradient_norm = {}}; }

/// x, value and step of `count` more iterations, fewer if the run stops.
inline std::vector<double> path(Run& run, Index count) {
  std::vector<double> seen;
  for (Index k = 0; k < count && run.advance(); ++k) {
    seen.insert(seen.end(), run.now().x.begin(), run.now().x.end());
    seen.insert(seen.end(), {run.now().value, run.now().step});
  }
  return seen;
}
inline std::vector<double> path(Objective& f, const Method& method, std::vector<double> start,
                                Index count) {
  Run run(f, method, std::move(start), iterations(count + 1));
  return path(run, count);
}

/// The outcome of a run to f ≤ 1e-8 within this many evaluations.
inline Outcome solve(Objective& f, const Method& method, std::vector<double> start,
                     Index evaluations) {
  Run run(f, method, std::move(start),
          {.iterations = evaluations, .evaluations = evaluations, .value = 1e-8});
  while (run.advance()) {
  }
  return run.outcome();
}

/// A run of `method`, saved after some iterations and taken over by a run made with other options,
/// asks for the same points and ends the same way as if it had not been interrupted.
inline void goes_on_when_saved(const Method& method, const Method& plain, double (*f)(View),
                               const std::vector<double>& start, Index saved_after,
                               const Limits& limits) {
  std::vector<double> asked[2];
  const auto watched = [&](int k) {
    return Problem(static_cast<Index>(start.size()), [&asked, k, f](View x) {
      asked[k].insert(asked[k].end(), x.begin(), x.end());
      return f(x);
    });
  };
  Problem first = watched(0), second = watched(1);
  Run whole(first, method, start, limits);
  path(whole, saved_after);
  REQUIRE(!whole.stopped());
  Archive saved;
  whole.archive(saved);
  asked[0].clear();
  while (whole.advance()) {
  }

  Run later(second, plain, std::vector<double>(start.size()), limits);
  Archive stored = saved.reversed();
  later.archive(stored);
  while (later.advance()) {
  }
  CHECK(asked[0].size() >= start.size());
  CHECK(asked[1] == asked[0]);
  const Outcome a = whole.outcome(), b = later.outcome();
  CHECK(b.why == a.why);
  CHECK(b.iterations == a.iterations);
  CHECK(b.evaluations == a.evaluations);
  CHECK(later.best().x == whole.best().x);
}

}  // namespace thalweg::optim::laws
