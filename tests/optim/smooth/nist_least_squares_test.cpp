/// NIST's certified nonlinear regressions, solved.

#include <doctest/doctest.h>

#include <cmath>

#include "tests/problems/nist.hpp"
#include "thalweg/optim/minimise.hpp"
#include "thalweg/optim/smooth/covariance.hpp"
#include "thalweg/optim/smooth/gauss_newton.hpp"
#include "thalweg/optim/smooth/levenberg_marquardt.hpp"

using namespace thalweg;
using test_problems::nist_problems;
using test_problems::NistProblem;
using Numbers = std::vector<double>;
using Variables = std::vector<Var<double>>;

namespace {

auto residuals_of(const NistProblem& p) {
  return [&p](const Variables& b) { return p.residuals(p, b); };
}

/// The significant digits in which all the numbers agree with the certified ones.
double digits(const Numbers& numbers, const Numbers& certified) {
  double least = 11;  // as many as are certified
  for (std::size_t i = 0; i < certified.size(); ++i)
    least = std::min(least, -std::log10(std::abs(numbers[i] / certified[i] - 1)));
  return least;
}

template <class M>
auto fitted(const NistProblem& p, const Numbers& start, const M& method) {
  return optim::minimise(residuals_of(p), start, method, {.iterations = 1000, .gradient_norm = {}});
}

}  // namespace

TEST_CASE("LevenbergMarquardt: all of NIST's problems, from both starts, to seven digits") {
  for (const NistProblem& p : nist_problems())
    for (const Numbers& start : {p.start1, p.start2}) {
      CAPTURE(p.name);
      const auto fit = fitted(p, start, optim::LevenbergMarquardt{});
      CHECK(fit.stop == optim::Stop::method_converged);
      CHECK(digits(fit.x, p.certified) >= 7);
    }
}

TEST_CASE("GaussNewton: all of NIST's problems from the nearer start, to seven digits") {
  for (const NistProblem& p : nist_problems()) {
    CAPTURE(p.name);
    const auto fit = fitted(p, p.start2, optim::GaussNewton{});
    CHECK(fit.stop == optim::Stop::method_converged);
    CHECK(digits(fit.x, p.certified) >= 7);
  }
}

TEST_CASE("covariance: NIST's standard deviations of the parameters, to seven digits") {
  for (const NistProblem& p : nist_problems()) {
    if (p.name == "Lanczos1") continue;  // its residuals, 1e-13, are the rounding of the data
    CAPTURE(p.name);
    const auto spread = optim::covariance(residuals_of(p), p.certified);
    CHECK(digits(spread.standard_errors, p.standard_deviations) >= 7);
    CHECK(digits({spread.residual_deviation}, {p.residual_deviation}) >= 7);
  }
}
