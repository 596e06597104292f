/// Laws of LevenbergMarquardt within bounds.
#include <algorithm>
#include <cmath>

#include "tests/close.hpp"
#include "tests/optim/rules/descent.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "tests/problems/nist.hpp"
#include "tests/problems/problems.hpp"
#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/derive/differentiate.hpp"
#include "thalweg/autodiff/ops/activation.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/attention.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/matmul.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/ops/select.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"
#include "thalweg/optim/minimise.hpp"
#include "thalweg/optim/smooth/lbfgs_b.hpp"
#include "thalweg/optim/smooth/levenberg_marquardt.hpp"

using namespace thalweg;
using optim::Bounds;
using optim::LevenbergMarquardt;
using optim::Limits;
using optim::RobustLoss;
using optim::Stop;
using optim::problems::error_of;
using std::vector;
using testing::close;

namespace {

using Variables = vector<Var<double>>;
constexpr double infinity = std::numeric_limits<double>::infinity();
const Limits to_the_end{.iterations = 2000, .gradient_norm = {}};

/// Rosenbrock's valley as residuals; f = ½ ‖r‖² is 0 at (1, 1).
const auto valley = [](const auto& x) { return Variables{10 * (x[1] - x[0] * x[0]), 1 - x[0]}; };

template <class F>
auto fit_within(const F& r, const vector<double>& start, const Bounds& bounds,
                const RobustLoss& loss = {}) {
  return optim::minimise(r, start, LevenbergMarquardt{{.bounds = bounds, .loss = loss}},
                         to_the_end);
}

/// The largest cosine between r and a column of J that a bound does not hold: 0 by the conditions
/// of Karush, Kuhn and Tucker. NaN if x is not in the box.
template <class F>
double from_optimality(const F& r, const vector<double>& x, const Bounds& bounds) {
  if (!bounds.contains(x)) return std::nan("");
  auto f = optim::residuals(r, x);
  vector<double> at, j;
  f.jacobian(x, at, j);
  double most = 0;
  for (std::size_t k = 0; k < x.size(); ++k) {
    double slope = 0, column = 0, length = 0;
    for (std::size_t i = 0; i < at.size(); ++i) {
      slope += j[i * x.size() + k] * at[i];
      column += j[i * x.size() + k] * j[i * x.size() + k];
      length += at[i] * at[i];
    }
    if (bounds.holds(static_cast<Index>(k), x[k], slope)) continue;
    if (column * length > 0) most = std::max(most, std::abs(slope) / std::sqrt(column * length));
  }
  return most;
}

template <class Number>
struct Rates {
  Number fast, slow;
};

}  // namespace

TEST_CASE("LevenbergMarquardt: bounds that are not met change no step") {
  for (const test_problems::NistProblem& p : test_problems::nist_problems())
    for (const vector<double>& start : {p.start1, p.start2}) {
      CAPTURE(p.name);
      const auto r = [&](const Variables& b) { return p.residuals(p, b); };
      const auto plain = optim::minimise(r, start, LevenbergMarquardt{}, to_the_end);
      const auto bounded = fit_within(r, start, {-1e200, 1e200});
      CHECK(bounded.x == plain.x);
      CHECK(bounded.value == plain.value);
      CHECK(bounded.evaluations == plain.evaluations);
      CHECK(bounded.why == plain.why);
    }
}

TEST_CASE("LevenbergMarquardt: on a bound the others are the best there") {
  SUBCASE("from above") {
    const auto fit = fit_within(valley, {-1.2, 1.0}, {{-infinity, -infinity}, {0.5, infinity}});
    CHECK(fit.stop == Stop::method_converged);
    CHECK(fit.x[0] == 0.5);
    CHECK(close(fit.x[1], 0.25, {.relative = 1e-12}));
    CHECK(close(fit.value, 0.125, {.relative = 1e-12}));
    CHECK(fit.gradient_norm < 1e-9);  // projected
  }
  SUBCASE("from below") {
    const auto fit = fit_within(valley, {2.0, 4.0}, {{1.5, -5}, {2.5, 5}});
    CHECK(fit.x[0] == 1.5);
    CHECK(close(fit.x[1], 2.25, {.relative = 1e-12}));
  }
  SUBCASE("in a corner") {
    const auto fit = fit_within(valley, {-3.0, -3.0}, {{-4, -4}, {-2, 3}});
    CHECK(fit.x == vector{-2.0, 3.0});
    CHECK(fit.stop == Stop::method_converged);
    CHECK(fit.why == "largest cosine between r and a column of J = 0 ≤ 1e-12");
    CHECK(fit.gradient_norm == 0);
  }
  SUBCASE("and from a bound that does not hold it the way leads inside") {
    const auto fit = fit_within(valley, {-2.0, -2.0}, {-2, 2});
    CHECK(close(fit.x[0], 1, {.relative = 1e-10}));
    CHECK(close(fit.x[1], 1, {.relative = 1e-10}));
  }
}

