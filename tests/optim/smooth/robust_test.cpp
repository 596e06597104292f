/// Laws of robust losses: what they are, what LevenbergMarquardt and covariance make of them.
#include <cmath>

#include "tests/close.hpp"
#include "tests/optim/rules/descent.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "tests/problems/nist.hpp"
#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/derive/differentiate.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/attention.hpp"
#include "thalweg/autodiff/ops/cmath.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/indexing.hpp"
#include "thalweg/autodiff/ops/linear_algebra.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/ops/select.hpp"
#include "thalweg/autodiff/ops/trigonometric.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"
#include "thalweg/optim/minimise.hpp"
#include "thalweg/optim/smooth/covariance.hpp"
#include "thalweg/optim/smooth/lbfgs.hpp"
#include "thalweg/optim/smooth/lbfgs_b.hpp"
#include "thalweg/optim/smooth/levenberg_marquardt.hpp"

using namespace thalweg;
using optim::LevenbergMarquardt;
using optim::Limits;
using optim::RobustLoss;
using optim::Stop;
using optim::problems::error_of;
using std::vector;
using testing::close;

namespace {

using Variables = vector<Var<double>>;
using Kind = RobustLoss::Kind;
const Limits to_the_end{.iterations = 500, .gradient_norm = {}};

vector<RobustLoss> every_loss(double scale) {
  return {RobustLoss{}, RobustLoss::soft_l1(scale), RobustLoss::huber(scale),
          RobustLoss::cauchy(scale), RobustLoss::tukey(scale)};
}

/// ½ C² ρ(z) as the field writes it, of a variable.
template <class T>
T cost_of(const RobustLoss& loss, const T& r) {
  const double c = loss.scale();
  const T z = r * r / (c * c);
  switch (loss.kind()) {
    case Kind::none:
      return 0.5 * r * r;
    case Kind::soft_l1:
      return c * c * (sqrt(1 + z) - 1);
    case Kind::huber:
      return z <= 1 ? T(0.5 * c * c * z) : T(0.5 * c * c * (2 * sqrt(z) - 1));
    case Kind::cauchy:
      return 0.5 * c * c * log1p(z);
    case Kind::tukey:
      return z <= 1 ? T(c * c / 6 * (1 - (1 - z) * (1 - z) * (1 - z))) : T(c * c / 6 + 0 * z);
  }
  return r;
}

/// y = 2 + 0.5 t with a little noise, but for three points of twenty that are far off.
struct Contaminated {
  vector<double> y;
  Contaminated() {
    for (int t = 0; t < 20; ++t) y.push_back(2 + 0.5 * t + 0.1 * std::sin(37.0 * t));
    y[3] += 40, y[11] -= 25, y[17] += 60;
  }
  Variables operator()(const Variables& x) const {
    Variables r;
    for (int t = 0; t < 20; ++t) r.push_back(x[0] + t * x[1] - y[t]);
    return r;
  }
};

/// F as one number.
template <class R>
auto summed(const R& r, const RobustLoss& loss) {
  return [&r, loss](const Variables& x) {
    Var<double> sum = 0;
    for (const auto& each : r(x)) sum += cost_of(loss, each);
    return sum;
  };
}

template <class R>
auto robust_fit(const R& r, const vector<double>& start, const RobustLoss& loss) {
  return optim::minimise(r, start, LevenbergMarquardt{{.loss = loss}}, to_the_end);
}

/// x − yᵢ: a place among numbers.
auto place_among(vector<double> y) {
  return [y](const Variables& x) {
    Variables r;
    for (const double each : y) r.push_back(x[0] - each);
    return r;
  };
}

template <class Number>
struct Straight {
  Number offset, slope;
};

}  // namespace

