#include "thalweg/optim/rules/adadelta.hpp"

#include <cmath>

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"

using namespace thalweg;
using optim::AdadeltaOptions;
using optim::problems::error_of;
using optim::problems::Two;
using testing::close;

namespace {

/// How far the first weight has fallen after so many steps under the gradient `slope`.
double fallen(const AdadeltaOptions& options, double slope, int steps) {
  Two<double> model;
  optim::Adadelta adadelta(options);
  for (int k = 0; k < steps; ++k) adadelta.step(model.parameters(), model.gradients(0, slope));
  return 3 - model.values()[0];
}

std::string refusal(const AdadeltaOptions& options) {
  return error_of([&] { optim::Adadelta adadelta(options); });
}

}  // namespace

TEST_CASE("Adadelta: the first step comes from epsilon alone, whatever the gradient's scale") {
  for (const double slope : {1e3, 1e6})
    CHECK(close(fallen({.rho = 0.75, .epsilon = 1e-4}, slope, 1), std::sqrt(1e-4 / (1 - 0.75)),
                {.relative = 1e-9}));
}

TEST_CASE("Adadelta: the rate shortens what is taken, not what is remembered") {
  CHECK(close(fallen({.rate = 0.5}, 2, 20), 0.5 * fallen({}, 2, 20)));
}

TEST_CASE("Adadelta: under a constant gradient the steps grow") {
  CHECK(fallen({}, 2, 200) > 200 * fallen({}, 2, 1));
}

TEST_CASE("Adadelta: options out of range are refused") {
  CHECK(refusal({.rate = -1}) == "Adadelta: rate is -1; expected a finite number, at least 0");
  CHECK(refusal({.rho = 1}) == "Adadelta: rho is 1; expected a number in [0, 1)");
  CHECK(refusal({.epsilon = -1}) ==
        "Adadelta: epsilon is -1; expected a finite number, at least 0");
  CHECK(refusal({.weight_decay = -1}) ==
        "Adadelta: weight_decay is -1; expected a finite number, at least 0");
}
