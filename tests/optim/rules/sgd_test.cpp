#include "thalweg/optim/rules/sgd.hpp"

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "thalweg/optim/rules/gradient_descent.hpp"

using namespace thalweg;
using optim::SgdOptions;
using optim::problems::error_of;
using optim::problems::Two;
using testing::close;

namespace {

std::vector<double> after(int steps, const SgdOptions& options) {
  Two<double> model;
  optim::Sgd sgd(options);
  for (int k = 0; k < steps; ++k) sgd.step(model.parameters(), model.gradients(1, 0.5));
  return model.values();
}

std::string refusal(const SgdOptions& options) {
  return error_of([&] { optim::Sgd sgd(options); });
}

}  // namespace

TEST_CASE("Sgd: without momentum it is gradient descent") {
  Two<double> model;
  optim::GradientDescent descent{{.rate = 0.1}};
  for (int k = 0; k < 5; ++k) descent.step(model.parameters(), model.gradients(1, 0.5));
  CHECK(after(5, {.rate = 0.1}) == model.values());
}

TEST_CASE("Sgd: the first step is gradient descent whatever the momentum and dampening") {
  CHECK(after(1, {.rate = 0.1, .momentum = 0.9, .dampening = 0.5}) == after(1, {.rate = 0.1}));
}

TEST_CASE("Sgd: under a constant gradient the steps grow to rate / (1 - momentum)") {
  Two<double> model;
  optim::Sgd sgd{{.rate = 0.1, .momentum = 0.5}};
  double before = 0;
  for (int k = 0; k < 60; ++k) {
    before = model.values()[0];
    sgd.step(model.parameters(), model.gradients(0, 1));
  }
  CHECK(close(before - model.values()[0], 0.1 / (1 - 0.5)));
}

TEST_CASE("Sgd: Nesterov's first step is longer by the momentum") {
  Two<double> model;
  optim::Sgd sgd{{.rate = 0.1, .momentum = 0.9, .nesterov = true}};
  sgd.step(model.parameters(), model.gradients(0, 1));
  CHECK(close(3 - model.values()[0], 0.1 * 1.9, {.relative = 1e-14}));
}

TEST_CASE("Sgd: weight decay is the gradient of half its factor times the squared norm") {
  Two<double> decayed, penalised;
  optim::Sgd with{{.rate = 0.1, .momentum = 0.9, .weight_decay = 0.25}};
  optim::Sgd without{{.rate = 0.1, .momentum = 0.9}};
  for (int k = 0; k < 5; ++k) {
    with.step(decayed.parameters(), decayed.gradients(1, 0.5));
    without.step(penalised.parameters(), penalised.gradients(1.25, 0.5));
  }
  for (std::size_t k = 0; k < 3; ++k)
    CHECK(close(decayed.values()[k], penalised.values()[k], {.relative = 1e-14}));
}

TEST_CASE("Sgd: the velocity is there to see, once the first step has been taken") {
  Two<double> model;
  optim::Sgd sgd{{.rate = 0.1, .momentum = 0.9}};
  CHECK(sgd.state<double>().empty());
  sgd.step(model.parameters(), model.gradients(0, 2));
  REQUIRE(sgd.state<double>().size() == 2);
  CHECK(sgd.state<float>().empty());
  CHECK(sgd.state<double>()[1].name == "second");
  CHECK(sgd.state<double>()[1]["velocity"].to_vector() == std::vector<double>{2, 2});
}

TEST_CASE("Sgd: options out of range are refused") {
  CHECK(refusal({.rate = -0.1}) == "Sgd: rate is -0.1; expected a finite number, at least 0");
  CHECK(refusal({.momentum = 1}) == "Sgd: momentum is 1; expected a number in [0, 1)");
  CHECK(refusal({.dampening = 2}) == "Sgd: dampening is 2; expected a number in [0, 1]");
  CHECK(refusal({.weight_decay = -1}) ==
        "Sgd: weight_decay is -1; expected a finite number, at least 0");
  CHECK(refusal({.nesterov = true}) ==
        "Sgd: nesterov needs momentum > 0 and dampening = 0; momentum is 0, dampening is 0");
}
