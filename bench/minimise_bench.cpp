// What does a minimisation cost beside the function it minimises?
//
// Yardstick: one call of the function's own value and gradient through the tape, and one of the
// plain function of doubles, in the same run. The figures of a run are per iteration and per
// evaluation; the difference to the function's own is what the method and its bookkeeping cost.

#include <benchmark/benchmark.h>

#include <cmath>

#include "thalweg/autodiff.hpp"
#include "thalweg/optim/minimise.hpp"
#include "thalweg/optim/rules/adam.hpp"
#include "thalweg/optim/smooth/conjugate_gradient.hpp"
#include "thalweg/optim/smooth/lbfgs.hpp"

namespace {

using namespace thalweg;

/// Σ 100 (x₂ᵢ − x₂ᵢ₋₁²)² + (1 − x₂ᵢ₋₁)², the extended Rosenbrock function.
struct Rosenbrock {
  template <class T>
  T operator()(const std::vector<T>& x) const {
    T sum = 0;
    for (std::size_t i = 0; i + 1 < x.size(); i += 2) {
      const T a = 1 - x[i], b = x[i + 1] - x[i] * x[i];
      sum += a * a + 100 * (b * b);
    }
    return sum;
  }
};

std::vector<double> start(std::int64_t n) {
  std::vector<double> x(static_cast<std::size_t>(n), 1.0);
  for (std::size_t i = 0; i < x.size(); i += 2) x[i] = -1.2;
  return x;
}

void plain_function(benchmark::State& state) {
  const auto x = start(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(Rosenbrock{}(x));
}

void value_and_gradient_of(benchmark::State& state) {
  const Rosenbrock f;
  const auto x = start(state.range(0));
  auto objective = optim::objective(f, x);
  std::vector<double> gradient(x.size());
  for (auto _ : state) benchmark::DoNotOptimize(objective.value_and_gradient(x, gradient));
}

template <class Method>
void run(benchmark::State& state, const Method& method, const optim::Limits& limits) {
  const auto x = start(state.range(0));
  Index iterations = 0, evaluations = 0;
  for (auto _ : state) {
    const auto result = optim::minimise(Rosenbrock{}, x, method, limits);
    iterations += result.iterations;
    evaluations += result.evaluations;
  }
  using benchmark::Counter;
  const auto per = [](Index count) {
    return Counter(static_cast<double>(count), Counter::kIsRate | Counter::kInvert);
  };
  state.counters["per_iteration"] = per(iterations);
  state.counters["per_evaluation"] = per(evaluations);
  state.counters["evaluations"] =
      static_cast<double>(evaluations) / static_cast<double>(state.iterations());
}

BENCHMARK(plain_function)->Arg(2)->Arg(1000);
BENCHMARK(value_and_gradient_of)->Arg(2)->Arg(1000);
BENCHMARK_CAPTURE(run, lbfgs, optim::Lbfgs{}, {.gradient_norm = 1e-8})->Arg(2)->Arg(1000);
BENCHMARK_CAPTURE(run, conjugate_gradient, optim::ConjugateGradient{}, {.gradient_norm = 1e-8})
    ->Arg(2)
    ->Arg(1000);
BENCHMARK_CAPTURE(run, adam, optim::Adam{{.rate = 1e-3}}, {.iterations = 1000, .gradient_norm = {}})
    ->Arg(2)
    ->Arg(1000);

}  // namespace