TEST_CASE("RobustLoss: cost is ½ C² ρ(r² / C²), weight and curvature its derivatives") {
  for (const double scale : {1.0, 0.25, 1e6})
    for (const RobustLoss& loss : every_loss(scale))
      for (const double u : {1e-8, 0.3, 0.9, 1.7, 25.0, -0.6, -3.0}) {
        const double r = u * loss.scale(), h = 1e-5 * scale;
        CAPTURE(static_cast<int>(loss.kind()));
        CAPTURE(u);
        CHECK(close(loss.cost(r), cost_of(loss, r),
                    {.relative = 1e-12, .absolute = 1e-16 * scale * scale}));
        CHECK(close(loss.weight(r) * r, (loss.cost(r + h) - loss.cost(r - h)) / (2 * h),
                    {.relative = 1e-7, .absolute = 1e-9 * scale}));
        CHECK(close(loss.curvature(r),
                    (loss.weight(r + h) * (r + h) - loss.weight(r - h) * (r - h)) / (2 * h),
                    {.relative = 1e-7, .absolute = 1e-9}));
      }
}

TEST_CASE("RobustLoss: what is huge does not overflow, what is not finite does not hide") {
  CHECK(close(RobustLoss::huber(1).cost(1e200), 1e200, {.relative = 1e-12}));
  CHECK(close(RobustLoss::soft_l1(1).cost(-1e200), 1e200, {.relative = 1e-12}));
  CHECK(close(RobustLoss::cauchy(1).cost(1e200), 200 * std::log(10.0), {.relative = 1e-12}));
  for (const RobustLoss& loss : every_loss(1)) {
    CHECK(!std::isfinite(loss.cost(INFINITY)));
    CHECK(!std::isfinite(loss.cost(std::nan(""))));
  }
  CHECK(error_of([] { RobustLoss::huber(0); }) ==
        "RobustLoss: scale is 0; expected a finite number above 0");
  CHECK(error_of([] { RobustLoss::tukey(std::nan("")); }) ==
        "RobustLoss: scale is nan; expected a finite number above 0");
}

TEST_CASE("LevenbergMarquardt: Huber's place among numbers is where clipped residuals sum to 0") {
  // Of 0, 1, 2 and 100 with C = 3: x + (x − 1) + (x − 2) = 3, x = 2.
  const auto fit = robust_fit(place_among({0, 1, 2, 100}), {50.0}, RobustLoss::huber(3));
  CHECK(fit.stop == Stop::method_converged);
  CHECK(close(fit.x[0], 2, {.relative = 1e-10}));
  CHECK(close(fit.value, 0.5 * (4 + 1 + 0) + 0.5 * 9 * (2 * 98.0 / 3 - 1), {.relative = 1e-12}));
}

TEST_CASE("LevenbergMarquardt: Tukey's loss leaves out what lies beyond its scale") {
  const auto fit = robust_fit(place_among({0, 1, 2, 100}), {1.8}, RobustLoss::tukey(5));
  CHECK(close(fit.x[0], 1, {.relative = 1e-9}));
  const auto exact = robust_fit(place_among({1, 1, 1, 100}), {1.8}, RobustLoss::tukey(5));
  CHECK(exact.stop == Stop::method_converged);
  CHECK(close(exact.x[0], 1, {.relative = 1e-12}));
  CHECK(close(exact.value, 25.0 / 6, {.relative = 1e-12}));
  const double z = 1.0 / 25;
  CHECK(close(fit.value, 25.0 / 6 * (1 + 2 * (1 - (1 - z) * (1 - z) * (1 - z))),
              {.relative = 1e-12}));
}

TEST_CASE("LevenbergMarquardt: a robust line is not moved by outliers, and is L-BFGS-B's") {
  const Contaminated r;
  const auto plain = robust_fit(r, {0.0, 0.0}, {});
  CHECK(std::abs(plain.x[0] - 2) > 1);
  vector<double> start = {0.0, 0.0};
  for (const RobustLoss& loss : every_loss(0.5)) {
    CAPTURE(static_cast<int>(loss.kind()));
    const auto fit = robust_fit(r, start, loss);
    CHECK(fit.stop == Stop::method_converged);
    CHECK(fit.iterations <= 25);
    const auto f = summed(r, loss);
    const auto other = optim::minimise(f, start, optim::LbfgsB{}, to_the_end);
    CHECK(close(fit.value, other.value, {.relative = 1e-10}));
    CHECK(close(fit.x[0], other.x[0], {.relative = 1e-6}));
    CHECK(close(fit.x[1], other.x[1], {.relative = 1e-6}));
    CHECK(close(fit.value, value_and_gradient(f, fit.x).value, {.relative = 1e-12}));
    if (loss.none()) continue;
    CHECK(std::abs(fit.x[0] - 2) < 0.15);
    CHECK(std::abs(fit.x[1] - 0.5) < 0.02);
    start = fit.x;
  }
}

