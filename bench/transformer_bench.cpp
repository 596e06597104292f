// What does a training step of a language model cost beside LibTorch: forward, backward and update?
//
// A decoder-only transformer, 4 layers of width 128 with 4 heads and a network of 512, norm first,
// gelu; 16 texts of 64 characters out of 96; AdamW. LibTorch runs the same layers in the same
// program at its best: its projections fused as in its own MultiheadAttention, heads as batched
// products, the causal mask made once, malloc's thresholds raised.
//
//     transformer_bench                          times, one and two threads
//     transformer_bench --memory thalweg         peak memory of 20 steps of one of them, in MiB,
//     transformer_bench --memory LibTorch        in a process of its own
//
// LibTorch's products go to OpenBLAS. Where that does not know the processor it falls back to
// kernels several times slower: then OPENBLAS_CORETYPE has to name one it knows, such as SKYLAKEX.

#include <malloc.h>

#include <string_view>

#include "bench/compare.hpp"
#include "thalweg/autodiff.hpp"
#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/nn/layers/embedding.hpp"
#include "thalweg/nn/layers/positional.hpp"
#include "thalweg/nn/layers/transformer.hpp"
#include "thalweg/nn/losses/losses.hpp"
#include "thalweg/optim.hpp"

#ifdef THALWEG_HAVE_TORCH
#include <torch/torch.h>
#endif

namespace {

using namespace thalweg;

constexpr Index layers = 4, width = 128, heads = 4, context = 64, batch = 16, words = 96,
                feedforward = 512;

std::vector<std::int64_t> text(std::int64_t shift) {
  std::vector<std::int64_t> result(static_cast<std::size_t>(batch * context));
  for (std::size_t k = 0; k < result.size(); ++k)
    result[k] = (static_cast<std::int64_t>(k) * 7 + shift) * 31 % words;
  return result;
}

struct Model {
  nn::Embedding<float> embed;
  nn::LearnedPositions<float> position;
  nn::TransformerEncoder<float> body;
  nn::Linear<float> output;

  explicit Model(Random& random)
      : embed(words, width, random),
        position(context, width, random),
        body(width, layers, random,
             {.heads = heads,
              .feedforward = feedforward,
              .dropout = 0,
              .activation = nn::TransformerActivation::gelu,
              .norm_first = true,
              .causal = true}),
        output(width, words, random) {}

  static constexpr auto fields = nn::named("embed", &Model::embed, "position", &Model::position,
                                           "body", &Model::body, "output", &Model::output);

  auto operator()(const IndexTensor& x, nn::Mode mode) const {
    return output(body(position(embed(x)), mode));
  }
};

class Ours {
 public:
  void step() {
    Tape tape;
    const Tensor<float> scores = model_(x_, nn::training(random_));
    const Tensor loss = nn::cross_entropy(reshape(scores, {batch * context, words}), y_);
    adam_.step(parameters_, tape.backward(loss));
  }

 private:
  Random random_{1};
  Model model_{random_};
  ParameterList<float> parameters_ = nn::parameters(model_);
  optim::AdamW adam_{{.rate = 1e-3}};
  IndexTensor x_{Shape{batch, context}, text(0)};
  IndexTensor y_{text(1)};
};

#ifdef THALWEG_HAVE_TORCH
struct TorchLayer : torch::nn::Module {
  torch::nn::LayerNorm norm1{nullptr}, norm2{nullptr};
  torch::nn::Linear in{nullptr}, out{nullptr}, linear1{nullptr}, linear2{nullptr};

  TorchLayer() {
    norm1 = register_module("norm1", torch::nn::LayerNorm(torch::nn::LayerNormOptions({width})));
    norm2 = register_module("norm2", torch::nn::LayerNorm(torch::nn::LayerNormOptions({width})));
    in = register_module("in", torch::nn::Linear(width, 3 * width));
    out = register_module("out", torch::nn::Linear(width, width));
    linear1 = register_module("linear1", torch::nn::Linear(width, feedforward));
    linear2 = register_module("linear2", torch::nn::Linear(feedforward, width));
  }

