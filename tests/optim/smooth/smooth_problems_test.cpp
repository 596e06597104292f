/// L-BFGS on every smooth problem of the collection, from its standard start.

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/close.hpp"
#include "tests/problems/objective.hpp"
#include "thalweg/optim/base/vectors.hpp"
#include "thalweg/optim/minimise.hpp"
#include "thalweg/optim/smooth/lbfgs.hpp"

using namespace thalweg;
using test_problems::Problem;
using test_problems::ProblemObjective;
using testing::close;

namespace {

/// The smallest ‖∇f‖ at x and at the doubles next to it along each axis.
double smallest_gradient_nearby(const Problem& problem, const std::vector<double>& x) {
  std::vector<double> gradient(x.size());
  const auto norm = [&](const std::vector<double>& at) {
    problem.value_and_gradient(at, gradient);
    return optim::detail::norm(gradient);
  };
  double smallest = norm(x);
  for (std::size_t i = 0; i < x.size(); ++i)
    for (const double towards : {-HUGE_VAL, HUGE_VAL}) {
      std::vector<double> beside = x;
      beside[i] = std::nextafter(x[i], towards);
      smallest = std::min(smallest, norm(beside));
    }
  return smallest;
}

}  // namespace

TEST_CASE("Lbfgs with strong Wolfe meets a gradient norm of 1e-8 on every smooth problem") {
  int met = 0;
  for (const Problem& problem : test_problems::problems()) {
    if (!problem.smooth) continue;
    CAPTURE(problem.name);
    ProblemObjective f(problem);
    const auto result = optim::minimise(f, problem.start, optim::Lbfgs{}, {.gradient_norm = 1e-8});
    if (problem.name == "Meyer") {
      // Out of reach in double precision: the terms of ∇f are near 1e7 and cancel, so that doubles
      // next to each other have gradients further apart than that. The value is right to ten
      // digits.
      CHECK(smallest_gradient_nearby(problem, result.x) > 1e-7);
      CHECK(close(result.value, problem.minimum, {.relative = 1e-10}));
      continue;
    }
    CHECK(result.stop == optim::Stop::gradient_norm);
    CHECK(result.gradient_norm <= 1e-8);
    met += result.converged();
  }
  CHECK(met >= 39);
}
