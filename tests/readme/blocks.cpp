// README.md: blocks.
// output: \[-0\.572, 0\.300\] \[-0\.303, -0\.210\]
// clang-format off

// [snippet]
#include <thalweg/autodiff.hpp>
// [end]

using namespace thalweg;

int main() {
  // [snippet]
  Tape tape;
  Tensor x = {{0.5, -1.2}, {2.0, 0.3}};
  auto w = tape.variable(Tensor{0.1, 0.4});
  auto u = matmul(x, w);                // a name is a node ...
  auto loss = -mean(log(sigmoid(u)));
  auto gradients = tape.backward(loss);
  Tensor dw = gradients[w];             // [-0.572, 0.300]
  Tensor du = gradients[u];             // ... whose gradient can be asked for: [-0.303, -0.210]
  // [end]
  for (Index i = 0; i < 2; ++i) {
    const double ui = u(i).value();
    if (std::abs(du(i).value() + 0.5 / (1 + std::exp(ui))) > 1e-12) return 1;
  }
  if (std::abs(dw(0).value() - (0.5 * du(0).value() + 2.0 * du(1).value())) > 1e-12) return 2;
  fmt::print("{:.3f} {:.3f}\n", dw, du);
}