  torch::Tensor attention(const torch::Tensor& x, const torch::Tensor& mask) {
    const auto parts = in(x).chunk(3, -1);
    const auto split = [](const torch::Tensor& part) {
      return part.view({batch, context, heads, width / heads}).transpose(1, 2);
    };
    const auto q = split(parts[0]) * (1 / std::sqrt(double(width / heads)));
    const auto scores = torch::matmul(q, split(parts[1]).transpose(-2, -1)) + mask;
    const auto y = torch::matmul(torch::softmax(scores, -1), split(parts[2]));
    return out(y.transpose(1, 2).reshape({batch, context, width}));
  }
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& mask) {
    const auto h = x + attention(norm1(x), mask);
    return h + linear2(torch::gelu(linear1(norm2(h))));
  }
};

struct TorchModel : torch::nn::Module {
  torch::nn::Embedding embed{nullptr}, position{nullptr};
  std::vector<std::shared_ptr<TorchLayer>> body;
  torch::nn::LayerNorm norm{nullptr};
  torch::nn::Linear output{nullptr};
  torch::Tensor mask = torch::full({context, context}, -INFINITY).triu(1);
  torch::Tensor places = torch::arange(context);

  TorchModel() {
    embed = register_module("embed", torch::nn::Embedding(words, width));
    position = register_module("position", torch::nn::Embedding(context, width));
    for (Index k = 0; k < layers; ++k)
      body.push_back(register_module("layer" + std::to_string(k), std::make_shared<TorchLayer>()));
    norm = register_module("norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({width})));
    output = register_module("output", torch::nn::Linear(width, words));
  }
  torch::Tensor forward(const torch::Tensor& x) {
    torch::Tensor h = embed(x) + position(places);
    for (const auto& layer : body) h = layer->forward(h, mask);
    return output(norm(h));
  }
};

class Theirs {
 public:
  void step() {
    adam_.zero_grad();
    const auto scores = model_.forward(x_).view({batch * context, words});
    torch::nn::functional::cross_entropy(scores, y_).backward();
    adam_.step();
  }

 private:
  TorchModel model_;
  torch::optim::AdamW adam_{model_.parameters(), torch::optim::AdamWOptions(1e-3)};
  torch::Tensor x_ = torch::tensor(text(0)).view({batch, context});
  torch::Tensor y_ = torch::tensor(text(1));
};
#endif

template <class Stepper>
void measure(benchmark::State& state) {
  Stepper stepper;
  stepper.step();
  for (auto _ : state) stepper.step();
}

template <class Stepper>
void print_memory() {
  const double before = compare::peak_memory();
  Stepper stepper;
  for (int k = 0; k < 20; ++k) stepper.step();
  fmt::print("{:.1f} MiB, {:.1f} before\n", compare::peak_memory(), before);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "--memory") {
    if (std::string_view(argv[2]) == "thalweg") print_memory<Ours>();
#ifdef THALWEG_HAVE_TORCH
    if (std::string_view(argv[2]) == "LibTorch") print_memory<Theirs>();
#endif
    return 0;
  }
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  for (const int thread_count : {1, 2}) {
    compare::add("transformer 4 x 128, b16 t64, AdamW", thread_count, "thalweg",
                 [=](benchmark::State& state) {
                   set_threads(thread_count);
                   measure<Ours>(state);
                 });
#ifdef THALWEG_HAVE_TORCH
    compare::add("transformer 4 x 128, b16 t64, AdamW", thread_count, "LibTorch",
                 [=](benchmark::State& state) {
                   torch::set_num_threads(thread_count);
                   measure<Theirs>(state);
                 });
#endif
  }
  return compare::run(argc, argv);
}
