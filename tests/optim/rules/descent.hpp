#pragma once
/// What tests of methods share.

#include <doctest/doctest.h>

#include <functional>

#include "thalweg/optim/run/run.hpp"
#include "thalweg/optim/state/archive.hpp"

namespace thalweg::optim::problems {

/// A function and its gradient from two lambdas, without a tape.
class Given final : public Objective {
 public:
  using Value = std::function<double(std::span<const double>)>;
  using Slope = std::function<void(std::span<const double>, std::span<double>)>;
  Given(Index n, Value value, Slope slope)
      : Objective(n), value_(std::move(value)), slope_(std::move(slope)) {}

 private:
  double evaluate(std::span<const double> x) const override { return value_(x); }
  double differentiate(std::span<const double> x, std::span<double> g) const override {
    slope_(x, g);
    return value_(x);
  }
  Value value_;
  Slope slope_;
};

/// ½ Σ i xᵢ², i = 1 … n.
inline Given ellipse(Index n) {
  return Given(
      n,
      [](std::span<const double> x) {
        double sum = 0;
        for (std::size_t i = 0; i < x.size(); ++i)
          sum += 0.5 * static_cast<double>(i + 1) * x[i] * x[i];
        return sum;
      },
      [](std::span<const double> x, std::span<double> g) {
        for (std::size_t i = 0; i < x.size(); ++i) g[i] = static_cast<double>(i + 1) * x[i];
      });
}

/// (1 − x)² + 100 (y − x²)².
inline Given rosenbrock() {
  return Given(
      2,
      [](std::span<const double> x) {
        const double a = 1 - x[0], b = x[1] - x[0] * x[0];
        return a * a + 100 * b * b;
      },
      [](std::span<const double> x, std::span<double> g) {
        const double a = 1 - x[0], b = x[1] - x[0] * x[0];
        g[0] = -2 * a - 400 * x[0] * b;
        g[1] = 200 * b;
      });
}

/// State saved after `middle` iterations and restored into a run made alike continues to bitwise
/// the point of the uninterrupted run. If `other` is given, it is restored into one of that method,
/// which has other options.
template <class MakeObjective>
void continues_bitwise(const Method& method, MakeObjective&& make, std::vector<double> start,
                       Index middle, Index total, const Method* other = nullptr) {
  CAPTURE(method.kind());
  const Limits limits{.iterations = total, .gradient_norm = {}};
  auto f = make(), g = make(), h = make();
  Run whole(f, method, start, limits);
  while (whole.advance()) {
  }
  Run first(g, method, start, limits);
  for (Index k = 0; k < middle; ++k) first.advance();
  Archive saved;
  first.archive(saved);
  Run second(h, other ? *other : method, start, limits);
  Archive stored = saved.reversed();
  second.archive(stored);
  while (second.advance()) {
  }
  CHECK(whole.now().iteration > middle);
  CHECK(second.now().iteration == whole.now().iteration);
  CHECK(second.best().x == whole.best().x);
  CHECK(second.now().value == whole.now().value);
  CHECK(second.outcome().evaluations == whole.outcome().evaluations);
}

}  // namespace thalweg::optim::problems
