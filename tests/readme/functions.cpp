// README.md: functions, their derivatives and minima.
// output: gradient_norm after [0-9]+ iterations, [0-9]+ evaluations, [0-9.]+ m?s: f =
// clang-format off

// [snippet]
#include <thalweg/optim.hpp>
// [end]

using namespace thalweg;

int main() {
  // [snippet]
  auto rosenbrock = [](const auto& x) {
    auto a = 1 - x[0];
    auto b = x[1] - x[0] * x[0];
    return a * a + 100 * b * b;
  };
  auto [value, slope] = value_and_gradient(rosenbrock, std::vector{-1.2, 1.0});   // 24.2, {-215.6, -88}
  auto result = optim::minimise(rosenbrock, {-1.2, 1.0}, optim::Lbfgs{}, {.gradient_norm = 1e-8});
  fmt::print("{}\n", result);   // gradient_norm after 36 iterations, 49 evaluations, 0.03 ms: f = ...
  // [end]
  if (std::abs(value - 24.2) > 1e-12) return 1;
  if (std::abs(slope[0] + 215.6) > 1e-12 || std::abs(slope[1] + 88) > 1e-12) return 2;
  // Rounding, and with it the last iterations, differs between compilers.
  if (std::abs(result.iterations - 36) > 3 || std::abs(result.evaluations - 49) > 5) return 3;
}
