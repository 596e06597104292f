// What does softmax cross-entropy cost, forward and backward, beside LibTorch and beside memory?
//
// Logits [1024, 1000] in float, their gradient included. Yardsticks: "memory" reads the logits
// twice and writes their gradient once, which no implementation that keeps the logits can do
// without; LibTorch, where CMake finds it, runs the same in the same program, malloc's thresholds
// raised.
//
// Expected of one thread: an exponential of 16 lanes is 14 operations on two ports, 65 thousand of
// them in each direction, beside the search for the maximum and the traffic with memory: 0.2 ms in
// each direction at 2.7 GHz, and the memory. To keep the exponentials instead of computing them
// again would save 0.15 ms and cost a write and a read of 4 MB, which is no less.

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cstdlib>
#include <cstring>

#include "bench/compare.hpp"
#include "thalweg/autodiff.hpp"
#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/nn/losses/losses.hpp"

#ifdef THALWEG_HAVE_TORCH
#include <torch/torch.h>
#endif

namespace {

using namespace thalweg;

constexpr Index rows = 1024, classes = 1000;

std::vector<std::int64_t> labels() {
  std::vector<std::int64_t> result(static_cast<std::size_t>(rows));
  for (std::size_t k = 0; k < result.size(); ++k)
    result[k] = static_cast<std::int64_t>(k * 7 % static_cast<std::size_t>(classes));
  return result;
}

void ours(benchmark::State& state, int thread_count) {
  set_threads(thread_count);
  Random random(1);
  const auto x = normal<float>({rows, classes}, random);
  const IndexTensor y(labels());
  for (auto _ : state) {
    Tape tape;
    const Tensor v = tape.variable(x);
    benchmark::DoNotOptimize(tape.backward(nn::cross_entropy(v, y))[v].data());
  }
}

// Σ x, then g = x.
void memory(benchmark::State& state, int thread_count) {
  set_threads(thread_count);
  const std::size_t n = static_cast<std::size_t>(rows * classes);
  std::vector<float> x(n, 1), gradient(n);
  for (auto _ : state) {
    kernels::parallel_for(rows, 32, [&](Index begin, Index end, Index) {
      Lanes<float> total(0.0f);
      for (Index k = begin * classes; k + Lanes<float>::width <= end * classes;
           k += Lanes<float>::width)
        total += Lanes<float>::load(x.data() + k);
      benchmark::DoNotOptimize(total);
    });
    kernels::parallel_for(rows, 32, [&](Index begin, Index end, Index) {
      std::memcpy(gradient.data() + begin * classes, x.data() + begin * classes,
                  static_cast<std::size_t>((end - begin) * classes) * sizeof(float));
    });
    benchmark::DoNotOptimize(gradient.data());
    benchmark::ClobberMemory();
  }
}

#ifdef THALWEG_HAVE_TORCH
void libtorch(benchmark::State& state, int thread_count) {
  torch::set_num_threads(thread_count);
  auto x = torch::randn({rows, classes}).requires_grad_();
  const auto y = torch::tensor(labels());
  for (auto _ : state) {
    x.mutable_grad() = torch::Tensor();
    torch::nn::functional::cross_entropy(x, y).backward();
    benchmark::DoNotOptimize(x.grad().data_ptr<float>());
  }
}
#endif

void add(int thread_count, const char* who, void (*run)(benchmark::State&, int)) {
  compare::add("cross-entropy 1024 x 1000", thread_count, who,
               [=](benchmark::State& state) { run(state, thread_count); });
}

}  // namespace

int main(int argc, char** argv) {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  if (__builtin_cpu_supports("avx512f")) setenv("ATEN_CPU_CAPABILITY", "avx512", 0);
  for (const int thread_count : {1, 2}) {
    add(thread_count, "thalweg", ours);
    add(thread_count, "memory", memory);
#ifdef THALWEG_HAVE_TORCH
    add(thread_count, "LibTorch", libtorch);
#endif
  }
  return compare::run(argc, argv);
}