TEST_CASE("LevenbergMarquardt: lower = upper holds a parameter, as if it were a constant") {
  const auto fit = fit_within(valley, {-1.2, 2.0}, {{-infinity, 2.0}, {infinity, 2.0}});
  const auto of_one = [](const Variables& x) { return valley(Variables{x[0], Var<double>(2.0)}); };
  const auto alone = optim::minimise(of_one, {-1.2}, LevenbergMarquardt{}, to_the_end);
  CHECK(fit.x[1] == 2);
  CHECK(close(fit.x[0], alone.x[0], {.relative = 1e-10}));
  const auto all = fit_within(valley, {3.0, 2.0}, {{3.0, 2.0}, {3.0, 2.0}});
  CHECK(all.x == vector{3.0, 2.0});
  CHECK(all.iterations == 1);
}

TEST_CASE("LevenbergMarquardt: linear problems end where Karush, Kuhn and Tucker say") {
  Random random{7};
  for (int trial = 0; trial < 300; ++trial) {
    CAPTURE(trial);
    const int m = trial % 3 == 0 ? 3 : 9, n = 5;  // every third has fewer residuals than parameters
    vector<double> a(m * n), b(m), lower(n), upper(n), start(n);
    for (double& each : a) each = random.normal();
    for (double& each : b) each = 3 * random.normal();
    if (trial % 5 == 0)
      for (int i = 0; i < m; ++i) a[i * n] = 2 * a[i * n + 1];  // dependent columns
    for (int k = 0; k < n; ++k) {
      lower[k] = random.normal(), upper[k] = lower[k] + random.uniform();
      const double where = random.uniform();
      start[k] = where < 0.3 ? lower[k] : where < 0.6 ? upper[k] : 0.5 * (lower[k] + upper[k]);
      if (where > 0.9) upper[k] = infinity;
    }
    const auto r = [&](const Variables& x) {
      Variables result;
      for (int i = 0; i < m; ++i) {
        Var<double> sum = -b[i];
        for (int k = 0; k < n; ++k) sum += a[i * n + k] * x[k];
        result.push_back(sum);
      }
      return result;
    };
    const Bounds bounds{lower, upper};
    const auto fit = fit_within(r, start, bounds);
    CHECK(fit.stop != Stop::line_search_failed);
    CHECK((fit.value < 1e-20 || from_optimality(r, fit.x, bounds) < 1e-9));
    CHECK(fit.iterations <= 20);
  }
}

TEST_CASE("LevenbergMarquardt: nonlinear problems, too, in boxes that cut off their minima") {
  Random random{11};
  int held = 0;
  for (const test_problems::Problem& problem : test_problems::problems()) {
    if (!problem.smooth || !problem.residuals || problem.start.size() > 12) continue;
    CAPTURE(problem.name);
    const auto r = [&](const Variables& x) { return problem.residuals(x); };
    const auto free = optim::minimise(r, problem.start, LevenbergMarquardt{}, to_the_end);
    vector<double> lower, upper;
    for (std::size_t k = 0; k < problem.start.size(); ++k) {
      const double s = problem.start[k], way = free.x[k] - s;
      const double share = random.uniform() < 0.5 ? 0.6 : 2.0;
      const double to = s + share * way + (way == 0 ? 1 : 0);
      lower.push_back(std::min(s, to)), upper.push_back(std::max(s, to));
    }
    const Bounds bounds{lower, upper};
    const auto fit = fit_within(r, problem.start, bounds);
    CAPTURE(fit.why);
    CHECK(fit.stop != Stop::line_search_failed);
    CHECK(fit.iterations <= 300);
    CHECK((fit.value < 1e-18 || from_optimality(r, fit.x, bounds) < 1e-6));
    for (std::size_t k = 0; k < fit.x.size(); ++k)
      held += fit.x[k] == lower[k] || fit.x[k] == upper[k];
  }
  CHECK(held >= 10);
}

