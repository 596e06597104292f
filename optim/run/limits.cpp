#include "thalweg/optim/run/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::optim {
namespace {

double change(const Iterate& now) { return std::abs(now.value - now.past_value); }
bool moved(const Iterate& now) { return now.iteration > 0; }

/// A number; of NaN no sign.
std::string text(double value) { return std::isnan(value) ? "nan" : fmt::format("{:g}", value); }

struct Reason {
  Stop stop;
  std::string_view name;
  bool (*met)(const Iterate&, const Limits&);
};

constexpr std::array reasons = {
    Reason{Stop::gradient_norm, "gradient_norm", met::gradient_norm},
    Reason{Stop::value, "value", met::value},
    Reason{Stop::value_change, "value_change", met::value_change},
    Reason{Stop::relative_value_change, "relative_value_change", met::relative_value_change},
    Reason{Stop::step, "step", met::step},
    Reason{Stop::relative_step, "relative_step", met::relative_step},
    Reason{Stop::method_converged, "method_converged", nullptr},
    Reason{Stop::at_start, "at_start", nullptr},
    Reason{Stop::no_improvement, "no_improvement", met::no_improvement},
    Reason{Stop::iterations, "iterations", met::iterations},
    Reason{Stop::evaluations, "evaluations", met::evaluations},
    Reason{Stop::seconds, "seconds", met::seconds},
    Reason{Stop::observer, "observer", nullptr},
    Reason{Stop::early_stopping, "early_stopping", nullptr},
    Reason{Stop::nonfinite_start, "nonfinite_start", nullptr},
    Reason{Stop::wrong_gradient, "wrong_gradient", nullptr},
    Reason{Stop::nonfinite_value, "nonfinite_value", nullptr},
    Reason{Stop::unbounded, "unbounded", nullptr},
    Reason{Stop::line_search_failed, "line_search_failed", nullptr},
};

void expect_limit(const char* name, std::optional<double> value) {
  if (value && !(*value >= 0))
    throw ValueError(fmt::format("Limits: {} is {}; expected a number, at least 0", name, *value));
}

std::optional<double> number(std::optional<Index> value) {
  if (!value) return {};
  return static_cast<double>(*value);
}

}  // namespace

bool GradientLimit::met(double gradient_norm, double first_gradient_norm) const {
  if (kind_ == Kind::none) return false;
  return gradient_norm <= (kind_ == Kind::absolute ? value_ : value_ * first_gradient_norm);
}

std::string GradientLimit::text() const {
  return fmt::format("{:g}{}", value_, kind_ == Kind::absolute ? "" : " ‖∇f(x₀)‖");
}

std::optional<double> GradientLimit::value() const {
  if (kind_ == Kind::none) return {};
  return value_;
}

namespace met {

bool gradient_norm(const Iterate& now, const Limits& limits) {
  return limits.gradient_norm.met(now.gradient_norm, now.first_gradient_norm);
}
bool value(const Iterate& now, const Limits& limits) {
  return limits.value && now.value <= *limits.value;
}
bool value_change(const Iterate& now, const Limits& limits) {
  return limits.value_change && change(now) <= *limits.value_change;
}
bool relative_value_change(const Iterate& now, const Limits& limits) {
  return limits.relative_value_change &&
         change(now) <= *limits.relative_value_change *
                            std::max(std::abs(now.value), std::abs(now.past_value));
}
bool step(const Iterate& now, const Limits& limits) {
  return limits.step && moved(now) && now.step_norm <= *limits.step;
}
bool relative_step(const Iterate& now, const Limits& limits) {
  return limits.relative_step && moved(now) &&
         now.step_norm <= *limits.relative_step * now.largest_x_norm;
}
bool no_improvement(const Iterate& now, const Limits& limits) {
  return limits.no_improvement && now.iteration - now.best_iteration >= *limits.no_improvement;
}
bool iterations(const Iterate& now, const Limits& limits) {
  return now.iteration >= limits.iterations;
}
bool evaluations(const Iterate& now, const Limits& limits) {
  return limits.evaluations && now.evaluations >= *limits.evaluations;
}
bool seconds(const Iterate& now, const Limits& limits) {
  return limits.seconds && now.seconds >= *limits.seconds;
}

}  // namespace met

std::string_view name(Stop stop) { return reasons[static_cast<std::size_t>(stop)].name; }

void Limits::validate() const {
  expect_limit("iterations", static_cast<double>(iterations));
  expect_limit("evaluations", number(evaluations));
  expect_limit("seconds", seconds);
  expect_limit("gradient_norm", gradient_norm.value());
  expect_limit("value_change", value_change);
  expect_limit("relative_value_change", relative_value_change);
  expect_limit("step", step);
  expect_limit("relative_step", relative_step);
  if (value && std::isnan(*value)) throw ValueError("Limits: value is nan; expected a number");
  if (window < 1)
    throw ValueError(fmt::format("Limits: window is {}; expected at least 1", window));
  if (no_improvement && *no_improvement < 1)
    throw ValueError(
        fmt::format("Limits: no_improvement is {}; expected at least 1", *no_improvement));
}

std::optional<Stop> first_met(const Iterate& now, const Limits& limits) {
  for (const Reason& reason : reasons)
    if (reason.met && reason.met(now, limits)) return reason.stop;
  return {};
}

std::string explain(Stop stop, const Iterate& now, const Limits& limits) {
  switch (stop) {
    case Stop::gradient_norm:
      return fmt::format("‖∇f‖ = {:.3g} ≤ {}", now.gradient_norm, limits.gradient_norm.text());
    case Stop::value:
      return fmt::format("f = {:.6g} ≤ {:g}", now.value, *limits.value);
    case Stop::value_change:
      return fmt::format("|Δf| = {:.3g} ≤ {:g} over {} iteration(s)", change(now),
                         *limits.value_change, limits.window);
    case Stop::relative_value_change:
      return fmt::format("|Δf| = {:.3g} ≤ {:g} max |f| over {} iteration(s)", change(now),
                         *limits.relative_value_change, limits.window);
    case Stop::step:
      return fmt::format("‖Δx‖ = {:.3g} ≤ {:g}", now.step_norm, *limits.step);
    case Stop::relative_step:
      return fmt::format("‖Δx‖ = {:.3g} ≤ {:g} max ‖x‖", now.step_norm, *limits.relative_step);
    case Stop::no_improvement:
      return fmt::format("no better value for {} iterations", now.iteration - now.best_iteration);
    case Stop::iterations:
      return fmt::format("iterations {} ≥ {}", now.iteration, limits.iterations);
    case Stop::evaluations:
      return fmt::format("evaluations {} ≥ {}", now.evaluations, *limits.evaluations);
    case Stop::seconds:
      return fmt::format("{:.3g} s ≥ {:g} s", now.seconds, *limits.seconds);
    case Stop::observer:
    case Stop::early_stopping:
      return "an observer asked for it";
    case Stop::nonfinite_start:
      return fmt::format("f = {} and ‖∇f‖ = {} at the start", text(now.value),
                         text(now.gradient_norm));
    case Stop::wrong_gradient:
      return "∇f is not the gradient of f";
    case Stop::nonfinite_value:
      return fmt::format("f = {} and ‖∇f‖ = {}", text(now.value), text(now.gradient_norm));
    case Stop::unbounded:
      return fmt::format("f falls without end: f = {}", text(now.value));
    case Stop::line_search_failed:
      return "the line search found no acceptable step";
    case Stop::method_converged:
      return "a criterion of the method's own";
    case Stop::at_start:
      return "nothing better than the start";
  }
  return {};
}

}  // namespace thalweg::optim
