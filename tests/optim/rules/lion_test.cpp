#include "thalweg/optim/rules/lion.hpp"

#include <cmath>

#include "tests/optim/smooth/problems.hpp"

using namespace thalweg;
using optim::LionOptions;
using optim::problems::error_of;
using optim::problems::Two;

namespace {

std::string refusal(const LionOptions& options) {
  return error_of([&] { optim::Lion lion(options); });
}

}  // namespace

TEST_CASE("Lion: every step has exactly the length rate in every coordinate, whatever the scale") {
  for (const double scale : {1e-9, 1e9}) {
    Two<double> model;
    optim::Lion lion{{.rate = 0.25}};
    for (int k = 0; k < 3; ++k) lion.step(model.parameters(), model.gradients(scale));
    CHECK(model.values() == std::vector<double>{3 - 0.75, -1 + 0.75, 4 - 0.75});
  }
}

TEST_CASE("Lion: a coordinate without gradient stays, one whose gradient is NaN shows it") {
  Two<double> model;
  optim::Lion lion;
  lion.step(model.parameters(), model.gradients(0));
  CHECK(model.values() == std::vector<double>{3, -1, 4});
  lion.step(model.parameters(), model.gradients(NAN));
  CHECK(std::isnan(model.values()[0]));
}

TEST_CASE("Lion: the sign is the momentum's, which a single small gradient does not turn") {
  Two<double> model;
  optim::Lion lion{{.rate = 0.25, .beta1 = 0.5, .beta2 = 0.75}};
  lion.step(model.parameters(), model.gradients(0, 4));     // c = 2,      m = 1
  lion.step(model.parameters(), model.gradients(0, -0.5));  // c = ½ − ¼,  m = 0.625
  CHECK(lion.state<double>()[0]["first"].item() == 0.625);
  lion.step(model.parameters(), model.gradients(0, -0.75));  // c = 0.3125 − 0.375
  CHECK(model.values()[0] == 3 - 0.25 - 0.25 + 0.25);
}

TEST_CASE("Lion: under gradient zero the weights shrink by 1 - rate decay, and nothing else") {
  Two<double> model;
  optim::Lion lion{{.rate = 0.5, .weight_decay = 0.5}};
  lion.step(model.parameters(), model.gradients(0));
  CHECK(model.values() == std::vector<double>{3 * 0.75, -1 * 0.75, 4 * 0.75});
}

TEST_CASE("Lion: options out of range are refused") {
  CHECK(refusal({.rate = -1}) == "Lion: rate is -1; expected a finite number, at least 0");
  CHECK(refusal({.beta1 = 1}) == "Lion: beta1 is 1; expected a number in [0, 1)");
  CHECK(refusal({.beta2 = 1}) == "Lion: beta2 is 1; expected a number in [0, 1)");
  CHECK(refusal({.weight_decay = -1}) ==
        "Lion: weight_decay is -1; expected a finite number, at least 0");
}
