#include "thalweg/optim/rules/adam.hpp"

#include <cmath>
#include <limits>

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "thalweg/autodiff/base/parallel.hpp"

using namespace thalweg;
using optim::AdamOptions;
using optim::problems::error_of;
using optim::problems::Two;
using testing::close;

namespace {

std::vector<double> after(int steps, const AdamOptions& options) {
  Two<double> model;
  optim::Adam adam(options);
  for (int k = 0; k < steps; ++k) adam.step(model.parameters(), model.gradients(1, 0.5));
  return model.values();
}

std::string refusal(const AdamOptions& options) {
  return error_of([&] { optim::Adam adam(options); });
}

}  // namespace

TEST_CASE("Adam: the first step has length rate in every coordinate, whatever the scale") {
  for (const double scale : {1e-3, 1.0, 1e6}) {
    Two<double> model;
    optim::Adam adam{{.rate = 0.1, .epsilon = 0}};
    adam.step(model.parameters(), model.gradients(scale));  // signs +, −, +
    CHECK(close(model.values()[0], 3 - 0.1, {.relative = 1e-14}));
    CHECK(close(model.values()[1], -1 + 0.1, {.relative = 1e-14}));
    CHECK(close(model.values()[2], 4 - 0.1, {.relative = 1e-14}));
  }
}

TEST_CASE("Adam: epsilon shortens the step where the gradient is small beside it") {
  Two<double> model;
  optim::Adam adam{{.rate = 0.1, .epsilon = 3}};
  adam.step(model.parameters(), model.gradients(1));  // |g| = 3 = ε in the first coordinate
  CHECK(close(model.values()[0], 3 - 0.1 / 2, {.relative = 1e-14}));
}

TEST_CASE("Adam: a constant gradient makes equal steps, bias correction or not") {
  Two<double> model;
  optim::Adam adam{{.rate = 0.1, .epsilon = 0}};
  for (int k = 0; k < 20; ++k) adam.step(model.parameters(), model.gradients(0, 7));
  CHECK(close(model.values()[0], 3 - 20 * 0.1));
}

TEST_CASE("Adam: beta1 = beta2 = 0 steps by the gradient's sign") {
  CHECK(after(2, {.rate = 0.25, .beta1 = 0, .beta2 = 0, .epsilon = 0}) ==
        std::vector<double>{2.5, -0.5, 3.5});
}

TEST_CASE("Adam: a step counts once, however many parameters there are") {
  Two<double> model;
  optim::Adam adam;
  adam.step(model.parameters(), model.gradients(1));
  adam.step(model.parameters(), model.gradients(1));
  CHECK(adam.steps() == 2);
}

TEST_CASE("Adam: moments are the running means of the gradient and its square") {
  Two<double> model;
  optim::Adam adam{{.beta1 = 0.75, .beta2 = 0.5}};
  adam.step(model.parameters(), model.gradients(0, 2));
  REQUIRE(adam.state<double>().size() == 2);
  CHECK(adam.state<double>()[1].name == "second");
  CHECK(adam.state<double>()[1]["first"].to_vector() == std::vector<double>{0.5, 0.5});
  CHECK(adam.state<double>()[1]["second"].to_vector() == std::vector<double>{2, 2});
  CHECK(adam.state<double>()[1].moments.size() == 2);
}

TEST_CASE("Adam: amsgrad divides by the largest second moment, so a lull does not lengthen steps") {
  Two<double> model;
  optim::Adam adam{{.beta2 = 0.5, .amsgrad = true}};
  adam.step(model.parameters(), model.gradients(0, 8));
  for (int k = 0; k < 5; ++k) adam.step(model.parameters(), model.gradients(0, 1));
  CHECK(adam.state<double>()[0]["largest"].to_vector() == std::vector<double>{32});
  CHECK(adam.state<double>()[0]["second"].to_vector()[0] < 3);
}

TEST_CASE("AdamW: without decay it is Adam") {
  Two<double> model;
  optim::AdamW adam{{.rate = 0.1, .weight_decay = 0}};
  for (int k = 0; k < 5; ++k) adam.step(model.parameters(), model.gradients(1, 0.5));
  CHECK(model.values() == after(5, {.rate = 0.1}));
}

