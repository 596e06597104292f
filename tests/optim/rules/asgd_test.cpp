#include "thalweg/optim/rules/asgd.hpp"

#include <cmath>

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "thalweg/optim/rules/gradient_descent.hpp"

using namespace thalweg;
using optim::AsgdOptions;
using optim::problems::error_of;
using optim::problems::Two;
using testing::close;

namespace {

std::string refusal(const AsgdOptions& options) {
  return error_of([&] { optim::Asgd asgd(options); });
}

}  // namespace

TEST_CASE("Asgd: without lambda the steps are gradient descent") {
  Two<double> averaged, plain;
  optim::Asgd asgd{{.rate = 0.125, .lambda = 0}};
  optim::GradientDescent descent{{.rate = 0.125}};
  for (int k = 0; k < 5; ++k) {
    asgd.step(averaged.parameters(), averaged.gradients(1, 0.5));
    descent.step(plain.parameters(), plain.gradients(1, 0.5));
  }
  CHECK(averaged.values() == plain.values());
}

TEST_CASE("Asgd: lambda decays the weights and, from the second step on, the rate") {
  Two<double> model;
  optim::Asgd asgd{{.rate = 0.5, .lambda = 0.5, .power = 2}};
  asgd.step(model.parameters(), model.gradients(0));
  CHECK(model.values()[0] == 3 * 0.75);
  asgd.step(model.parameters(), model.gradients(0));
  const double eta = 0.5 / (1.25 * 1.25);
  CHECK(close(model.values()[0], 3 * 0.75 * (1 - 0.5 * eta), {.relative = 1e-14}));
}

TEST_CASE("Asgd: the average is the weight until the start, then the mean of the weights since") {
  Two<double> model;
  optim::Asgd asgd{{.rate = 0.125, .start = 2}};
  double sum = 0;
  for (int t = 1; t <= 10; ++t) {
    asgd.step(model.parameters(), model.gradients(1, 0.5));
    const double average = asgd.state<double>()[0]["average"].item();
    if (t <= 4) CHECK(average == model.values()[0]);
    if (t >= 4) sum += model.values()[0];
    if (t >= 4) CHECK(close(average, sum / (t - 3), {.relative = 1e-14}));
  }
}

TEST_CASE("Asgd: the averages replace the weights when they are asked to") {
  Two<float> model;
  optim::Asgd asgd{{.rate = 0.125, .start = 0}};
  CHECK(error_of([&] { asgd.copy_average_to(model.parameters()); }) ==
        "Asgd: there is no average before the first step");
  for (int k = 0; k < 5; ++k) asgd.step(model.parameters(), model.gradients(1, 0.5));
  asgd.copy_average_to(model.parameters());
  CHECK(model.first.value().item() == asgd.state<float>()[0]["average"].item());
  CHECK(model.second.value().to_vector() == asgd.state<float>()[1]["average"].to_vector());
  Two<float> other;
  CHECK(error_of([&] { asgd.copy_average_to(other.parameters()); }) ==
        "Asgd: parameter 0 was first [] on the first step and is first [] of another model now; an "
        "optimizer goes with one list of parameters; make a new one for other parameters");
}

TEST_CASE("Asgd: options out of range are refused") {
  CHECK(refusal({.rate = -1}) == "Asgd: rate is -1; expected a finite number, at least 0");
  CHECK(refusal({.lambda = -1}) == "Asgd: lambda is -1; expected a finite number, at least 0");
  CHECK(refusal({.power = -1}) == "Asgd: power is -1; expected a finite number, at least 0");
  CHECK(refusal({.start = -1}) == "Asgd: start is -1; expected a finite number, at least 0");
  CHECK(refusal({.weight_decay = -1}) ==
        "Asgd: weight_decay is -1; expected a finite number, at least 0");
}
