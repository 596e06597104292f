/// Laws of LevenbergMarquardt, GaussNewton and covariance.
#include <cmath>

#include "tests/close.hpp"
#include "tests/optim/rules/descent.hpp"
#include "tests/optim/smooth/known_minimum.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/optim/minimise.hpp"
#include "thalweg/optim/smooth/covariance.hpp"
#include "thalweg/optim/smooth/gauss_newton.hpp"
#include "thalweg/optim/smooth/levenberg_marquardt.hpp"

using namespace thalweg;
using optim::GaussNewton;
using optim::LevenbergMarquardt;
using optim::Limits;
using optim::Run;
using optim::problems::error_of;
using std::vector;
using testing::close;

namespace {

using Variables = vector<Var<double>>;
const Limits once{.iterations = 1, .gradient_norm = {}};
const Limits to_the_end{.iterations = 2000, .gradient_norm = {}};

/// A decay through ten points, with the parameters in units of s₀ and s₁.
struct Decay {
  double s0 = 1, s1 = 1;
  Variables operator()(const Variables& b) const {
    Variables r;
    for (int i = 0; i < 10; ++i)
      r.push_back(b[0] / s0 * exp(-0.25 * i * (b[1] / s1)) - (4.0 / (1 + i) + 0.125 * (i % 3)));
    return r;
  }
};

/// y = a + b t through (0, 1), (1, 3), (2, 4), (3, 6): a = 1.1, b = 1.6, ‖r‖² = 0.2.
const auto line = [](const Variables& x) {
  constexpr double y[] = {1, 3, 4, 6};
  Variables r;
  for (int t = 0; t < 4; ++t) r.push_back(x[0] + t * x[1] - y[t]);
  return r;
};
/// Only the sum is determined.
const auto sum_only = [](const Variables& x) {
  return Variables{x[0] + x[1] - 3, 2 * x[0] + 2 * x[1] - 8};
};
/// From x = 10, Gauss and Newton's step ends at −13.
const auto logarithm = [](const Variables& x) { return Variables{log(x[0])}; };

/// r = x, but without a derivative below 1/2.
struct Torn final : optim::Residuals {
  Torn() : Residuals(1) {}
  void evaluate_residuals(std::span<const double> x, vector<double>& r) const override {
    r.assign(1, x[0]);
  }
  void differentiate_residuals(std::span<const double> x, vector<double>& r,
                               vector<double>& j) const override {
    r.assign(1, x[0]);
    j.assign(1, x[0] < 0.5 ? std::nan("") : 1.0);
  }
};

template <class F, class M>
vector<double> end_of_one_step(const F& f, const vector<double>& start, const M& method) {
  return optim::minimise(f, start, method, once).x;
}

std::string refusal(const optim::LevenbergMarquardtOptions& options) {
  return error_of([&] { LevenbergMarquardt method(options); });
}
std::string refusal_of_gauss_newton(const optim::GaussNewtonOptions& options) {
  return error_of([&] { GaussNewton method(options); });
}

}  // namespace

TEST_CASE("GaussNewton: linear residuals are solved in one iteration") {
  const auto fit = optim::minimise(line, {100.0, -50.0}, GaussNewton{}, {.gradient_norm = {}});
  CHECK(fit.iterations == 1);
  CHECK(fit.stop == optim::Stop::method_converged);
  CHECK(close(fit.x[0], 1.1, {.relative = 1e-13}));
  CHECK(close(fit.x[1], 1.6, {.relative = 1e-13}));
  CHECK(close(fit.value, 0.1, {.relative = 1e-13}));
}

TEST_CASE("LevenbergMarquardt: in a large region it makes the step of Gauss and Newton") {
  const vector start = {2.0, 0.5};
  const auto wide = end_of_one_step(Decay(), start, LevenbergMarquardt{{.radius = 1e6}});
  const auto plain = end_of_one_step(Decay(), start, GaussNewton{});
  CHECK(plain[0] != start[0]);
  CHECK(close(wide[0], plain[0], {.relative = 1e-13}));
  CHECK(close(wide[1], plain[1], {.relative = 1e-13}));
}

TEST_CASE("LevenbergMarquardt: a small region is filled along the scaled gradient") {
  const vector start = {2.0, 0.5};
  constexpr double radius = 1e-8;
  const Decay decay;
  auto f = optim::residuals(decay, start);
  vector<double> r, j, square(2), g(2);
  f.jacobian(start, r, j);
  for (std::size_t k = 0; k < j.size(); ++k)
    square[k % 2] += j[k] * j[k], g[k % 2] += j[k] * r[k / 2];
  const auto length = [&](double a, double b) {  // ‖D (a, b)‖
    return std::sqrt(square[0] * a * a + square[1] * b * b);
  };
  const double along = length(g[0] / square[0], g[1] / square[1]);
  const auto x = end_of_one_step(Decay(), start, LevenbergMarquardt{{.radius = radius}});
  CHECK(close(length(x[0] - start[0], x[1] - start[1]), radius * length(start[0], start[1]),
              {.relative = 1e-7}));
  for (std::size_t k = 0; k < 2; ++k)
    CHECK(close(x[k] - start[k], -g[k] / square[k] / along * radius * length(start[0], start[1]),
                {.relative = 1e-6}));
}

