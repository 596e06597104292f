// README.md: a model.
// clang-format off

// [snippet]
#include <thalweg/nn.hpp>
// [end]

using namespace thalweg;

// [snippet]
struct Model {                                       // a plain struct
  nn::Linear<float> hidden, output;
  auto operator()(const Tensor<float>& x) const { return output(relu(hidden(x))); }
};
double train(const nn::Dataset<float>& data, Random& random) {
  Model model{{64, 16, random}, {16, 10, random}};
  optim::Adam adam{{.rate = 3e-3}};
  auto parameters = nn::parameters(model);           // hidden.weight, hidden.bias, ...
  for (int epoch = 0; epoch < 20; ++epoch)
    for (const auto& [x, y] : nn::batches(data, 32, random)) {
      Tape tape;
      auto loss = nn::cross_entropy(model(x), y);
      adam.step(parameters, tape.backward(loss));
    }
  return nn::accuracy(model(data.x), data.y);        // no tape, nothing recorded
}
// [end]

int main() {
  Random random{1};
  const auto digits = nn::labelled<float>(nn::read_csv(THALWEG_DIGITS, {.label = "-1"}));
  return train(digits, random) > 0.95 ? 0 : 1;
}