TEST_CASE("LevenbergMarquardt: a loss of a large scale is none") {
  const Contaminated r;
  const auto plain = robust_fit(r, {0.0, 0.0}, {});
  for (const RobustLoss& loss : every_loss(1e9)) {
    const auto fit = robust_fit(r, {0.0, 0.0}, loss);
    CHECK(close(fit.x[0], plain.x[0], {.relative = 1e-9}));
    CHECK(close(fit.value, plain.value, {.relative = 1e-9}));
  }
}

TEST_CASE("LevenbergMarquardt: the iterates' value and gradient are those of the robust cost") {
  const auto& nist = test_problems::nist_problems().front();
  const auto r = [&](const Variables& b) { return nist.residuals(nist, b); };
  for (const RobustLoss& loss : every_loss(0.3)) {
    const auto f = summed(r, loss);
    int seen = 0;
    optim::minimise(
        r, nist.start2, LevenbergMarquardt{{.loss = loss}}, to_the_end,
        [&](const optim::Iterate& now) {
          const auto [value, slope] = value_and_gradient(f, vector(now.x.begin(), now.x.end()));
          ++seen;
          CHECK(close(now.value, value, {.relative = 1e-10}));
          for (std::size_t k = 0; k < slope.size(); ++k)
            CHECK(std::abs(now.gradient[k] - slope[k]) < 1e-9 * (1 + std::abs(slope[k])));
        });
    CHECK(seen >= 2);
  }
}

TEST_CASE("LevenbergMarquardt: nonlinear fits with a loss end at a minimum of the robust cost") {
  for (const test_problems::NistProblem& p : test_problems::nist_problems()) {
    // MGH10's slopes are rounding; Bennett5's valley takes thousands of steps.
    if (p.certified.size() > 4 || p.name == "MGH10" || p.name == "Bennett5") continue;
    CAPTURE(p.name);
    const auto r = [&](const Variables& b) { return p.residuals(p, b); };
    for (const RobustLoss& loss : every_loss(2 * p.residual_deviation)) {
      if (loss.none()) continue;
      CAPTURE(static_cast<int>(loss.kind()));
      const auto fit = robust_fit(r, p.certified, loss);
      CHECK(fit.stop == Stop::method_converged);
      const auto [value, slope] = value_and_gradient(summed(r, loss), fit.x);
      for (std::size_t k = 0; k < slope.size(); ++k)  // a step of one part in 10⁶ gains less
        CHECK(std::abs(slope[k] * fit.x[k]) < 1e-6 * value);
    }
  }
}

TEST_CASE("LevenbergMarquardt: the units of r, C and x do not matter to a robust fit") {
  const double s = std::ldexp(1, 20), u = std::ldexp(1, -9);
  const Contaminated r;
  const auto scaled = [&](const Variables& x) {
    Variables result;
    for (const auto& each : r(Variables{x[0] / u, x[1]})) result.push_back(s * each);
    return result;
  };
  for (const RobustLoss& loss : every_loss(0.5)) {
    if (loss.none()) continue;
    RobustLoss wide = RobustLoss::soft_l1(s * 0.5);
    if (loss.kind() == Kind::huber) wide = RobustLoss::huber(s * 0.5);
    if (loss.kind() == Kind::cauchy) wide = RobustLoss::cauchy(s * 0.5);
    if (loss.kind() == Kind::tukey) wide = RobustLoss::tukey(s * 0.5);
    const auto plain = robust_fit(r, {2.1, 0.5}, loss);
    const auto other = robust_fit(scaled, {2.1 * u, 0.5}, wide);
    CHECK(other.x == vector{plain.x[0] * u, plain.x[1]});
    CHECK(close(other.value, s * s * plain.value, {.relative = 1e-13}));
    CHECK(other.evaluations == plain.evaluations);
  }
}

