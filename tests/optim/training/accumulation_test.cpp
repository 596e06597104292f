#include "thalweg/optim/training/accumulation.hpp"

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "thalweg/optim/rules/adam.hpp"
#include "thalweg/optim/rules/gradient_descent.hpp"

using namespace thalweg;
using optim::Accumulated;
using optim::Adam;
using optim::GradientDescent;
using optim::problems::error_of;
using optim::problems::Two;
using testing::close;

TEST_CASE("Accumulated: n equal gradients make the step of one") {
  Two<double> parts, whole;
  Accumulated accumulated{Adam{{.rate = 0.1}}, {.every = 4}};
  Adam adam{{.rate = 0.1}};
  for (int update = 0; update < 3; ++update) {
    for (int k = 0; k < 4; ++k) accumulated.step(parts.parameters(), parts.gradients(1, 0.5));
    adam.step(whole.parameters(), whole.gradients(1, 0.5));
  }
  CHECK(parts.values() == whole.values());
  CHECK(accumulated.steps() == 3);
}

TEST_CASE("Accumulated: nothing moves until the last call, which takes the mean or the sum") {
  for (const bool mean : {true, false}) {
    Two<double> model;
    Accumulated accumulated{GradientDescent{{.rate = 0.5}}, {.every = 3, .mean = mean}};
    for (Index k = 0; k < 2; ++k) {
      CHECK(accumulated.pending() == k);
      accumulated.step(model.parameters(), model.gradients(0, k == 0 ? 1 : 4));
      CHECK(model.values() == Two<double>().values());
      CHECK(accumulated.steps() == 0);
    }
    accumulated.step(model.parameters(), model.gradients(0, -0.5));
    CHECK(close(model.values()[0], 3 - 0.5 * (mean ? 1.5 : 4.5), {.relative = 1e-14}));
    CHECK(accumulated.pending() == 0);
  }
}

TEST_CASE("Accumulated: a parameter that took part in some calls only has zero in the others") {
  Two<double> model;
  Accumulated accumulated{GradientDescent{{.rate = 1}}, {.every = 2}};
  accumulated.step(model.parameters(), optim::problems::given<double>(model.second, {2, 4}));
  accumulated.step(model.parameters(), optim::problems::given<double>(model.first, {6}));
  CHECK(model.values() == std::vector<double>{0, -2, 2});
}

TEST_CASE("Accumulated: the caller's gradients stay as they are") {
  Two<double> model;
  const Gradients g = model.gradients(0, 1);
  Accumulated accumulated{GradientDescent{}, {.every = 3}};
  for (int k = 0; k < 3; ++k) accumulated.step(model.parameters(), g);
  CHECK(g[model.second].to_vector() == std::vector<double>{1, 1});
}

TEST_CASE("Accumulated: what it refuses it does not count") {
  Two<double> model, other;
  Two<float> narrow;
  Accumulated accumulated{Adam{}, {.every = 3}};
  CHECK(error_of([&] { accumulated.step(ParameterList<double>{}, model.gradients(1)); }) ==
        "Accumulated: the list of parameters is empty");
  CHECK(error_of([&] { accumulated.step(model.parameters(), other.gradients(1)); }) ==
        "Accumulated: the gradients hold none of the 2 parameters (first, ...); the loss does not "
        "depend on them, or it is another model's");
  CHECK(accumulated.pending() == 0);
  accumulated.step(model.parameters(), model.gradients(1));
  CHECK(error_of([&] { accumulated.step(narrow.parameters(), narrow.gradients(1)); }) ==
        "Accumulated: it goes with a list of 2 parameters of double; this one has 2 of float");
  CHECK(accumulated.pending() == 1);
}

TEST_CASE("Accumulated: at least one call makes a step") {
  CHECK(error_of([] {
          Accumulated accumulated{Adam{}, {.every = 0}};
        }) == "Accumulated: every is 0; expected at least 1");
}
