#include "thalweg/optim/rules/nadam.hpp"

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "thalweg/optim/rules/adam.hpp"

using namespace thalweg;
using optim::NAdamOptions;
using optim::problems::error_of;
using optim::problems::Two;
using testing::close;

namespace {

// With so fast a decay 0.96^(ψ t) is zero and the momentum is β₁ from the first step on.
constexpr double at_once = 1e6;

/// How far the first weight falls in the last of so many steps under a constant gradient.
double last_step(const NAdamOptions& options, int steps) {
  Two<double> model;
  optim::NAdam nadam(options);
  double before = 0;
  for (int k = 0; k < steps; ++k) {
    before = model.values()[0];
    nadam.step(model.parameters(), model.gradients(0, 5));
  }
  return before - model.values()[0];
}

std::string refusal(const NAdamOptions& options) {
  return error_of([&] { optim::NAdam nadam(options); });
}

}  // namespace

TEST_CASE("NAdam: without momentum it is Adam") {
  Two<double> nesterov, plain;
  optim::NAdam nadam{{.rate = 0.1, .beta1 = 0}};
  optim::Adam adam{{.rate = 0.1, .beta1 = 0}};
  for (int k = 0; k < 5; ++k) {
    nadam.step(nesterov.parameters(), nesterov.gradients(1, 0.5));
    adam.step(plain.parameters(), plain.gradients(1, 0.5));
  }
  for (std::size_t k = 0; k < 3; ++k)
    CHECK(close(nesterov.values()[k], plain.values()[k], {.relative = 1e-13}));
}

TEST_CASE("NAdam: the first step is longer than the rate by the momentum of the next one") {
  // d = g + β₁ (1 − β₁) g / (1 − β₁²) = g + β₁ / (1 + β₁) g.
  CHECK(close(last_step({.rate = 0.1, .beta1 = 0.5, .epsilon = 0, .momentum_decay = at_once}, 1),
              0.1 * (1 + 0.5 / 1.5)));
}

TEST_CASE("NAdam: with PyTorch 1.13's extra factor the last denominator is 1 - beta1 cubed") {
  const NAdamOptions options = {
      .rate = 0.1, .beta1 = 0.5, .epsilon = 0, .momentum_decay = at_once, .extra_factor = true};
  CHECK(close(last_step(options, 1), 0.1 * (1 + 0.25 / 0.875)));
}

TEST_CASE("NAdam: the momentum grows from half beta1 to beta1, and the steps tend to the rate") {
  CHECK(close(last_step({.rate = 0.1, .beta1 = 0.5, .epsilon = 0, .momentum_decay = 0}, 1),
              0.1 * (1 + 0.25 * 0.5 / (1 - 0.25 * 0.25))));
  CHECK(close(last_step({.rate = 0.1, .epsilon = 0, .momentum_decay = at_once}, 300), 0.1,
              {.relative = 1e-9}));
}

TEST_CASE("NAdam: options out of range are refused") {
  CHECK(refusal({.rate = -1}) == "NAdam: rate is -1; expected a finite number, at least 0");
  CHECK(refusal({.beta1 = 1}) == "NAdam: beta1 is 1; expected a number in [0, 1)");
  CHECK(refusal({.beta2 = 1}) == "NAdam: beta2 is 1; expected a number in [0, 1)");
  CHECK(refusal({.epsilon = -1}) == "NAdam: epsilon is -1; expected a finite number, at least 0");
  CHECK(refusal({.weight_decay = -1}) ==
        "NAdam: weight_decay is -1; expected a finite number, at least 0");
  CHECK(refusal({.momentum_decay = -1}) ==
        "NAdam: momentum_decay is -1; expected a finite number, at least 0");
}
