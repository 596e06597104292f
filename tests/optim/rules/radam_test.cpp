#include "thalweg/optim/rules/radam.hpp"

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"

using namespace thalweg;
using optim::RAdamOptions;
using optim::problems::error_of;
using optim::problems::Two;
using testing::close;

namespace {

/// How far the first weight falls in each of the first steps under the gradient 5.
std::vector<double> lengths(const RAdamOptions& options, int steps) {
  Two<double> model;
  optim::RAdam radam(options);
  std::vector<double> result;
  for (int k = 0; k < steps; ++k) {
    const double before = model.values()[0];
    radam.step(model.parameters(), model.gradients(0, 5));
    result.push_back(before - model.values()[0]);
  }
  return result;
}

std::string refusal(const RAdamOptions& options) {
  return error_of([&] { optim::RAdam radam(options); });
}

}  // namespace

TEST_CASE("RAdam: the first five steps are descent, the sixth is scaled by the second moment") {
  const auto moved = lengths({.rate = 0.125}, 6);
  for (std::size_t k = 0; k < 5; ++k) CHECK(close(moved[k], 0.125 * 5));
  CHECK(moved[5] < 0.125);
}

TEST_CASE("RAdam: where beta2 is at most 2/3 the second moment is never used") {
  CHECK(close(lengths({.rate = 0.125, .beta2 = 0.66}, 50).back(), 0.125 * 5));
}

TEST_CASE("RAdam: in the long run its steps are Adam's") {
  CHECK(close(lengths({.rate = 0.125, .beta2 = 0.9, .epsilon = 0}, 300).back(), 0.125,
              {.relative = 1e-9}));
}

TEST_CASE("RAdam: options out of range are refused") {
  CHECK(refusal({.rate = -1}) == "RAdam: rate is -1; expected a finite number, at least 0");
  CHECK(refusal({.beta1 = 1}) == "RAdam: beta1 is 1; expected a number in [0, 1)");
  CHECK(refusal({.beta2 = 1}) == "RAdam: beta2 is 1; expected a number in [0, 1)");
  CHECK(refusal({.epsilon = -1}) == "RAdam: epsilon is -1; expected a finite number, at least 0");
  CHECK(refusal({.weight_decay = -1}) ==
        "RAdam: weight_decay is -1; expected a finite number, at least 0");
}
