// What does a training step of a convolutional network cost beside LibTorch, in time and memory?
//
//     1x28x28 -> conv 3x3 (32) relu maxpool 2 -> conv 3x3 (64) relu maxpool 2 -> 128 relu -> 10
//
// batch 64, cross-entropy, Adam; forward, backward and update. After the table: LibTorch's time
// over ours, and the most memory that 20 steps held beyond what the loaded program holds, each
// measured in a process of its own. Run it with OPENBLAS_CORETYPE and OPENBLAS_L2_SIZE unset.

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cstdio>
#include <cstdlib>

#include "bench/compare.hpp"
#include "thalweg/autodiff.hpp"
#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/ops/pooling.hpp"
#include "thalweg/nn/layers/conv.hpp"
#include "thalweg/nn/layers/linear.hpp"
#include "thalweg/nn/losses/losses.hpp"
#include "thalweg/optim.hpp"

#ifdef THALWEG_HAVE_TORCH
#include <torch/torch.h>
#endif

namespace {

using namespace thalweg;

constexpr Index batch = 64;
constexpr auto step_name = "CNN 28x28 b64 Adam";

std::vector<std::int64_t> labels() {
  std::vector<std::int64_t> result(static_cast<std::size_t>(batch));
  for (std::size_t k = 0; k < result.size(); ++k) result[k] = static_cast<std::int64_t>(k * 7 % 10);
  return result;
}

struct Net {
  nn::Conv2d<float> conv1, conv2;
  nn::Linear<float> hidden, output;
  Tensor<float> operator()(const Tensor<float>& x) const {
    const Tensor y = max_pool2d(relu(conv2(max_pool2d(relu(conv1(x)), 2))), 2);
    return output(relu(hidden(flatten(y, 1))));
  }
};

/// One step per call.
class Ours {
 public:
  explicit Ours(int thread_count) { set_threads(thread_count); }
  void operator()() {
    Tape tape;
    const Tensor loss = nn::cross_entropy(model_(x_), y_);
    adam_.step(parameters_, tape.backward(loss));
  }

 private:
  Random random_{1};
  Net model_{{1, 32, 3, {.padding = 1}, random_},
             {32, 64, 3, {.padding = 1}, random_},
             {64 * 7 * 7, 128, random_},
             {128, 10, random_}};
  decltype(nn::parameters(std::declval<Net&>())) parameters_ = nn::parameters(model_);
  Tensor<float> x_ = normal<float>({batch, 1, 28, 28}, random_);
  IndexTensor y_{labels()};
  optim::Adam adam_{{.rate = 1e-3}};
};

#ifdef THALWEG_HAVE_TORCH
class Torch {
 public:
  explicit Torch(int thread_count) { torch::set_num_threads(thread_count); }
  void operator()() {
    adam_.zero_grad();
    torch::nn::functional::cross_entropy(model_->forward(x_), y_).backward();
    adam_.step();
  }

 private:
  static torch::nn::Conv2d conv(int in, int out) {
    return torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, 3).padding(1));
  }
  static torch::nn::MaxPool2d pool() {
    return torch::nn::MaxPool2d(torch::nn::MaxPool2dOptions(2));
  }
  torch::nn::Sequential model_ =
      torch::nn::Sequential(conv(1, 32), torch::nn::ReLU(), pool(), conv(32, 64), torch::nn::ReLU(),
                            pool(), torch::nn::Flatten(), torch::nn::Linear(64 * 7 * 7, 128),
                            torch::nn::ReLU(), torch::nn::Linear(128, 10));
  torch::Tensor x_ = torch::randn({batch, 1, 28, 28});
  torch::Tensor y_ = torch::tensor(labels());
  torch::optim::Adam adam_{model_->parameters(), torch::optim::AdamOptions(1e-3)};
};
#endif

template <class Step>
void time(int thread_count, const char* who) {
  compare::add(step_name, thread_count, who, [=](benchmark::State& state) {
    Step step(thread_count);
    for (auto _ : state) step();
  });
}

template <class Step>
int print_peak(const char* who) {
  const double before = compare::peak_memory();
  Step step(1);
  for (int k = 0; k < 20; ++k) step();
  fmt::print("{:42} {:8.1f} MiB beyond {:.1f}   {}\n", step_name, compare::peak_memory() - before,
             before, who);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "peak") return print_peak<Ours>("thalweg");
#ifdef THALWEG_HAVE_TORCH
  if (what == "peak-torch") return print_peak<Torch>("LibTorch");
#else
  if (what == "peak-torch") return 1;  // not the times once more, and a process for them
#endif
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  const std::string self = argv[0];
  for (const int thread_count : {1, 2}) {
    time<Ours>(thread_count, "thalweg");
#ifdef THALWEG_HAVE_TORCH
    time<Torch>(thread_count, "LibTorch");
#endif
  }
  const int result = compare::run(argc, argv);
  std::fflush(stdout);
  for (const char* peak : {"peak", "peak-torch"})
    if (std::system((self + " " + peak).c_str()) != 0) break;
  return result;
}