TEST_CASE("LevenbergMarquardt: losses take tensors and structs") {
  const Contaminated data;
  const LevenbergMarquardt huber{{.loss = RobustLoss::huber(0.5)}};
  const auto expected = optim::minimise(data, vector{0.0, 0.0}, huber, to_the_end).x;
  Tensor<double> t = arange(20.0), y(Shape{20}, data.y);
  const auto tensors = [&](const auto& x) {
    const auto numbers = x.scalars();
    Variables r;
    for (int i = 0; i < 20; ++i) r.push_back(numbers[0] + i * numbers[1] - data.y[i]);
    return r;
  };
  const auto of_tensor = optim::minimise(tensors, Tensor<double>{0, 0}, huber, to_the_end);
  CHECK(close(of_tensor.x.data()[1], expected[1], {.relative = 1e-10}));
  const auto line = [&](const auto& c) { return c.offset + t * c.slope - y; };
  const Straight<double> of_struct =
      optim::minimise(line, Straight<double>{0, 0}, huber, to_the_end).x;
  CHECK(close(of_struct.offset, expected[0], {.relative = 1e-10}));
  CHECK(close(of_struct.slope, expected[1], {.relative = 1e-10}));
}

TEST_CASE("LevenbergMarquardt: a loss within bounds is what L-BFGS-B finds") {
  const Contaminated r;
  const optim::Bounds bounds{{0, 0}, {1.5, 10}};
  const RobustLoss loss = RobustLoss::soft_l1(0.5);
  const auto fit = optim::minimise(
      r, {0.5, 0.0}, LevenbergMarquardt{{.bounds = bounds, .loss = loss}}, to_the_end);
  const auto f = summed(r, loss);
  const auto other = optim::minimise(f, {0.5, 0.0}, optim::LbfgsB{{.bounds = bounds}}, to_the_end);
  CHECK(fit.x[0] == 1.5);
  CHECK(close(fit.x[1], other.x[1], {.relative = 1e-6}));
  CHECK(close(fit.value, other.value, {.relative = 1e-10}));
}

TEST_CASE("LevenbergMarquardt: where Tukey's loss is level everywhere the run says so") {
  const auto fit = robust_fit(place_among({0, 1, 2}), {50.0}, RobustLoss::tukey(5));
  CHECK(fit.stop == Stop::line_search_failed);
  CHECK(fit.why ==
        "all residuals lie beyond the loss's scale 5, where it is level; begin at the fit of "
        "another loss, or take a larger scale");
}

TEST_CASE("LevenbergMarquardt: a residual that is not finite is rejected under every loss") {
  for (const RobustLoss& loss : every_loss(20)) {
    CAPTURE(static_cast<int>(loss.kind()));
    const auto fit = robust_fit(
        [](const Variables& x) {
          return Variables{log(x[0]), 0 * x[0]};
        },
        {10.0}, loss);
    CHECK(fit.stop == Stop::method_converged);
    CHECK(close(fit.x[0], 1));
    const auto bad = robust_fit(
        [](const Variables& x) {
          return Variables{log(x[0]), x[0]};
        },
        {-1.0}, loss);
    CHECK(bad.stop == Stop::nonfinite_start);
  }
}

