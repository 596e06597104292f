#include "thalweg/optim/global/cma_es.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/optim/base/vectors.hpp"

namespace thalweg::optim {
namespace {

/// 0.3 (b − a) of the narrowest [a, b], as the tutorial advises.
double default_sigma(const Bounds& bounds, std::span<const double> start) {
  double width = std::numeric_limits<double>::infinity();
  for (Index i = 0; i < static_cast<Index>(start.size()); ++i) {
    const double between = bounds.upper(i) - bounds.lower(i);
    if (between > 0) width = std::min(width, between);
  }
  return std::isfinite(width) ? 0.3 * width : detail::width_around(start);
}

/// λ = 4 + ⌊3 ln n⌋, the tutorial's eq. 48.
Index default_population(Index size) {
  return 4 + static_cast<Index>(3 * std::log(static_cast<double>(size)));
}

}  // namespace

CmaEs::CmaEs(const Options& options) : options_(options) {
  if (options.sigma) detail::expect_positive(kind(), "sigma", *options.sigma);
  if (options.population != 0) detail::expect_at_least(kind(), "population", options.population, 2);
  if (options.restarts < 0 || options.restarts > 30)
    throw ValueError(
        fmt::format("{}: restarts is {}; expected 0 to 30 doublings", kind(), options.restarts));
  detail::expect_nonnegative(kind(), "tol_fun", options.tol_fun);
  detail::expect_nonnegative(kind(), "tol_hist_fun", options.tol_hist_fun);
  detail::expect_nonnegative(kind(), "tol_x", options.tol_x);
}

void CmaEs::begin(Objective& f, Point& point) {
  options_.bounds.expect_inside(kind(), point.x);
  random_ = Random(options_.seed);
  sigma_ = options_.sigma.value_or(default_sigma(options_.bounds, point.x));
  lambda_ = options_.population != 0 ? options_.population : default_population(f.size());
  region_ = detail::Region(options_.bounds, point.x, 3 * sigma_);
  restarts_ = doublings_ = used_short_ = used_long_ = budget_ = latest_long_ = 0;
  short_run_ = true;
  start_at(point.x, sigma_, lambda_);
  detail::evaluate_start(f, point, sigma_);
}

void CmaEs::start_at(std::vector<double> mean, double sigma, Index lambda) {
  penalty_ = detail::CmaPenalty(mean.size());
  history_ = {};
  used_ = 0;
  distribution_ = detail::CmaDistribution(std::move(mean), sigma, lambda, options_.active);
}

// One generation, the tutorial's figure 6, with x̂ₖ the nearest point to xₖ inside the bounds:
//
//     yₖ ∼ N(0, C),   xₖ = m + σ yₖ                                k = 1 … λ
//     Fₖ = f(x̂ₖ) + 1/n Σ γᵢ (x̂ₖᵢ − xₖᵢ)² / ξᵢ                      cma_penalty.hpp
//     m, σ, C learn from y₁ … y_λ in the order of F                cma_distribution.hpp
//
// A generation without a finite value teaches nothing and is drawn again from the same m, σ, C.
std::optional<Halt> CmaEs::advance(Objective& f, Point& point) {
  distribution_.decompose_if_due();
  const detail::Population steps = distribution_.steps(random_);
  detail::Population at = steps;
  for (Index k = 0; k < at.count(); ++k) distribution_.point_at(steps[k], at[k]);
  detail::Population inside = at;
  for (Index k = 0; k < at.count(); ++k) options_.bounds.clamp(inside[k]);
  inside.evaluate(f, options_.parallel);
  used_ += inside.count();

  const Index best = inside.best();
  detail::show(point, inside[best], inside.value(best), distribution_.sigma());
  if (std::isinf(inside.value(best))) return {};
  if (!options_.bounds.none()) penalty_.adapt(options_.bounds, distribution_, inside.values());
  distribution_.learn(steps, ranking(at, inside));
  history_.note(inside);
  if (auto halt = reason_to_stop(inside)) return restart(std::move(*halt));
  return {};
}

std::vector<Index> CmaEs::ranking(const detail::Population& at,
                                  const detail::Population& inside) const {
  if (options_.bounds.none()) return inside.ranking();
  detail::Population paid = inside;
  for (Index k = 0; k < at.count(); ++k)
    paid.set_value(k, inside.value(k) + penalty_.of(at[k], inside[k], distribution_));
  return paid.ranking();
}

std::optional<Halt> CmaEs::reason_to_stop(const detail::Population& population) const {
  const detail::CmaTolerances tolerances{.fun = options_.tol_fun,
                                         .hist_fun = options_.tol_hist_fun,
                                         .x = options_.tol_x * sigma_,
                                         .sigma = sigma_};
  if (auto halt = detail::first_stop({distribution_, history_, population, tolerances}))
    return halt;
  if (budget_ == 0 || used_ < budget_) return {};
  return Halt{Stop::evaluations, fmt::format("a short run's {} evaluations", budget_)};
}

// After each run the next is long or short, whichever kind has cost fewer evaluations so far; IPOP
// knows long ones only. With i the number of doublings, u and v uniform on [0, 1):
//
//     long    i ← i + 1,   λ = 2ⁱ λ₀,   σ = σ₀
//     short   λ = ⌊λ₀ (½ 2ⁱ)^(u²)⌋,   σ = 10^(−2 v) σ₀,   ½ of the latest long run's evaluations
std::optional<Halt> CmaEs::restart(Halt halt) {
  (short_run_ ? used_short_ : used_long_) += used_;
  if (!short_run_) latest_long_ = used_;
  const bool short_next = options_.scheme == CmaRestarts::bipop && used_short_ < used_long_;
  if (options_.restarts == 0 || (!short_next && doublings_ == options_.restarts)) {
    if (restarts_ > 0) halt.why += fmt::format(", after {} restarts", restarts_);
    return halt;
  }
  ++restarts_;
  short_run_ = short_next;
  short_next ? start_short() : start_long();
  return {};
}

void CmaEs::start_long() {
  ++doublings_;
  budget_ = 0;
  start_at(drawn_start(), sigma_, lambda_ << doublings_);
}

void CmaEs::start_short() {
  const double half_long = 0.5 * static_cast<double>(Index{1} << doublings_);
  const double u = random_.uniform(), v = random_.uniform();
  budget_ = std::max<Index>(1, latest_long_ / 2);
  const double lambda = static_cast<double>(lambda_) * std::pow(half_long, u * u);
  start_at(drawn_start(), sigma_ * std::pow(10, -2 * v), static_cast<Index>(lambda));
}

std::vector<double> CmaEs::drawn_start() {
  std::vector<double> mean(region_.lower.size());
  region_.sample(mean, random_);
  return mean;
}

void CmaEs::archive(Archive& archive) {
  archive("options", options_);
  archive("random", random_);
  archive("region", region_);
  archive("sigma", sigma_);
  archive("lambda", lambda_);
  archive("distribution", distribution_);
  archive("penalty", penalty_);
  archive("history", history_);
  archive("restarts_made", restarts_);
  archive("doublings", doublings_);
  archive("short_run", short_run_);
  archive("used", used_);
  archive("used_short", used_short_);
  archive("used_long", used_long_);
  archive("budget", budget_);
  archive("latest_long", latest_long_);
}

}  // namespace thalweg::optim