TEST_CASE("least squares: the parameters' units do not matter") {
  // Powers of two, so that the scaled numbers round alike.
  const auto expect_same = [](const auto& method) {
    const double s0 = std::ldexp(1, 30), s1 = std::ldexp(1, -40);
    const Decay scaled{s0, s1};
    const auto plain = optim::minimise(Decay(), vector{2.0, 0.5}, method, to_the_end);
    const auto other = optim::minimise(scaled, vector{2.0 * s0, 0.5 * s1}, method, to_the_end);
    CHECK(plain.x == vector{other.x[0] / s0, other.x[1] / s1});
    CHECK(plain.evaluations == other.evaluations);
    CHECK(plain.stop == optim::Stop::method_converged);
  };
  expect_same(LevenbergMarquardt{});
  expect_same(GaussNewton{});
}

TEST_CASE("least squares: of parameters that only count together each gets its share") {
  // ‖(s − 3, 2 s − 8)‖ is least at s = 3.8; from (1, 0) both go up by 1.4.
  const auto expect_shares = [](const auto& method) {
    const auto fit = optim::minimise(sum_only, {1.0, 0.0}, method, to_the_end);
    CHECK(fit.stop == optim::Stop::method_converged);
    CHECK(close(fit.x[0], 2.4, {.relative = 1e-9}));
    CHECK(close(fit.x[1], 1.4, {.relative = 1e-9}));
  };
  expect_shares(GaussNewton{});
  expect_shares(LevenbergMarquardt{});
}

TEST_CASE("least squares: fewer residuals than parameters; one that has no effect stays") {
  const auto one = [](const Variables& x) { return Variables{x[0] * x[0] + x[1] - 3}; };
  const auto expect_zero = [&](const auto& method) {
    const auto fit = optim::minimise(one, {2.0, 0.5, 7.0}, method, to_the_end);
    CHECK(fit.value < 1e-20);
    CHECK(fit.x[2] == 7);
  };
  expect_zero(GaussNewton{});
  expect_zero(LevenbergMarquardt{});
}

TEST_CASE("least squares: a trial with a residual that is not a number is rejected") {
  const auto expect_one = [](const auto& method) {
    const auto fit = optim::minimise(logarithm, {10.0}, method, to_the_end);
    CHECK(fit.stop == optim::Stop::method_converged);
    CHECK(close(fit.x[0], 1));
  };
  expect_one(GaussNewton{});
  expect_one(LevenbergMarquardt{});
}

TEST_CASE("least squares: a trial with a derivative that is not a number is rejected") {
  Torn f;
  for (const auto& fit : {optim::minimise(f, {4.0}, GaussNewton{}, to_the_end),
                          optim::minimise(f, {4.0}, LevenbergMarquardt{}, to_the_end)}) {
    CHECK(fit.stop == optim::Stop::line_search_failed);
    CHECK(fit.x[0] >= 0.5);
    CHECK(fit.x[0] < 1);
  }
}

TEST_CASE("least squares: the iterates' gradient is that of ½ ‖r‖²") {
  const vector start = {2.0, 0.5};
  const auto half_square = [](const Variables& x) {
    Var<double> sum = 0;
    for (const auto& r : Decay()(x)) sum += 0.5 * r * r;
    return sum;
  };
  optim::minimise(Decay(), start, LevenbergMarquardt{}, to_the_end, [&](const optim::Iterate& now) {
    const auto [value, slope] = value_and_gradient(half_square, vector(now.x.begin(), now.x.end()));
    CHECK(close(now.value, value));
    for (std::size_t k = 0; k < 2; ++k)
      CHECK(std::abs(now.gradient[k] - slope[k]) < 1e-12 * (1 + std::abs(slope[k])));
  });
}

TEST_CASE("LevenbergMarquardt: solves the smooth problems that are sums of squares") {
  for (const test_problems::Problem& problem : test_problems::problems()) {
    if (!problem.smooth || !problem.residuals) continue;
    CAPTURE(problem.name);
    const auto r = [&](const Variables& x) { return problem.residuals(x); };
    const auto fit = optim::minimise(r, problem.start, LevenbergMarquardt{}, {.gradient_norm = {}});
    CHECK(fit.stop == optim::Stop::method_converged);
    CHECK(fit.iterations <= 200);
    CHECK(optim::problems::from_minimum(problem, 2 * fit.value) < 1e-10);
  }
}

