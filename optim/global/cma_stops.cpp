#include "thalweg/optim/global/cma_stops.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thalweg/optim/base/vectors.hpp"

namespace thalweg::optim::detail {
namespace {

constexpr std::size_t longest = 20'000;

/// Of an even count the upper one of the two in the middle: they are compared, not reported.
double median_of(View values) {
  std::vector<double> sorted(values.begin(), values.end());
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::ranges::nth_element(sorted, middle);
  return *middle;
}

/// max − min
double range(View values) {
  const auto [low, high] = std::ranges::minmax(values);
  return high - low;
}

double n_by_lambda(const CmaView& now) {
  return static_cast<double>(now.distribution.mean().size()) /
         static_cast<double>(now.distribution.lambda());
}

/// The best values of the latest H generations; empty before there are so many.
View latest_best(const CmaView& now) {
  const std::size_t h = 10 + static_cast<std::size_t>(std::ceil(30 * n_by_lambda(now)));
  const View best = now.history.best;
  return best.size() < h ? View() : best.last(h);
}

/// Of values in their order in time: is the median of the last 30 % below that of the first 30 %?
bool got_better(View values) {
  const std::size_t third = values.size() * 3 / 10;
  return median_of(values.last(third)) < median_of(values.first(third));
}

struct Criterion {
  const char* name;
  bool (*met)(const CmaView&);
  std::string (*numbers)(const CmaView&);
  Stop stop = Stop::method_converged;
};

std::string tolerance(double value) { return fmt::format("less than {:g}", value); }
std::string share_of_fall(double value) { return tolerance(value) + " of what f has fallen"; }

const Criterion criteria[] = {
    {"TolFun", cma_stops::tol_fun,
     [](const CmaView& v) { return "values span " + share_of_fall(v.tolerances.fun); }},
    {"TolHistFun", cma_stops::tol_hist_fun,
     [](const CmaView& v) { return "best values span " + share_of_fall(v.tolerances.hist_fun); }},
    {"EqualFunValues", cma_stops::equal_fun_values,
     [](const CmaView&) { return std::string("best values are all the same"); }},
    {"TolX", cma_stops::tol_x,
     [](const CmaView& v) { return "deviations are " + tolerance(v.tolerances.x); }},
    {"TolXUp", cma_stops::tol_x_up,
     [](const CmaView& v) {
       return fmt::format(
           "sigma has grown from {:g} to {:.3g}: f falls without end, or sigma was "
           "far too small",
           v.tolerances.sigma, v.distribution.sigma());
     },
     Stop::unbounded},
    {"ConditionCov", cma_stops::condition_cov,
     [](const CmaView& v) { return fmt::format("cond C = {:.3g}", v.distribution.condition()); }},
    {"NoEffectAxis", cma_stops::no_effect_axis,
     [](const CmaView&) { return std::string("a step along an axis is lost in rounding"); }},
    {"NoEffectCoord", cma_stops::no_effect_coord,
     [](const CmaView&) { return std::string("a step along a coordinate is lost in rounding"); }},
    {"Stagnation", cma_stops::stagnation,
     [](const CmaView&) { return std::string("best and median values no longer fall"); },
     Stop::no_improvement},
};

}  // namespace

void CmaHistory::note(const Population& population) {
  const double now = population.value(population.best());
  if (best.empty()) {
    std::vector<double> finite;
    std::ranges::copy_if(population.values(), std::back_inserter(finite),
                         [](double v) { return v < INFINITY; });
    first = median_of(finite);
    least = now;
  }
  least = std::min(least, now);
  best.push_back(now);
  median.push_back(median_of(population.values()));
  if (best.size() <= longest) return;
  best.erase(best.begin());
  median.erase(median.begin());
}

namespace cma_stops {

bool tol_fun(const CmaView& now) {
  const View values = latest_best(now);
  if (values.empty()) return false;
  std::vector<double> all(values.begin(), values.end());
  std::ranges::copy(now.population.values(), std::back_inserter(all));
  return range(all) < now.tolerances.fun * now.history.fall();
}

bool tol_hist_fun(const CmaView& now) {
  const View values = latest_best(now);
  return !values.empty() && range(values) < now.tolerances.hist_fun * now.history.fall();
}

bool equal_fun_values(const CmaView& now) {
  const View values = latest_best(now);
  return !values.empty() && range(values) == 0;
}

bool tol_x(const CmaView& now) {
  const CmaDistribution& d = now.distribution;
  for (std::size_t i = 0; i < d.mean().size(); ++i)
    if (std::max(d.deviation(i), d.sigma() * std::abs(d.path()[i])) >= now.tolerances.x)
      return false;
  return true;
}

bool tol_x_up(const CmaView& now) {
  return now.distribution.sigma() * now.distribution.axes().back() > 1e4 * now.tolerances.sigma;
}

bool condition_cov(const CmaView& now) { return now.distribution.condition() > 1e14; }

bool no_effect_axis(const CmaView& now) {
  const CmaDistribution& d = now.distribution;
  const std::size_t k = static_cast<std::size_t>(d.generation()) % d.mean().size();
  std::vector<double> moved = d.mean();
  add_scaled(moved, 0.1 * d.sigma() * d.axes()[k], d.axis(k));
  return moved == d.mean();
}

bool no_effect_coord(const CmaView& now) {
  const CmaDistribution& d = now.distribution;
  for (std::size_t i = 0; i < d.mean().size(); ++i)
    if (d.mean()[i] + 0.2 * d.deviation(i) == d.mean()[i]) return true;
  return false;
}

bool stagnation(const CmaView& now) {
  const double generations = static_cast<double>(now.distribution.generation());
  const double wanted = std::max(0.2 * generations, 120 + 30 * n_by_lambda(now));
  const auto count = static_cast<std::size_t>(std::min<double>(wanted, longest));
  const View best = now.history.best, median = now.history.median;
  if (best.size() < count) return false;
  return !got_better(best.last(count)) && !got_better(median.last(count));
}

}  // namespace cma_stops

std::optional<Halt> first_stop(const CmaView& now) {
  for (const Criterion& criterion : criteria)
    if (criterion.met(now))
      return Halt{criterion.stop, fmt::format("{}: {}", criterion.name, criterion.numbers(now))};
  return {};
}

}  // namespace thalweg::optim::detail