TEST_CASE("LevenbergMarquardt: within bounds NIST's problems agree with L-BFGS-B") {
  // The first parameter may only come nine tenths of its way from the nearer start.
  for (const test_problems::NistProblem& p : test_problems::nist_problems()) {
    if (p.name != "Misra1a" && p.name != "Chwirut2" && p.name != "DanWood") continue;
    CAPTURE(p.name);
    const auto r = [&](const Variables& b) { return p.residuals(p, b); };
    vector<double> lower(p.start2.size(), -infinity), upper(p.start2.size(), infinity);
    const double cut = 0.1 * p.start2[0] + 0.9 * p.certified[0];
    (cut < p.certified[0] ? upper : lower)[0] = cut;
    const Bounds bounds{lower, upper};
    const auto fit = fit_within(r, p.start2, bounds);
    CHECK(fit.x[0] == cut);
    CHECK(from_optimality(r, fit.x, bounds) < 1e-8);
    const auto square = [&](const Variables& b) {
      Var<double> sum = 0;
      for (const auto& each : r(b)) sum += 0.5 * each * each;
      return sum;
    };
    const auto other = optim::minimise(square, p.start2, optim::LbfgsB{{.bounds = bounds}},
                                       {.iterations = 3000, .gradient_norm = {}});
    CHECK(close(fit.value, other.value, {.relative = 1e-6}));
    CHECK(fit.value <= other.value * (1 + 1e-12));
  }
}

TEST_CASE("LevenbergMarquardt: f is evaluated inside the bounds only") {
  double least = infinity, most = -infinity;
  const auto r = [&](const Variables& x) {
    least = std::min(least, x[0].value()), most = std::max(most, x[0].value());
    return Variables{sqrt(x[0]) - 3 + x[1], 10 * (x[1] - 4 * sqrt(1 - x[0])), x[1] * x[0] - 1};
  };
  const Bounds bounds{{0.0, -infinity}, {1.0, infinity}};
  const auto fit = fit_within(r, {0.5, 0.0}, bounds);
  CHECK(fit.converged());
  CHECK(least >= 0);
  CHECK(most <= 1);
}

TEST_CASE("LevenbergMarquardt: bounds hold of tensors, several arguments and structs") {
  const Tensor<double> target = {1, -2, 3};
  const auto tensors = [&](const auto& x) { return x - target; };
  const LevenbergMarquardt box{{.bounds = {-1, 2}}};
  const auto of_tensor = optim::minimise(tensors, Tensor<double>{0, 0, 0}, box, to_the_end);
  CHECK(of_tensor.x.to_vector() == vector{1.0, -1.0, 2.0});
  const auto several = [&](const auto& a, const auto& b) {
    return Variables{a - 5, b[0] + 4, b[1] - 0.5};
  };
  const auto of_tuple =
      optim::minimise(several, std::tuple(0.0, vector{0.0, 0.0}), box, to_the_end);
  CHECK(std::get<0>(of_tuple.x) == 2);
  CHECK(std::get<1>(of_tuple.x)[0] == -1);
  CHECK(close(std::get<1>(of_tuple.x)[1], 0.5));
  const auto rates = [](const auto& c) { return Variables{c.fast - 7, c.slow - 0.25}; };
  const Rates<double> of_struct = optim::minimise(rates, Rates<double>{1, 1}, box, to_the_end).x;
  CHECK(of_struct.fast == 2);
  CHECK(close(of_struct.slow, 0.25));
}

TEST_CASE(
    "LevenbergMarquardt: a start outside the bounds and bounds in the wrong order are refused") {
  CHECK(error_of([] {
          fit_within(valley, {-1.2, 3.0}, {{-2, 0}, {2, 2.5}});
        }) == "LevenbergMarquardt: coordinate 1 of the start is 3, outside its bounds [0, 2.5]");
  CHECK(error_of([] {
          fit_within(valley, {-1.2, 3.0}, {{-2, 0}, {2, -1}});
        }) == "Bounds: the lower bound 0 of coordinate 1 is above the upper -1");
  CHECK(error_of([] {
          fit_within(valley, {-1.2, 3.0}, {{-2, 0, 1}, {2, 3, 4}});
        }) == "LevenbergMarquardt: there are bounds of 3 coordinates; the start has 2");
}

TEST_CASE("LevenbergMarquardt: a run within bounds restored in the middle goes on bitwise equal") {
  const vector start = {-1.2, 1.0};
  const auto make = [&] { return optim::residuals(valley, start); };
  const LevenbergMarquardt other;
  optim::problems::continues_bitwise(
      LevenbergMarquardt{
          {.cosine = 0, .bounds = {{-2, -2}, {0.9, 2}}, .loss = RobustLoss::cauchy(0.5)}},
      make, start, 4, 8, &other);
}
