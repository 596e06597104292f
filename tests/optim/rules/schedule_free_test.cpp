#include "thalweg/optim/rules/schedule_free.hpp"

#include <cmath>

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "thalweg/optim/rules/adam.hpp"
#include "thalweg/optim/state/archive.hpp"

using namespace thalweg;
using optim::ScheduleFree;
using optim::ScheduleFreeOptions;
using optim::problems::error_of;
using optim::problems::Two;
using testing::close;

namespace {

std::string refusal(const ScheduleFreeOptions& options) {
  return error_of([&] { ScheduleFree optimizer(options); });
}

}  // namespace

TEST_CASE("ScheduleFree: at a constant rate the average is the mean of the base sequence") {
  Two<double> model;
  ScheduleFree optimizer{{.rate = 0.1}};
  double sum = 0;
  for (int t = 1; t <= 10; ++t) {
    optimizer.step(model.parameters(), model.gradients(1, 0.5));
    const auto& state = optimizer.state<double>()[0];
    sum += state["base"].item();
    CHECK(close(state["average"].item(), sum / t, {.relative = 1e-14}));
    CHECK(
        close(model.values()[0], 0.1 * state["base"].item() + 0.9 * sum / t, {.relative = 1e-14}));
  }
}

TEST_CASE("ScheduleFree: during the warm-up a step counts by the square of its rate") {
  Two<double> model;
  ScheduleFree optimizer{{.rate = 0.1, .epsilon = 0, .warmup = 4}};
  double sum = 0, weights = 0, before = 3;
  for (int t = 1; t <= 8; ++t) {
    optimizer.step(model.parameters(), model.gradients(0, 5));
    const auto& state = optimizer.state<double>()[0];
    const double weight = std::min(1.0, t / 4.0), z = state["base"].item();
    CHECK(close(before - z, 0.1 * weight));
    before = z;
    sum += weight * weight * z;
    weights += weight * weight;
    CHECK(close(state["average"].item(), sum / weights, {.relative = 1e-14}));
  }
}

TEST_CASE("ScheduleFree: with beta1 = 0 the weights are AdamW's without momentum") {
  Two<double> averaged, plain;
  ScheduleFree optimizer{{.rate = 0.1, .beta1 = 0, .weight_decay = 0.3}};
  optim::AdamW adam{{.rate = 0.1, .beta1 = 0, .weight_decay = 0.3}};
  for (int k = 0; k < 5; ++k) {
    optimizer.step(averaged.parameters(), averaged.gradients(1, 0.5));
    adam.step(plain.parameters(), plain.gradients(1, 0.5));
  }
  for (std::size_t k = 0; k < 3; ++k)
    CHECK(close(averaged.values()[k], plain.values()[k], {.relative = 1e-13}));
}

TEST_CASE("ScheduleFree: an evaluation in between changes nothing, to the bit") {
  const auto trained = [](bool evaluated) {
    Two<float> model;
    ScheduleFree optimizer{{.rate = 0.1f}};
    for (int k = 0; k < 6; ++k) {
      optimizer.step(model.parameters(), model.gradients(1, 0.5f));
      if (!evaluated) continue;
      const std::vector<float> training = model.values();
      optimizer.to_average(model.parameters());
      CHECK(optimizer.averaged());
      CHECK(model.values()[2] == optimizer.state<float>()[1]["average"].to_vector()[1]);
      optimizer.to_training(model.parameters());
      CHECK(model.values() == training);
    }
    return model.values();
  };
  CHECK(trained(true) == trained(false));
}

TEST_CASE(
    "ScheduleFree: saved while the parameters hold the average, it goes on as if it had not") {
  Two<double> model, second;
  const ScheduleFreeOptions options{.rate = 0.1, .warmup = 3};
  ScheduleFree optimizer(options), fresh;
  for (int k = 0; k < 5; ++k) optimizer.step(model.parameters(), model.gradients(1, 0.5));
  optimizer.to_average(model.parameters());
  optim::Archive archive;
  optimizer.archive(archive);
  optim::Archive saved = archive.reversed();
  fresh.archive(saved);
  second.first = model.first;  // what the parameters' file holds: the average
  second.second = model.second;
  CHECK(fresh.averaged());
  CHECK(error_of([&] { fresh.step(second.parameters(), second.gradients(1)); }) ==
        "ScheduleFree: the parameters hold the average; call to_training(parameters) first");
  optimizer.to_training(model.parameters());
  fresh.to_training(second.parameters());
  CHECK(second.values() == model.values());
  for (int k = 0; k < 4; ++k) {
    optimizer.step(model.parameters(), model.gradients(1, 0.5));
    fresh.step(second.parameters(), second.gradients(1, 0.5));
  }
  CHECK(second.values() == model.values());
}

TEST_CASE("ScheduleFree: before the first step the average is the start") {
  Two<double> model;
  ScheduleFree optimizer;
  optimizer.to_average(model.parameters());
  CHECK(model.values() == std::vector<double>{3, -1, 4});
  optimizer.to_training(model.parameters());
  optimizer.step(model.parameters(), model.gradients(1));
  CHECK(optimizer.steps() == 1);
}

TEST_CASE("ScheduleFree: training and evaluation cannot be confused") {
  Two<double> model, other;
  ScheduleFree optimizer;
  CHECK(error_of([&] { optimizer.to_training(model.parameters()); }) ==
        "ScheduleFree: the parameters hold the training weights already");
  optimizer.step(model.parameters(), model.gradients(1));
  CHECK(error_of([&] { optimizer.to_average(other.parameters()); }) ==
        "ScheduleFree: parameter 0 was first [] on the first step and is first [] of another model "
        "now; an optimizer goes with one list of parameters; make a new one for other parameters");
  optimizer.to_average(model.parameters());
  const char* const message =
      "ScheduleFree: the parameters hold the average; call to_training(parameters) first";
  CHECK(error_of([&] { optimizer.to_average(model.parameters()); }) == message);
  CHECK(error_of([&] { optimizer.step(model.parameters(), model.gradients(1)); }) == message);
  CHECK(optimizer.steps() == 1);
}

TEST_CASE("ScheduleFree: options out of range are refused") {
  CHECK(refusal({.rate = -1}) == "ScheduleFree: rate is -1; expected a finite number, at least 0");
  CHECK(refusal({.beta1 = 1}) == "ScheduleFree: beta1 is 1; expected a number in [0, 1)");
  CHECK(refusal({.beta2 = 1}) == "ScheduleFree: beta2 is 1; expected a number in [0, 1)");
  CHECK(refusal({.epsilon = -1}) ==
        "ScheduleFree: epsilon is -1; expected a finite number, at least 0");
  CHECK(refusal({.weight_decay = -1}) ==
        "ScheduleFree: weight_decay is -1; expected a finite number, at least 0");
  CHECK(refusal({.warmup = -1}) == "ScheduleFree: warmup is -1; expected at least 0");
}
