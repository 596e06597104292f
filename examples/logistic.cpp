/// Where gradients come from: logistic regression of one example, three ways.
///
///     u = w'x,   p = sigmoid(u),   L = −log p
///
/// By the chain rule dL/dp = −1/p, dL/du = −(1 − p), dL/dw = −(1 − p) x. The tape says the same of
/// each named intermediate, and so do central differences.

#include <cmath>
#include <thalweg/autodiff.hpp>
#include <thalweg/nn.hpp>

using namespace thalweg;

int main() {
  const Tensor<double> x = {0.5, -1.2, 2.0};
  Tape tape;
  const Tensor w = tape.variable(Tensor<double>{0.1, 0.4, -0.3});
  auto u = dot(w, x);
  auto p = sigmoid(u);
  auto loss = -log(p);
  const Gradients gradients = tape.backward(loss);

  const double q = p.item();
  bool agree = true;
  fmt::print("{:<8}{:>16}{:>16}{:>16}\n", "", "tape", "closed form", "difference");
  const auto row = [&](const std::string& name, double taped, double closed, auto of, double at) {
    const double h = 1e-5, difference = (of(at + h) - of(at - h)) / (2 * h);
    agree &= std::abs(taped - closed) < 1e-14 && std::abs(taped - difference) < 1e-8;
    fmt::print("{:<8}{:>16.12f}{:>16.12f}{:>16.12f}\n", name, taped, closed, difference);
  };

  const auto loss_of_p = [](double value) { return -std::log(value); };
  const auto loss_of_u = [](double value) { return std::log1p(std::exp(-value)); };
  row("dL/dp", gradients[p].item(), -1 / q, loss_of_p, q);
  row("dL/du", gradients[u].item(), -(1 - q), loss_of_u, u.item());
  for (Index i = 0; i < w.size(); ++i) {
    const double wi = w.data()[i], xi = x.data()[i];
    const auto loss_of_w = [&](double value) { return loss_of_u(u.item() + (value - wi) * xi); };
    row(fmt::format("dL/dw{}", i), gradients[w].data()[i], -(1 - q) * xi, loss_of_w, wi);
  }
  fmt::print("{}\n", agree ? "They agree." : "They do not agree.");
  return agree ? 0 : 1;
}
