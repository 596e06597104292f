// What does a gradient cost, in evaluations of the function?
//
// For each function: plain doubles; `Var` without a tape (what the type alone costs); recording;
// recording and sweeping. `gradient/value` of the last is the yardstick, and bytes per argument.

#include <benchmark/benchmark.h>

#include "thalweg/autodiff.hpp"

namespace thalweg::bench {
inline double plain(double x) { return x; }
inline double plain(const Var<double>& x) { return x.value(); }
}  // namespace thalweg::bench

#include "bench/scalar_functions.hpp"

namespace {

using namespace thalweg;

std::vector<double> numbers(std::size_t count, double low, double high) {
  std::vector<double> result(count);
  std::uint64_t state = 1;
  for (double& x : result) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    x = low + (high - low) * static_cast<double>(state >> 11) / 9007199254740992.0;
  }
  return result;
}

struct Gmm {
  static constexpr auto name = "gmm d=10 K=10 n=1000";
  bench::GmmData data{10, 10, 1000, numbers(10000, -2, 2)};
  std::vector<double> x = numbers(bench::gmm_size(10, 10), -0.5, 0.5);
  template <class T>
  T operator()(const std::vector<T>& parameters) const {
    return bench::gmm(data, parameters);
  }
};
struct Ode {
  static constexpr auto name = "ode n=10 1000 steps";
  std::vector<double> x = numbers(10, 0.5, 1.5);
  template <class T>
  T operator()(const std::vector<T>& x0) const {
    return bench::ode(x0, 1000);
  }
};
struct Determinant {
  static constexpr auto name = "determinant by minors n=8";
  std::vector<double> x = numbers(64, -1, 1);
  template <class T>
  T operator()(const std::vector<T>& a) const {
    std::vector<bool> used(8);
    return bench::determinant(a, 8, 0, used);
  }
};
struct Product {
  static constexpr auto name = "Speelpenning n=1000";
  std::vector<double> x = numbers(1000, 0.9, 1.1);
  template <class T>
  T operator()(const std::vector<T>& factors) const {
    return bench::product(factors);
  }
};

template <class F>
void plain(benchmark::State& state) {
  const F f;
  for (auto _ : state) benchmark::DoNotOptimize(f(f.x));
}

template <class F>
void untaped(benchmark::State& state) {
  const F f;
  const std::vector<Var<double>> x(f.x.begin(), f.x.end());
  for (auto _ : state) benchmark::DoNotOptimize(f(x));
}

template <class F>
void recorded(benchmark::State& state) {
  const F f;
  for (auto _ : state) {
    Tape tape;
    benchmark::DoNotOptimize(f(tape.variable(f.x)));
  }
}

template <class F>
void gradient(benchmark::State& state) {
  const F f;
  for (auto _ : state) {
    Tape tape;
    const auto x = tape.variable(f.x);
    const auto y = f(x);
    benchmark::DoNotOptimize(tape.backward(y)[x]);
    state.counters["time/argument"] = benchmark::Counter(
        static_cast<double>(tape.arguments()),
        benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
    state.counters["statements"] = static_cast<double>(tape.statements());
    state.counters["arguments"] = static_cast<double>(tape.arguments());
    state.counters["bytes/argument"] =
        static_cast<double>(tape.bytes()) / static_cast<double>(tape.arguments());
  }
}

template <class F>
void add(const char* what, void (*run)(benchmark::State&)) {
  benchmark::RegisterBenchmark((std::string(F::name) + " / " + what).c_str(), run)
      ->Unit(benchmark::kMicrosecond);
}

template <class F>
void add_all() {
  add<F>("plain doubles", plain<F>);
  add<F>("Var, no tape", untaped<F>);
  add<F>("recording", recorded<F>);
  add<F>("gradient", gradient<F>);
}

}  // namespace

int main(int argc, char** argv) {
  add_all<Gmm>();
  add_all<Ode>();
  add_all<Determinant>();
  add_all<Product>();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
