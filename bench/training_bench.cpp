// What does a training step cost, forward, backward and update, beside its products and LibTorch?
//
// Yardsticks: "products alone" runs the step's matrix products and nothing else: the rate that no
// library built on them can exceed. LibTorch, where CMake finds it, runs the same step in the same
// program at its best: malloc's thresholds raised, the OpenMP build of OpenBLAS on two threads.
// Run it with OPENBLAS_CORETYPE and OPENBLAS_L2_SIZE unset.

#include <benchmark/benchmark.h>
#include <malloc.h>

#include "bench/compare.hpp"
#include "thalweg/autodiff.hpp"
#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/kernels/matmul.hpp"
#include "thalweg/nn/layers/linear.hpp"
#include "thalweg/nn/losses/losses.hpp"
#include "thalweg/optim.hpp"

#ifdef THALWEG_HAVE_TORCH
#include <torch/torch.h>
#endif

namespace {

using namespace thalweg;

struct Sizes {
  const char* name;
  Index batch;
  std::vector<Index> widths;  // of the input, the hidden layers and the output
  bool adam;
};
const Sizes logistic{"logistic 784->10 b64 SGD", 64, {784, 10}, false};
const Sizes mlp{"MLP 784-128-10 b64 SGD", 64, {784, 128, 10}, false};
const Sizes big{"MLP 784-512-512-10 b256 Adam", 256, {784, 512, 512, 10}, true};

std::vector<std::int64_t> labels(Index count) {
  std::vector<std::int64_t> result(static_cast<std::size_t>(count));
  for (std::size_t k = 0; k < result.size(); ++k) result[k] = static_cast<std::int64_t>(k * 7 % 10);
  return result;
}

struct Model {
  std::vector<nn::Linear<float>> layers;
  Tensor<float> operator()(const Tensor<float>& x) const {
    Tensor<float> h = x;
    for (std::size_t k = 0; k + 1 < layers.size(); ++k) h = relu(layers[k](h));
    return layers.back()(h);
  }
};

void ours(benchmark::State& state, const Sizes& sizes, int thread_count) {
  set_threads(thread_count);
  Random random(1);
  Model model;
  for (std::size_t k = 0; k + 1 < sizes.widths.size(); ++k)
    model.layers.emplace_back(sizes.widths[k], sizes.widths[k + 1], random);
  const auto parameters = nn::parameters(model);
  const auto x = normal<float>({sizes.batch, sizes.widths[0]}, random);
  const IndexTensor y(labels(sizes.batch));
  optim::Sgd sgd{{.rate = 0.01}};
  optim::Adam adam{{.rate = 1e-3}};
  for (auto _ : state) {
    Tape tape;
    const Tensor loss = nn::cross_entropy(model(x), y);
    if (sizes.adam)
      adam.step(parameters, tape.backward(loss));
    else
      sgd.step(parameters, tape.backward(loss));
  }
}

// Forward x Wᵀ, backward ȳᵀ x for the weights and, but for the first layer, ȳ W for the input.
void products(benchmark::State& state, const Sizes& sizes, int thread_count) {
  set_threads(thread_count);
  const std::size_t most = 1 << 20;
  std::vector<float> a(most, 0.5f), b(most, 0.25f), c(most);
  using kernels::gemm;
  using kernels::Use;
  double flops = 0;
  for (auto _ : state) {
    flops = 0;
    for (std::size_t k = 0; k + 1 < sizes.widths.size(); ++k) {
      const Index in = sizes.widths[k], out = sizes.widths[k + 1], n = sizes.batch;
      gemm(Use::plain, Use::transposed, n, out, in, a.data(), b.data(), false, c.data());
      gemm(Use::transposed, Use::plain, out, in, n, a.data(), b.data(), false, c.data());
      if (k > 0) gemm(Use::plain, Use::plain, n, in, out, a.data(), b.data(), false, c.data());
      flops += 2.0 * static_cast<double>(n * in * out) * (k > 0 ? 3 : 2);
    }
    benchmark::DoNotOptimize(c.data());
  }
  state.counters["GFLOP/s"] =
      benchmark::Counter(flops * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}

#ifdef THALWEG_HAVE_TORCH
void libtorch(benchmark::State& state, const Sizes& sizes, int thread_count) {
  torch::set_num_threads(thread_count);
  torch::nn::Sequential model;
  for (std::size_t k = 0; k + 1 < sizes.widths.size(); ++k) {
    if (k > 0) model->push_back(torch::nn::ReLU());
    model->push_back(torch::nn::Linear(sizes.widths[k], sizes.widths[k + 1]));
  }
  const auto x = torch::randn({sizes.batch, sizes.widths[0]});
  const auto y = torch::tensor(labels(sizes.batch));
  torch::optim::SGD sgd(model->parameters(), torch::optim::SGDOptions(0.01));
  torch::optim::Adam adam(model->parameters(), torch::optim::AdamOptions(1e-3));
  torch::optim::Optimizer& optimizer =
      sizes.adam ? static_cast<torch::optim::Optimizer&>(adam) : sgd;
  for (auto _ : state) {
    optimizer.zero_grad();
    torch::nn::functional::cross_entropy(model->forward(x), y).backward();
    optimizer.step();
  }
}
#endif

}  // namespace

int main(int argc, char** argv) {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  const auto add = [](const Sizes& sizes, int thread_count, const char* who, auto run) {
    compare::add(sizes.name, thread_count, who,
                 [=, &sizes](benchmark::State& state) { run(state, sizes, thread_count); });
  };
  for (const int thread_count : {1, 2})
    for (const Sizes* sizes : {&logistic, &mlp, &big}) {
      add(*sizes, thread_count, "thalweg", ours);
      add(*sizes, thread_count, "products alone", products);
#ifdef THALWEG_HAVE_TORCH
      add(*sizes, thread_count, "LibTorch", libtorch);
#endif
    }
  return compare::run(argc, argv);
}