TEST_CASE("least squares: a converged run says by which criterion") {
  const auto exact = [](const Variables& x) { return Variables{x[0] - 1}; };
  CHECK(optim::minimise(exact, {3.0}, GaussNewton{}, to_the_end).why ==
        "largest cosine between r and a column of J = 0 ≤ 1e-12");
  const auto fit = optim::minimise(line, {0.0, 0.0}, LevenbergMarquardt{{.cosine = 0}}, to_the_end);
  CHECK(fit.stop == optim::Stop::method_converged);
  CHECK(fit.why.starts_with("down to rounding: a step of "));
}

TEST_CASE("least squares: a run restored in the middle goes on bitwise equal") {
  const auto problem = test_problems::problem("Osborne 1");
  const auto r = [&](const Variables& x) { return problem.residuals(x); };
  const auto make = [&] { return optim::residuals(r, problem.start); };
  const LevenbergMarquardt other;
  optim::problems::continues_bitwise(
      LevenbergMarquardt{{.radius = 0.1, .shrink = 0.3, .grow = 3, .cosine = 0}}, make,
      problem.start, 5, 12, &other);
  const GaussNewton another;
  optim::problems::continues_bitwise(GaussNewton{{.shrink = 0.25, .cosine = 1e-6}}, make,
                                     problem.start, 3, 12, &another);
}

TEST_CASE("least squares: options out of range are refused") {
  CHECK(refusal({.radius = 0}) ==
        "LevenbergMarquardt: radius is 0; expected a finite number above 0");
  CHECK(refusal({.acceptance = -1}) ==
        "LevenbergMarquardt: acceptance is -1; expected a number in [0, 1/4)");
  CHECK(refusal({.shrink = 0}) == "LevenbergMarquardt: shrink is 0; expected a number in (0, 1)");
  CHECK(refusal({.grow = 1}) == "LevenbergMarquardt: grow is 1; expected a finite number above 1");
  CHECK(refusal({.cosine = -1}) ==
        "LevenbergMarquardt: cosine is -1; expected a finite number, at least 0");
  CHECK(refusal_of_gauss_newton({.decrease = 0.5}) ==
        "GaussNewton: decrease is 0.5; expected a number in (0, 1/2)");
  CHECK(refusal_of_gauss_newton({.shrink = 1}) ==
        "GaussNewton: shrink is 1; expected a number in (0, 1)");
  CHECK(refusal_of_gauss_newton({.independent = 1}) ==
        "GaussNewton: independent is 1; expected a number in [0, 1)");
  CHECK(refusal_of_gauss_newton({.cosine = std::nan("")}) ==
        "GaussNewton: cosine is nan; expected a finite number, at least 0");
}

TEST_CASE("covariance: that of a line through points is the textbook's") {
  // s² = ‖r‖² / 2 = 0.1;  Var b = s² / Σ (t − t̄)² = 0.1 / 5;  Var a = s² (1/4 + t̄² / 5).
  const auto spread = optim::covariance(line, vector{1.1, 1.6});
  CHECK(spread.degrees_of_freedom == 2);
  CHECK(close(spread.residual_deviation, std::sqrt(0.1), {.relative = 1e-13}));
  CHECK(close(spread.standard_errors[0], std::sqrt(0.1 * (0.25 + 0.45)), {.relative = 1e-13}));
  CHECK(close(spread.standard_errors[1], std::sqrt(0.1 / 5), {.relative = 1e-13}));
  CHECK(close(spread.matrix(0, 1).value(), -0.1 * 1.5 / 5, {.relative = 1e-13}));
  CHECK(close(spread.matrix(1, 0).value(), spread.matrix(0, 1).value(), {.relative = 1e-5}));
}

TEST_CASE("covariance: what it cannot give is an error in words") {
  const vector two = {1.0, 2.0};
  CHECK(error_of([&] { optim::covariance(sum_only, two); }) ==
        "covariance: there are 2 residuals for 2 parameters; expected more residuals than "
        "parameters");
  const auto thrice = [](const Variables& x) {
    return Variables{x[0] + x[1], 2 * x[0] + 2 * x[1] - 8, 1 - x[0] - x[1]};
  };
  CHECK(error_of([&] { optim::covariance(thrice, two); }) ==
        "covariance: the residuals determine 1 of 2 parameters; the columns of J are dependent");
  const auto endless = [](const Variables& x) { return Variables{log(x[0]), x[0]}; };
  CHECK(error_of([&] { optim::covariance(endless, vector{0.0}); }) ==
        "covariance: r or J has a number that is not finite");
}
