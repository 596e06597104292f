#pragma once
/// When a run stops: limits, and the reasons that it gives.
///
///     optim::Limits limits{.iterations = 500, .gradient_norm = 1e-8, .relative_step = 1e-12};
///
/// Each limit is one inequality, tested after every iteration and met at equality. Limit, reason
/// (`Stop::gradient_norm`) and predicate (`met::gradient_norm`) share one name. None that is on by
/// default depends on the units of f and x: those that do are in the units of f or x, and off.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::optim {

/// Where a run is: the point, what is known there and how it came there.
struct Iterate {
  Index iteration = 0;                    ///< k; 0 is the start
  std::span<const double> x = {};         ///< xₖ, all arguments side by side
  double value = 0;                       ///< f(xₖ)
  std::span<const double> gradient = {};  ///< ∇f(xₖ); empty if the method does not use it
  double gradient_norm = 0;  ///< ‖∇f(xₖ)‖₂, of the projected gradient under bounds; NaN if unknown
  double first_gradient_norm = 0;  ///< ‖∇f(x₀)‖₂, likewise
  double step = 0;                 ///< the method's own: a step length, a rate, a radius, a spread
  double step_norm = 0;            ///< ‖xₖ − xₖ₋₁‖₂
  double x_norm = 0;               ///< ‖xₖ‖₂
  double largest_x_norm = 0;       ///< max ‖xⱼ‖₂, j ≤ k
  double past_value = 0;           ///< f(x) `window` iterations ago; NaN before there is one
  double best_value = 0;           ///< min f so far
  Index best_iteration = 0;        ///< when that was found
  Index evaluations = 0;           ///< calls of f, those with a gradient included
  Index gradients = 0;             ///< calls that gave a gradient
  double seconds = 0;              ///< since the run began

  // What observers judge it by (optim/run/early_stopping.hpp).
  static constexpr auto unit = "iteration";
  double judged_loss() const { return value; }
};

/// A limit of ‖∇f‖₂: a number in the units of f and x, or a share of what it was at the start.
///
///     .gradient_norm = 1e-8                       ‖∇f(xₖ)‖₂ ≤ 1e-8
///     .gradient_norm = optim::of_first(1e-6)      ‖∇f(xₖ)‖₂ ≤ 1e-6 ‖∇f(x₀)‖₂
///     .gradient_norm = {}                         not tested
///     left out                                    of_first(1e-8); not tested by methods that test
///                                                 ∇f themselves: least squares
class GradientLimit {
 public:
  constexpr GradientLimit() = default;
  constexpr GradientLimit(double norm) : GradientLimit(norm, Kind::absolute) {}
  static constexpr GradientLimit of_first(double share) { return {share, Kind::of_first}; }
  /// What `Limits` begins with.
  static constexpr GradientLimit usual() { return {1e-8, Kind::usual}; }

  bool is_usual() const { return kind_ == Kind::usual; }
  bool met(double gradient_norm, double first_gradient_norm) const;
  /// "1e-08", or "1e-08 ‖∇f(x₀)‖".
  std::string text() const;
  /// None if there is no limit.
  std::optional<double> value() const;

 private:
  enum class Kind { none, absolute, of_first, usual };
  constexpr GradientLimit(double value, Kind kind) : value_(value), kind_(kind) {}

  double value_ = 0;
  Kind kind_ = Kind::none;
};
constexpr GradientLimit of_first(double share) { return GradientLimit::of_first(share); }

/// Why a run stopped. `converged` tells which of them mean that it came to its end.
enum class Stop {
  gradient_norm,
  value,
  value_change,
  relative_value_change,
  step,
  relative_step,
  method_converged,  ///< a criterion of the method's own, named in `Result::why`
  at_start,  ///< one of these, but nothing better than the start was found, and ∇f ≠ 0 there
  no_improvement,
  iterations,
  evaluations,
  seconds,
  observer,            ///< an observer asked for it
  early_stopping,      ///< no progress for too long, says optim::EarlyStopping
  nonfinite_start,     ///< f or ∇f is NaN or infinite at the start
  wrong_gradient,      ///< ∇f at the start is not that of f, by `Limits::check_gradient`
  nonfinite_value,     ///< f or ∇f became NaN or infinite
  unbounded,           ///< f falls without end: it has come to −∞
  line_search_failed,  ///< no acceptable step along the direction
};

std::string_view name(Stop stop);
/// True for the first seven: a tolerance was met.
constexpr bool converged(Stop stop) { return stop <= Stop::method_converged; }

/// What is not given is not tested.
struct Limits {
  Index iterations = 10'000;
  std::optional<Index> evaluations = {};
  std::optional<double> seconds = {};
  GradientLimit gradient_norm = GradientLimit::usual();
  std::optional<double> value = {};
  std::optional<double> value_change = {};
  std::optional<double> relative_value_change = {};
  Index window = 1;  ///< iterations over which the value's change is measured, ≥ 1
  std::optional<double> step = {};
  std::optional<double> relative_step = {};
  std::optional<Index> no_improvement = {};
  /// Checks at the start, before the first iteration, that ∇f, or J of residuals, is what
  /// differences of f say (optim/objective/check_gradient.hpp); the run ends as `wrong_gradient` if
  /// not. For gradients written by hand, while they are new: 4 to 20 evaluations for each number.
  bool check_gradient = false;

  /// Throws ValueError for a negative or NaN limit.
  void validate() const;
};

namespace met {

/// ‖∇f(xₖ)‖₂ ≤ gradient_norm, or of_first · ‖∇f(x₀)‖₂
bool gradient_norm(const Iterate& now, const Limits& limits);
/// f(xₖ) ≤ value
bool value(const Iterate& now, const Limits& limits);
/// |f(xₖ) − f(xₖ₋w)| ≤ value_change,  w = window
bool value_change(const Iterate& now, const Limits& limits);
/// |f(xₖ) − f(xₖ₋w)| ≤ relative_value_change · max(|f(xₖ)|, |f(xₖ₋w)|),  w = window
bool relative_value_change(const Iterate& now, const Limits& limits);
/// ‖xₖ − xₖ₋₁‖₂ ≤ step
bool step(const Iterate& now, const Limits& limits);
/// ‖xₖ − xₖ₋₁‖₂ ≤ relative_step · max ‖xⱼ‖₂,  j ≤ k
bool relative_step(const Iterate& now, const Limits& limits);
/// k − k_best ≥ no_improvement
bool no_improvement(const Iterate& now, const Limits& limits);
/// k ≥ iterations
bool iterations(const Iterate& now, const Limits& limits);
/// evaluations so far ≥ evaluations
bool evaluations(const Iterate& now, const Limits& limits);
/// seconds since the run began ≥ seconds
bool seconds(const Iterate& now, const Limits& limits);

}  // namespace met

/// The first limit that is met, in the order of `Stop`; or nothing.
std::optional<Stop> first_met(const Iterate& now, const Limits& limits);

/// The inequality with its numbers: "‖∇f‖ = 3.1e-09 ≤ 1e-08".
std::string explain(Stop stop, const Iterate& now, const Limits& limits);

}  // namespace thalweg::optim
