// The snippets of README.md about optimizers, compiled, with the numbers that their comments
// promise.

#include <doctest/doctest.h>

#include <thalweg/autodiff.hpp>
#include <thalweg/nn.hpp>
#include <thalweg/optim.hpp>

#include "tests/temporary_folder.hpp"

using namespace thalweg;

namespace {
const auto rosenbrock = [](const auto& x) {
  auto a = 1 - x[0];
  auto b = x[1] - x[0] * x[0];
  return a * a + 100 * b * b;
};
}  // namespace

// clang-format off

TEST_CASE("README: a minimum") {
  // [snippet minimise]
  auto result = optim::minimise(rosenbrock, {-1.2, 1.0}, optim::Lbfgs{}, {.gradient_norm = 1e-8});
  fmt::print("{}\n", result);   // gradient_norm after 36 iterations, 49 evaluations, 0.03 ms: f = ...
  // [end]
  CHECK(result.stop == optim::Stop::gradient_norm);
  CHECK(result.iterations == doctest::Approx(36).epsilon(0.1));  // rounding differs by compiler
  CHECK(result.evaluations == doctest::Approx(46).epsilon(0.1));
  CHECK(result.x[0] == doctest::Approx(1));
}

TEST_CASE("README: a schedule, groups and checkpoints") {
  const TemporaryFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder / ".");
  Random random{1};
  const auto [x, y] = nn::batches(nn::labelled<float>(nn::read_csv(THALWEG_DIGITS, {.label = "-1"})), 64)[0];
  nn::Linear<float> model{64, 10, random};
  auto parameters = nn::parameters(model);
  // [snippet train]
  auto rate = optim::warmup(100) | optim::cosine({.from = 3e-3, .steps = 900});
  optim::AdamW adam{{.weight_decay = 0.05}};
  adam.set_groups({{.pattern = "*bias", .weight_decay = 0}});
  for (Index step = adam.steps(); step < 1000; ++step) {
    Tape tape;
    auto loss = nn::cross_entropy(model(x), y);
    adam.set_rate(rate(step));
    adam.step(parameters, tape.backward(loss));
    if (step % 250 == 0) optim::save("run.safetensors", parameters, adam);   // optim::restore(...)
  }
  // [end]
  optim::restore("run.safetensors", parameters, adam);
  CHECK(adam.steps() == 751);
  CHECK(nn::accuracy(model(x), y) > 0.99);
  std::filesystem::current_path(before);
}
