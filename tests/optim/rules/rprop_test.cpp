#include "thalweg/optim/rules/rprop.hpp"

#include <cmath>

#include "tests/optim/smooth/problems.hpp"

using namespace thalweg;
using optim::RpropOptions;
using optim::problems::error_of;
using optim::problems::Two;

namespace {

/// Where the first weight, at first 3, is after each of these gradients.
std::vector<double> path(const RpropOptions& options, const std::vector<double>& slopes) {
  Two<double> model;
  optim::Rprop rprop(options);
  std::vector<double> result;
  for (const double slope : slopes) {
    rprop.step(model.parameters(), model.gradients(0, slope));
    result.push_back(model.values()[0]);
  }
  return result;
}

std::string refusal(const RpropOptions& options) {
  return error_of([&] { optim::Rprop rprop(options); });
}

}  // namespace

TEST_CASE("Rprop: steps grow while the sign stays, whatever the gradient's size") {
  CHECK(path({.rate = 0.25, .grow = 2}, {1, 1e-6, 1e6}) == std::vector<double>{2.75, 2.25, 1.25});
}

TEST_CASE("Rprop: after a change of sign it waits for one step, then goes back by a shorter one") {
  CHECK(path({.rate = 0.5}, {1, -1, -1, 0}) == std::vector<double>{2.5, 2.5, 2.75, 2.75});
}

TEST_CASE("Rprop: lengths stay between the smallest and the largest") {
  CHECK(path({.rate = 0.5, .grow = 8, .largest = 1}, {1, 1, 1}) ==
        std::vector<double>{2.5, 1.5, 0.5});
  CHECK(path({.rate = 0.5, .smallest = 0.375}, {1, -1, -1}) ==
        std::vector<double>{2.5, 2.5, 2.875});
}

TEST_CASE("Rprop: the rate is read on the first step only") {
  Two<double> model;
  optim::Rprop rprop{{.rate = 7, .grow = 2}};
  rprop.set_rate(0.25);
  for (int k = 0; k < 2; ++k) {
    rprop.step(model.parameters(), model.gradients(0, 1));
    rprop.set_rate(7);
  }
  CHECK(model.values()[0] == 3 - 0.25 - 0.5);
}

TEST_CASE("Rprop: options out of range are refused") {
  CHECK(refusal({.rate = -1}) == "Rprop: rate is -1; expected a finite number, at least 0");
  CHECK(refusal({.shrink = 1}) == "Rprop: shrink is 1; expected a number in (0, 1)");
  CHECK(refusal({.grow = 1}) == "Rprop: grow is 1; expected a finite number above 1");
  const char* const order = "; expected 0 < smallest <= largest, finite";
  CHECK(refusal({.smallest = 0}) == std::string("Rprop: smallest is 0, largest is 50") + order);
  CHECK(refusal({.smallest = 2, .largest = 1}) ==
        std::string("Rprop: smallest is 2, largest is 1") + order);
  CHECK(refusal({.largest = INFINITY}) ==
        std::string("Rprop: smallest is 1e-06, largest is inf") + order);
}
