#include "thalweg/optim/rules/rmsprop.hpp"

#include <cmath>

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"

using namespace thalweg;
using optim::RmspropOptions;
using optim::problems::error_of;
using optim::problems::Two;
using testing::close;

namespace {

/// How far the first weight has fallen after so many steps under a constant gradient.
double fallen(const RmspropOptions& options, int steps) {
  Two<double> model;
  optim::Rmsprop rmsprop(options);
  for (int k = 0; k < steps; ++k) rmsprop.step(model.parameters(), model.gradients(0, 5));
  return 3 - model.values()[0];
}

std::string refusal(const RmspropOptions& options) {
  return error_of([&] { optim::Rmsprop rmsprop(options); });
}

}  // namespace

TEST_CASE("Rmsprop: the first step is longer than the rate, since the mean square starts at zero") {
  CHECK(close(fallen({.rate = 0.1, .rho = 0.75, .epsilon = 0}, 1), 0.1 / std::sqrt(1 - 0.75),
              {.relative = 1e-14}));
}

TEST_CASE("Rmsprop: centered, the square of the mean is taken off") {
  // v − m² = (1 − ρ) g² − (1 − ρ)² g² = ρ (1 − ρ) g².
  CHECK(close(fallen({.rate = 0.1, .rho = 0.75, .epsilon = 0, .centered = true}, 1),
              0.1 / std::sqrt(0.75 * (1 - 0.75)), {.relative = 1e-14}));
}

TEST_CASE("Rmsprop: centered, a deviation that rounding took below zero counts as zero") {
  Parameter<float> w(Tensor<float>(std::vector<float>(1000)));
  std::vector<float> constant;
  for (int k = 1; k <= 1000; ++k) constant.push_back(1 / static_cast<float>(k));
  optim::Rmsprop rmsprop{{.rate = 1e-9, .rho = 0.3, .centered = true}};
  for (int k = 0; k < 50; ++k) {
    const Gradients gradients = optim::problems::given(w, constant);
    rmsprop.step({{"w", &w}}, gradients);
  }
  for (const float value : w.value().values()) REQUIRE(std::isfinite(value));
}

TEST_CASE("Rmsprop: momentum repeats the last step in part, centered or not") {
  for (const bool centered : {false, true}) {
    const double one = fallen({.rate = 0.1, .centered = centered}, 1);
    const double two = fallen({.rate = 0.1, .centered = centered}, 2);
    CHECK(close(fallen({.rate = 0.1, .momentum = 0.5, .centered = centered}, 2), two + 0.5 * one));
  }
}

TEST_CASE("Rmsprop: options out of range are refused") {
  CHECK(refusal({.rate = -1}) == "Rmsprop: rate is -1; expected a finite number, at least 0");
  CHECK(refusal({.rho = 1}) == "Rmsprop: rho is 1; expected a number in [0, 1)");
  CHECK(refusal({.epsilon = -1}) == "Rmsprop: epsilon is -1; expected a finite number, at least 0");
  CHECK(refusal({.weight_decay = -1}) ==
        "Rmsprop: weight_decay is -1; expected a finite number, at least 0");
  CHECK(refusal({.momentum = 1}) == "Rmsprop: momentum is 1; expected a number in [0, 1)");
}
