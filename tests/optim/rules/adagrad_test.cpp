#include "thalweg/optim/rules/adagrad.hpp"

#include <cmath>

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"

using namespace thalweg;
using optim::AdagradOptions;
using optim::problems::error_of;
using optim::problems::Two;
using testing::close;

namespace {

/// How far the first weight falls in each of the first steps under the gradient `slope`.
std::vector<double> lengths(const AdagradOptions& options, double slope, int steps) {
  Two<double> model;
  optim::Adagrad adagrad(options);
  std::vector<double> result;
  for (int k = 0; k < steps; ++k) {
    const double before = model.values()[0];
    adagrad.step(model.parameters(), model.gradients(0, slope));
    result.push_back(before - model.values()[0]);
  }
  return result;
}

std::string refusal(const AdagradOptions& options) {
  return error_of([&] { optim::Adagrad adagrad(options); });
}

}  // namespace

TEST_CASE(
    "Adagrad: under a constant gradient step t has length rate / sqrt t, whatever the scale") {
  for (const double slope : {1e-3, 1e6}) {
    const auto moved = lengths({.rate = 0.1, .epsilon = 0}, slope, 9);
    CHECK(close(moved[0], 0.1));
    CHECK(close(moved[3], 0.1 / 2));
    CHECK(close(moved[8], 0.1 / 3));
  }
}

TEST_CASE("Adagrad: the rate's decay counts from the first step, which is not shortened") {
  const auto plain = lengths({.rate = 0.1}, 2, 5);
  const auto decayed = lengths({.rate = 0.1, .rate_decay = 0.5}, 2, 5);
  CHECK(decayed[0] == plain[0]);
  CHECK(close(decayed[4], plain[4] / 3));
}

TEST_CASE("Adagrad: an initial sum stands for gradients seen before") {
  const auto fresh = lengths({.rate = 0.1}, 2, 4);
  CHECK(close(lengths({.rate = 0.1, .initial_sum = 3 * 4}, 2, 1)[0], fresh[3]));
}

TEST_CASE("Adagrad: options out of range are refused") {
  CHECK(refusal({.rate = -1}) == "Adagrad: rate is -1; expected a finite number, at least 0");
  CHECK(refusal({.rate_decay = -1}) ==
        "Adagrad: rate_decay is -1; expected a finite number, at least 0");
  CHECK(refusal({.initial_sum = -1}) ==
        "Adagrad: initial_sum is -1; expected a finite number, at least 0");
  CHECK(refusal({.epsilon = -1}) == "Adagrad: epsilon is -1; expected a finite number, at least 0");
  CHECK(refusal({.weight_decay = NAN}) ==
        "Adagrad: weight_decay is nan; expected a finite number, at least 0");
}
