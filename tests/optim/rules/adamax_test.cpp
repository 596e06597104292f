#include "thalweg/optim/rules/adamax.hpp"

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"

using namespace thalweg;
using optim::AdamaxOptions;
using optim::problems::error_of;
using optim::problems::Two;
using testing::close;

namespace {

std::string refusal(const AdamaxOptions& options) {
  return error_of([&] { optim::Adamax adamax(options); });
}

}  // namespace

TEST_CASE("Adamax: a constant gradient makes steps of length rate, whatever its scale") {
  for (const double slope : {1e-3, 1e6}) {
    Two<double> model;
    optim::Adamax adamax{{.rate = 0.1, .epsilon = 0}};
    for (int k = 0; k < 20; ++k) adamax.step(model.parameters(), model.gradients(0, slope));
    CHECK(close(model.values()[0], 3 - 20 * 0.1));
  }
}

TEST_CASE("Adamax: a large gradient is remembered, fading by beta2 per step") {
  Two<double> model;
  optim::Adamax adamax{{.beta2 = 0.5, .epsilon = 0}};
  adamax.step(model.parameters(), model.gradients(0, 8));
  for (const double largest : {4, 2, 1, 1}) {
    adamax.step(model.parameters(), model.gradients(0, 1));
    CHECK(adamax.state<double>()[0]["largest"].item() == largest);
  }
}

TEST_CASE("Adamax: epsilon adds to the gradient's size before the maximum is taken") {
  Two<double> model;
  optim::Adamax adamax{{.rate = 0.1, .epsilon = 5}};
  adamax.step(model.parameters(), model.gradients(0, 5));
  CHECK(close(model.values()[0], 3 - 0.1 / 2, {.relative = 1e-14}));
  CHECK(adamax.state<double>()[0]["largest"].item() == 10);
}

TEST_CASE("Adamax: options out of range are refused") {
  CHECK(refusal({.rate = -1}) == "Adamax: rate is -1; expected a finite number, at least 0");
  CHECK(refusal({.beta1 = 1}) == "Adamax: beta1 is 1; expected a number in [0, 1)");
  CHECK(refusal({.beta2 = 1}) == "Adamax: beta2 is 1; expected a number in [0, 1)");
  CHECK(refusal({.epsilon = -1}) == "Adamax: epsilon is -1; expected a finite number, at least 0");
  CHECK(refusal({.weight_decay = -1}) ==
        "Adamax: weight_decay is -1; expected a finite number, at least 0");
}