TEST_CASE("AdamW: under gradient zero the weights shrink by 1 - rate decay, and nothing else") {
  Two<double> model;
  optim::AdamW adam{{.rate = 0.5, .weight_decay = 0.5}};
  adam.step(model.parameters(), model.gradients(0));
  CHECK(model.values() == std::vector<double>{3 * 0.75, -1 * 0.75, 4 * 0.75});
}

TEST_CASE("Adam: floats follow doubles") {
  Two<float> narrow;
  Two<double> wide;
  optim::Adam of_narrow{{.rate = 0.1}}, of_wide{{.rate = 0.1}};
  for (int k = 0; k < 20; ++k) {
    of_narrow.step(narrow.parameters(), narrow.gradients(1, 0.5));
    of_wide.step(wide.parameters(), wide.gradients(1, 0.5));
  }
  for (std::size_t k = 0; k < 3; ++k)
    CHECK(close(narrow.values()[k], wide.values()[k], {.relative = 3e-5}));
}

TEST_CASE("Adam: large parameters are updated in parts with the same numbers") {
  const Index n = 300'000;
  const auto trained = [](int count) {
    set_threads(count);
    std::vector<float> start(static_cast<std::size_t>(n));
    for (std::size_t k = 0; k < start.size(); ++k) start[k] = static_cast<float>(k % 97) - 48;
    Parameter<float> w(Tensor<float>({n}, start));
    const ParameterList<float> parameters{{"w", &w}};
    const Tensor<float> seed({n}, std::vector<float>(start.size(), 1));
    optim::Adam adam{{.rate = 0.1f, .weight_decay = 0.1}};
    for (int k = 0; k < 3; ++k) {
      Tape tape;
      adam.step(parameters, tape.backward(Tensor<float>(w * w), seed));
    }
    return w.value().to_vector();
  };
  const int before = threads();
  const auto one = trained(1), four = trained(4);
  set_threads(before);
  CHECK(one == four);
}

TEST_CASE("an optimizer leaves values alone that a tape or a user still holds") {
  Two<double> model;
  optim::Adam adam{{.rate = 0.1}};
  const Tensor<double> held = model.second.value();
  Tape tape;
  Tensor<double> y = model.second * model.second;
  adam.step(model.parameters(), tape.backward(y, Tensor<double>({1, 2}, {1.0, 1.0})));
  CHECK(held.to_vector() == std::vector<double>{-1, 4});
  CHECK(y.to_vector() == std::vector<double>{1, 16});
  CHECK(close(model.values()[2], 3.9, {.relative = 1e-5}));
}

TEST_CASE("a parameter that took no part has gradient zero") {
  Two<double> model;
  optim::Adam adam{{.rate = 0.1}};
  Tape tape;
  Tensor<double> y = model.first * model.first;
  adam.step(model.parameters(), tape.backward(y));
  CHECK(close(model.values()[0], 3 - 0.1, {.relative = 1e-5}));
  CHECK(model.values()[1] == -1);
  CHECK(model.values()[2] == 4);
}

TEST_CASE("Adam: options out of range are refused") {
  CHECK(refusal({.rate = -1}) == "Adam: rate is -1; expected a finite number, at least 0");
  CHECK(refusal({.beta1 = 1}) == "Adam: beta1 is 1; expected a number in [0, 1)");
  CHECK(refusal({.beta2 = -0.5}) == "Adam: beta2 is -0.5; expected a number in [0, 1)");
  CHECK(refusal({.epsilon = std::nan("")}) ==
        "Adam: epsilon is nan; expected a finite number, at least 0");
  CHECK(error_of([] { optim::AdamW{{.weight_decay = -1}}; }) ==
        "AdamW: weight_decay is -1; expected a finite number, at least 0");
  CHECK(error_of([] { optim::AdamW().set_rate(-2); }) ==
        "AdamW: rate is -2; expected a finite number, at least 0");
}