TEST_CASE("covariance: absolute_sigma takes the residuals' unit for their deviation") {
  // y = a + b t at t = 0 … 3, σ = 1: Var b = 1 / Σ (t − t̄)² = 1/5, Var a = 1/4 + t̄²/5 = 0.7.
  const auto line = [](const Variables& x) {
    constexpr double y[] = {1, 3, 4, 6};
    Variables r;
    for (int t = 0; t < 4; ++t) r.push_back(x[0] + t * x[1] - y[t]);
    return r;
  };
  const vector best = {1.1, 1.6};
  const auto relative = optim::covariance(line, best);
  const auto absolute = optim::covariance(line, best, {.absolute_sigma = true});
  CHECK(close(absolute.standard_errors[0], std::sqrt(0.7), {.relative = 1e-12}));
  CHECK(close(absolute.standard_errors[1], std::sqrt(0.2), {.relative = 1e-12}));
  CHECK(close(absolute.residual_deviation, std::sqrt(0.1), {.relative = 1e-12}));
  CHECK(close(relative.standard_errors[0],
              absolute.standard_errors[0] * absolute.residual_deviation, {.relative = 1e-12}));
  CHECK(close(relative.matrix(0, 1).value(), 0.1 * absolute.matrix(0, 1).value(),
              {.relative = 1e-12}));
  // As many points as parameters are enough then, and no fewer.
  const auto two = [](const Variables& x) { return Variables{x[0] - 1, x[0] + 2 * x[1]}; };
  const auto exact = optim::covariance(two, best, {.absolute_sigma = true});
  CHECK(exact.degrees_of_freedom == 0);
  CHECK(std::isnan(exact.residual_deviation));
  CHECK(close(exact.standard_errors[1], std::sqrt(0.5), {.relative = 1e-12}));
  const auto one = [](const Variables& x) { return Variables{x[0] + x[1]}; };
  CHECK(error_of([&] { optim::covariance(one, best, {.absolute_sigma = true}); }) ==
        "covariance: there are 1 residuals for 2 parameters; expected as many residuals as "
        "parameters");
}

TEST_CASE("covariance: of a robust fit, Huber's formula and the inverse curvature of the cost") {
  // One place among n numbers: C = Σ ψ² / (n − 1) / (Σ ψ′ / n)² / n, or 1 / Σ ψ′.
  const auto r = place_among({0, 1, 2, 100, 1.5});
  const vector<RobustLoss> losses = every_loss(3);
  for (const RobustLoss& loss : losses) {
    const double x = robust_fit(r, {1.0}, loss).x[0];
    double squares = 0, slopes = 0, admitted = 0;
    for (const double y : {0.0, 1.0, 2.0, 100.0, 1.5}) {
      const double psi = loss.weight(x - y) * (x - y);
      squares += psi * psi, slopes += loss.curvature(x - y);
      admitted += std::max(0.0, loss.curvature(x - y));
    }
    const auto relative = optim::covariance(r, vector{x}, {.loss = loss});
    const auto absolute = optim::covariance(r, vector{x}, {.absolute_sigma = true, .loss = loss});
    CHECK(close(relative.matrix(0, 0).value(), squares / 4 / (slopes * slopes / 25) / 5,
                {.relative = 1e-12}));
    CHECK(close(absolute.matrix(0, 0).value(), 1 / admitted, {.relative = 1e-12}));
    CHECK(close(relative.residual_deviation, std::sqrt(squares / 4) / (slopes / 5),
                {.relative = 1e-12}));
  }
  CHECK(error_of([&] { optim::covariance(r, vector{50.0}, {.loss = RobustLoss::tukey(5)}); }) ==
        "covariance: most residuals lie beyond the loss's scale 5: expected that of the fit, and x "
        "at its minimum");
}

TEST_CASE("covariance: a robust fit's standard errors are the spread of repeated fits") {
  Random random{3};
  const RobustLoss loss = RobustLoss::huber(1.5);
  double sum = 0, squares = 0, variance = 0;
  constexpr int times = 300;
  for (int k = 0; k < times; ++k) {
    vector<double> y;
    for (int t = 0; t < 30; ++t) y.push_back(random.normal() * (random.uniform() < 0.1 ? 30 : 1));
    const auto r = [&](const Variables& x) {
      Variables result;
      for (int t = 0; t < 30; ++t) result.push_back(x[0] + 0.1 * t * x[1] - y[t]);
      return result;
    };
    const auto fit = robust_fit(r, {0.0, 0.0}, loss);
    sum += fit.x[1], squares += fit.x[1] * fit.x[1];
    const double error = optim::covariance(r, fit.x, {.loss = loss}).standard_errors[1];
    variance += error * error / times;
  }
  const double seen = squares / times - sum / times * sum / times;
  CHECK(std::abs(std::sqrt(variance / seen) - 1) < 0.12);
}
