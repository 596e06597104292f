// README.md: a network and all around it.
// output: 30 epochs, [0-9.]+ s: loss 0\.[67][0-9]*, .*accuracy 0\.9
// clang-format off

// [snippet]
#include <thalweg/nn.hpp>
// [end]

using namespace thalweg;

// [snippet]
struct Net {
  nn::Conv2d<float> conv;
  nn::BatchNorm2d<float> norm;
  nn::Dropout drop;
  nn::Linear<float> output;
  Tensor<float> operator()(const Tensor<float>& x, nn::Mode mode) const {
    auto a = max_pool2d(relu(norm(conv(x), mode)), 2);
    return output(flatten(drop(a, mode), 1));
  }
};
void learn(const nn::Dataset<float>& train, const nn::Dataset<float>& test) {
  Random random{1};
  Net net{{1, 8, 3, {.padding = 1}, random}, nn::BatchNorm2d<float>{8}, {0.2}, {128, 10, random}};
  optim::AdamW adam{{.rate = 3e-3, .weight_decay = 0.01}};
  const auto outcome = nn::fit(
      net, nn::CrossEntropyLoss{{.label_smoothing = 0.1}}, train, adam,
      {.epochs = 30, .batch = 64, .validation = test, .metrics = {nn::Accuracy{}},
       .schedule = optim::warmup(50) | optim::cosine({.from = 3e-3, .steps = 600})},
      nn::ProgressBar{}, nn::EarlyStopping{{.patience = 5}},
      nn::Checkpoints{"runs/digits", {.every = 100, .resume = true}});
  fmt::print("{}\n", outcome);                       // 30 epochs, 0.3 s: loss 0.697, ...
  nn::save_weights(net, "net.safetensors");          // names and layouts as PyTorch's
}
// [end]

int main() {
  Random random{1};
  auto digits = nn::labelled<float>(nn::read_csv(THALWEG_DIGITS, {.label = "-1"}));
  digits.x = reshape(digits.x / 16.0F, {-1, 1, 8, 8}).detach();
  const auto [train, test] = nn::split_by_class(digits, 0.8, random);
  learn(train, test);
}
