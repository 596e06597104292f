// How near does an update come to the speed of memory?
//
// Yardstick: a plain copy that moves the same number of bytes, reads and writes together, in the
// same run and on as many threads. SGD moves 12 bytes per weight (w twice, g), Adam 28 (w, m, v
// twice, g). LibTorch's optimizers, where CMake finds them, update the same number of weights.
// "step beside a tape": the tape that made the gradients still lives, as in
// `adam.step(parameters, tape.backward(loss))`, and holds the old weights; the new ones go to
// memory of their own, which costs a further write.

#include <benchmark/benchmark.h>

#include <cstring>

#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/optim/rules/adam.hpp"
#include "thalweg/optim/rules/sgd.hpp"

#ifdef THALWEG_HAVE_TORCH
#include <torch/torch.h>
#endif

namespace {

using namespace thalweg;

constexpr double sgd_bytes = 12, adam_bytes = 28;  // per weight

void report(benchmark::State& state, double bytes_per_weight) {
  state.SetBytesProcessed(
      state.iterations() *
      static_cast<std::int64_t>(bytes_per_weight * static_cast<double>(state.range(0))));
}

Tensor<float> filled(Index n, float value) {
  Tensor<float> x = Tensor<float>::uninitialised({n});
  std::fill_n(x.unshared_data(), n, value);
  return x;
}

/// A copy of half the bytes reads and writes as many as the update.
void copy(benchmark::State& state, double bytes_per_weight) {
  set_threads(static_cast<int>(state.range(1)));
  const Index n = static_cast<Index>(bytes_per_weight * static_cast<double>(state.range(0)) / 8);
  const Tensor<float> from = filled(n, 1), to = filled(n, 2);
  for (auto _ : state) {
    kernels::parallel_for(n, kernels::grain_of(1), [&](Index begin, Index end, Index) {
      std::memcpy(to.unshared_data() + begin, from.data() + begin,
                  static_cast<std::size_t>(end - begin) * sizeof(float));
    });
    benchmark::ClobberMemory();
  }
  report(state, bytes_per_weight);
}

template <class Optimizer>
void step(benchmark::State& state, Optimizer optimizer, double bytes_per_weight, bool held) {
  set_threads(static_cast<int>(state.range(1)));
  Parameter<float> w(filled(state.range(0), 1));
  const ParameterList<float> parameters{{"w", &w}};
  Gradients gradients;
  gradients.assign(w, filled(state.range(0), 1e-3f));
  for (auto _ : state) {
    const Tensor<float> holder = held ? w.value() : Tensor<float>();
    optimizer.step(parameters, gradients);
  }
  report(state, bytes_per_weight);
}

void sizes(benchmark::internal::Benchmark* bench) {
  for (const int threads : {1, 2})
    for (const std::int64_t n : {1'000, 1'000'000, 10'000'000}) bench->Args({n, threads});
  bench->ArgNames({"n", "threads"})->Unit(benchmark::kMicrosecond)->UseRealTime();
}

const optim::Sgd sgd{{.rate = 1e-4}};
const optim::Adam adam{{.rate = 1e-4}};

BENCHMARK_CAPTURE(copy, as_much_as_sgd, sgd_bytes)->Apply(sizes);
BENCHMARK_CAPTURE(step, sgd, sgd, sgd_bytes, false)->Apply(sizes);
BENCHMARK_CAPTURE(step, sgd_beside_a_tape, sgd, sgd_bytes, true)->Apply(sizes);
BENCHMARK_CAPTURE(copy, as_much_as_adam, adam_bytes)->Apply(sizes);
BENCHMARK_CAPTURE(step, adam, adam, adam_bytes, false)->Apply(sizes);
BENCHMARK_CAPTURE(step, adam_beside_a_tape, adam, adam_bytes, true)->Apply(sizes);

#ifdef THALWEG_HAVE_TORCH
template <class Optimizer, class Options>
void torch_step(benchmark::State& state, double bytes_per_weight) {
  torch::set_num_threads(static_cast<int>(state.range(1)));
  torch::Tensor w = torch::ones({state.range(0)}, torch::requires_grad());
  w.mutable_grad() = torch::full({state.range(0)}, 1e-3f);
  Optimizer optimizer({w}, Options(1e-4));
  for (auto _ : state) optimizer.step();
  report(state, bytes_per_weight);
}
void torch_sgd(benchmark::State& state) {
  torch_step<torch::optim::SGD, torch::optim::SGDOptions>(state, sgd_bytes);
}
void torch_adam(benchmark::State& state) {
  torch_step<torch::optim::Adam, torch::optim::AdamOptions>(state, adam_bytes);
}
BENCHMARK(torch_sgd)->Apply(sizes);
BENCHMARK(torch_adam)->Apply(sizes);
#endif

}  // namespace
