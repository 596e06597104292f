#include "thalweg/optim/training/lookahead.hpp"

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "thalweg/optim/rules/adam.hpp"
#include "thalweg/optim/rules/gradient_descent.hpp"

using namespace thalweg;
using optim::Adam;
using optim::GradientDescent;
using optim::Lookahead;
using optim::LookaheadOptions;
using optim::problems::error_of;
using optim::problems::Two;
using testing::close;

namespace {

template <class Optimizer>
std::vector<double> after(int steps, Optimizer optimizer) {
  Two<double> model;
  for (int k = 0; k < steps; ++k) optimizer.step(model.parameters(), model.gradients(1, 0.5));
  return model.values();
}

std::string refusal(const LookaheadOptions& options) {
  return error_of([&] { Lookahead lookahead{Adam{}, options}; });
}

}  // namespace

TEST_CASE("Lookahead: with alpha 1 it is the inner optimizer, bit for bit") {
  const Adam adam{{.rate = 0.1}};
  CHECK(after(7, Lookahead{adam, {.k = 3, .alpha = 1}}) == after(7, adam));
}

TEST_CASE("Lookahead: until step k it is the inner optimizer, then it goes back by 1 - alpha") {
  const Adam adam{{.rate = 0.1}};
  const Lookahead lookahead{adam, {.k = 4, .alpha = 0.25}};
  CHECK(after(3, lookahead) == after(3, adam));
  const auto forward = after(4, adam), back = after(4, lookahead), start = Two<double>().values();
  for (std::size_t k = 0; k < 3; ++k)
    CHECK(close(back[k], 0.75 * start[k] + 0.25 * forward[k], {.relative = 1e-14}));
}

TEST_CASE("Lookahead: each round starts from the slow weights") {
  // Under a constant gradient each round of 2 goes 2 · 0.5 forward and 0.75 of it back.
  Two<double> model;
  Lookahead lookahead{GradientDescent{{.rate = 0.5}}, {.k = 2, .alpha = 0.25}};
  CHECK(lookahead.slow<double>().empty());
  for (int k = 0; k < 5; ++k) lookahead.step(model.parameters(), model.gradients(0, 1));
  CHECK(model.values()[0] == 3 - 2 * 0.25 - 0.5);
  CHECK(lookahead.slow<double>()[0].value.item() == 3 - 2 * 0.25);
  CHECK(lookahead.slow<double>()[1].name == "second");
}

TEST_CASE("Lookahead: a refused first step leaves no trace") {
  Two<double> model, other;
  Lookahead lookahead{Adam{}};
  CHECK(error_of([&] { lookahead.step(model.parameters(), other.gradients(1)); }) ==
        "Adam: the gradients hold none of the 2 parameters (first, ...); the loss does not depend "
        "on them, or it is another model's");
  CHECK(lookahead.slow<double>().empty());
  CHECK(lookahead.steps() == 0);
}

TEST_CASE("Lookahead: options out of range are refused") {
  CHECK(refusal({.k = 0}) == "Lookahead: k is 0; expected at least 1");
  CHECK(refusal({.alpha = 0}) == "Lookahead: alpha is 0; expected a number in (0, 1]");
  CHECK(refusal({.alpha = 1.5}) == "Lookahead: alpha is 1.5; expected a number in (0, 1]");
}
