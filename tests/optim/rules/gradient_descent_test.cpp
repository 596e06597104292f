#include "thalweg/optim/rules/gradient_descent.hpp"

#include <limits>

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"

using namespace thalweg;
using optim::problems::error_of;
using optim::problems::Two;
using testing::close;

TEST_CASE_TEMPLATE("GradientDescent: a step subtracts the rate times the gradient", Real, float,
                   double) {
  Two<Real> model;
  optim::GradientDescent descent{{.rate = 0.5}};
  descent.step(model.parameters(), model.gradients(1, 1));
  CHECK(model.values() == std::vector<Real>{3 - 2, -1 - 0, 4 - Real(2.5)});
}

TEST_CASE("GradientDescent: a quadratic contracts by 1 - rate times its curvature") {
  Two<double> model;
  optim::GradientDescent descent{{.rate = 0.25}};
  for (int k = 0; k < 10; ++k) descent.step(model.parameters(), model.gradients(2));
  CHECK(close(model.values()[0], 3 * std::pow(0.5, 10), {.relative = 1e-14}));
  CHECK(descent.steps() == 10);
}

TEST_CASE("GradientDescent: the rate can change between steps") {
  Two<double> model;
  optim::GradientDescent descent{{.rate = 1}};
  descent.set_rate(0);
  descent.step(model.parameters(), model.gradients(1));
  CHECK(model.values() == std::vector<double>{3, -1, 4});
}

TEST_CASE("GradientDescent: a rate that is no rate is refused") {
  CHECK(error_of([] { optim::GradientDescent{{.rate = -1}}; }) ==
        "GradientDescent: rate is -1; expected a finite number, at least 0");
  CHECK(error_of([] {
          optim::GradientDescent{{.rate = std::numeric_limits<double>::infinity()}};
        }) == "GradientDescent: rate is inf; expected a finite number, at least 0");
}
