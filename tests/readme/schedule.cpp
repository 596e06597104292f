// README.md: a schedule, groups and checkpoints.
// clang-format off

// [snippet]
#include <thalweg/nn.hpp>
// [end]

using namespace thalweg;

// [snippet]
void train(nn::Linear<float>& model, const nn::Dataset<float>& data, optim::AdamW& adam) {
  auto parameters = nn::parameters(model);
  auto rate = optim::warmup(100) | optim::cosine({.from = 3e-3, .steps = 900});
  adam.set_groups({{.pattern = "*bias", .weight_decay = 0}});
  for (Index step = adam.steps(); step < 1000; ++step) {
    Tape tape;
    adam.set_rate(rate(step));
    adam.step(parameters, tape.backward(nn::cross_entropy(model(data.x), data.y)));
    if (step % 250 == 0) optim::save("run.safetensors", parameters, adam);   // optim::restore(...)
  }
}
// [end]

int main() {
  Random random{1};
  const auto digits = nn::labelled<float>(nn::read_csv(THALWEG_DIGITS, {.label = "-1"}));
  const auto rows = digits.rows(random.permutation(64));
  nn::Linear<float> model{64, 10, random};
  optim::AdamW adam;
  train(model, rows, adam);
  if (nn::accuracy(model(rows.x), rows.y) < 0.99) return 1;
  optim::restore("run.safetensors", nn::parameters(model), adam);
  return adam.steps() == 751 ? 0 : 2;
}
