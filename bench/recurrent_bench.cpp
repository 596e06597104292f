// What does a training step of a recurrent network cost beside LibTorch, in time and in memory?
//
// A model of characters: one of 96, one-hot, at each of 64 steps; LSTM of 128 units; a linear layer
// back to 96; cross-entropy; Adam. Batch 32; forward, backward and update. LibTorch, where CMake
// finds it, runs the same step in the same program at its best: malloc's thresholds raised.
// "recurrent_bench memory thalweg" (or LibTorch) prints the memory that ten steps take at most,
// beyond what the program takes before: each in a process of its own.

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <string_view>

#include "bench/compare.hpp"
#include "thalweg/autodiff.hpp"
#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/nn/layers/linear.hpp"
#include "thalweg/nn/layers/lstm.hpp"
#include "thalweg/nn/losses/losses.hpp"
#include "thalweg/optim.hpp"

#ifdef THALWEG_HAVE_TORCH
#include <torch/torch.h>
#endif

namespace {

using namespace thalweg;

constexpr Index vocabulary = 96, hidden = 128, length = 64, batch = 32;

/// Characters, step after step.
std::vector<std::int64_t> characters(std::int64_t stride) {
  std::vector<std::int64_t> result(batch * length);
  for (std::size_t k = 0; k < result.size(); ++k)
    result[k] = static_cast<std::int64_t>(k) * stride % vocabulary;
  return result;
}

std::vector<float> one_hot_rows(const std::vector<std::int64_t>& characters) {
  std::vector<float> rows(characters.size() * vocabulary);
  for (std::size_t k = 0; k < characters.size(); ++k)
    rows[k * vocabulary + static_cast<std::size_t>(characters[k])] = 1;
  return rows;
}

struct Model {
  nn::LSTM<float> lstm;
  nn::Linear<float> head;
  auto operator()(const Tensor<float>& x, nn::Mode mode) const {
    return head(reshape(lstm(x, mode).output, {-1, hidden}));
  }
};

template <class Loop>
void ours(Loop&& loop, int thread_count) {
  set_threads(thread_count);
  Random random(1);
  Model model{{vocabulary, hidden, random}, {hidden, vocabulary, random}};
  const auto parameters = nn::parameters(model);
  const Tensor<float> x({batch, length, vocabulary}, one_hot_rows(characters(7)));
  const IndexTensor y(characters(11));
  optim::Adam adam{{.rate = 1e-3}};
  loop([&] {
    Tape tape;
    const Tensor loss = nn::cross_entropy(model(x, nn::training(random)), y);
    adam.step(parameters, tape.backward(loss));
  });
}

#ifdef THALWEG_HAVE_TORCH
template <class Loop>
void libtorch(Loop&& loop, int thread_count) {
  torch::set_num_threads(thread_count);
  torch::nn::LSTM lstm(torch::nn::LSTMOptions(vocabulary, hidden).batch_first(true));
  torch::nn::Linear head(hidden, vocabulary);
  const auto x = torch::tensor(one_hot_rows(characters(7))).reshape({batch, length, vocabulary});
  const auto y = torch::tensor(characters(11));
  auto parameters = lstm->parameters();
  for (const auto& parameter : head->parameters()) parameters.push_back(parameter);
  torch::optim::Adam adam(parameters, torch::optim::AdamOptions(1e-3));
  loop([&] {
    adam.zero_grad();
    const auto scores = head->forward(std::get<0>(lstm->forward(x)).reshape({-1, hidden}));
    torch::nn::functional::cross_entropy(scores, y).backward();
    adam.step();
  });
}
#endif

template <class Step>
void add(const char* who, int thread_count, Step step) {
  compare::add("LSTM 128, b32 t64, Adam", thread_count, who, [=](benchmark::State& state) {
    step(
        [&](auto&& once) {
          for (auto _ : state) once();
        },
        thread_count);
  });
}

void measure_memory(std::string_view who) {
  const auto ten = [](auto&& once) {
    const double before = compare::peak_memory();
    for (int k = 0; k < 10; ++k) once();
    fmt::print("{:.1f} MiB\n", compare::peak_memory() - before);
  };
#ifdef THALWEG_HAVE_TORCH
  if (who == "LibTorch") return libtorch(ten, 1);
#endif
  if (who == "thalweg") ours(ten, 1);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && argv[1] == std::string_view("memory")) {
    measure_memory(argv[2]);
    return 0;
  }
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  for (const int thread_count : {1, 2}) {
    add("thalweg", thread_count, [](auto&& loop, int count) { ours(loop, count); });
#ifdef THALWEG_HAVE_TORCH
    add("LibTorch", thread_count, [](auto&& loop, int count) { libtorch(loop, count); });
#endif
  }
  return compare::run(argc, argv);
}
