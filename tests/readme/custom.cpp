// README.md: an op of one's own, checked.
// clang-format off

// [snippet]
#include <thalweg/autodiff.hpp>
// [end]

using namespace thalweg;

int main() {
  // [snippet]
  const auto swish = custom(
      "swish",
      [](const auto& x) { return x * sigmoid(x); },
      [](const auto& adjoint, const auto& x, const auto& y) {
        return adjoint * (y + sigmoid(x) * (1 - y));
      });
  auto f = [&](auto x) { return sum(square(swish(x))); };
  GradientReport report = check_gradient(f, Tensor{0.3, -2.0, 5.0});
  if (!report) fmt::print("{}\n", report);           // names the worst coordinate
  // [end]
  if (!report) return 1;
}
