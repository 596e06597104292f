#include "thalweg/optim/global/multistart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/optim/base/vectors.hpp"
#include "thalweg/optim/global/population.hpp"
#include "thalweg/optim/run/rule_method.hpp"

namespace thalweg::optim {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

bool finite(const Point& point) {
  return std::isfinite(point.value) && detail::all_finite(point.gradient);
}

double seconds_since(std::chrono::steady_clock::time_point then) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - then).count();
}

}  // namespace

Multistart::Multistart(const Method& method, const Options& options)
    : Multistart(Owned(method.clone()), options) {}
Multistart::Multistart(const Optimizer& rule, const Options& options)
    : Multistart(Owned(std::make_unique<detail::RuleMethod>(rule)), options) {}

Multistart::Multistart(Owned method, const Options& options)
    : options_(options), recipe_(std::move(method)), local_(recipe_) {
  detail::expect_at_least(kind(), "starts", options.starts, 1);
  if (options.hop) detail::expect_positive(kind(), "hop", *options.hop);
  detail::expect_nonnegative(kind(), "temperature", options.temperature);
  options.limits.validate();
  if (options.limits.check_gradient)
    throw ValueError(
        "Multistart: limits.check_gradient is for a whole run: give it to minimise, whose limits "
        "are beside these");
  options_.limits = limits_for(*recipe_.method, options.limits);
}

void Multistart::begin(Objective& f, Point& point) {
  if (!options_.hop) options_.bounds.expect_finite(kind(), f.size());
  options_.bounds.expect_inside(kind(), point.x);
  random_ = Random(options_.seed);
  started_ = 0;
  minima_.clear();
  start_leg(f, point.x);
  point.value = leg_.point.value;
  point.gradient.clear();
  point.gradient_norm = nan;
  show(point, leg_.point);
}

// A loop of local runs, turned inside out so that limits and observers see each of its iterations:
//
//     x ← x₀,  y ← none
//     `starts` times:
//       iterate the method from x until it halts or meets a limit; x* the best point on the way
//       keep (x*, f(x*));  y ← x* by Metropolis' rule
//       x ← y + r N(0, I), moved inside the bounds, with `hop`;  uniform between them without
//     the best x* kept
std::optional<Halt> Multistart::advance(Objective& f, Point& point) {
  if (!ended_) {
    if (auto halt = step(f)) {
      show(point, leg_.best);
      return halt;
    }
  }
  if (!ended_) {
    show(point, leg_.point);
    return {};
  }
  show(point, leg_.best);
  keep_minimum();
  if (started_ < options_.starts) {
    start_leg(f, next_start());
    return {};
  }
  if (minima_.empty()) return Halt{Stop::nonfinite_value};
  const LocalMinimum& best = *std::ranges::min_element(minima_, {}, &LocalMinimum::value);
  detail::show(point, best.x, best.value, point.step);
  return Halt{Stop::method_converged,
              fmt::format("{} starts; the best led to f = {:.6g}", started_, best.value)};
}

void Multistart::start_leg(Objective& f, std::vector<double> x) {
  ++started_;
  local_ = recipe_;
  leg_ = {};
  leg_.evaluations = f.evaluations();
  leg_.point.x = std::move(x);
  local_.method->begin(f, leg_.point);
  leg_.before = leg_.point.x;
  leg_.best = leg_.point;
  leg_.first_gradient_norm = leg_.point.gradient_norm;
  leg_.note(options_.limits.window);
  ended_ = leg_.met(f, options_.limits);
}

std::optional<Halt> Multistart::step(Objective& f) {
  leg_.before = leg_.point.x;
  const std::optional<Halt> halt = local_.method->advance(f, leg_.point);
  ++leg_.iteration;
  leg_.note(options_.limits.window);
  ended_ = halt || leg_.met(f, options_.limits);
  if (halt && halt->stop == Stop::unbounded) return halt;
  return {};
}

void Multistart::show(Point& point, const Point& local) const {
  detail::show(point, local.x, detail::comparable(local.value), local.step);
}

// y ← x* with probability min(1, e^((f(y) − f(x*)) / T)). A leg that ended where f is not finite at
// all leads to no minimum.
void Multistart::keep_minimum() {
  if (!finite(leg_.best)) return;
  const LocalMinimum found{leg_.best.x, leg_.best.value};
  const double climb = minima_.empty() ? 0 : found.value - base_.value;
  minima_.push_back(found);
  if (climb <= 0 || climbs(climb)) base_ = found;
}

bool Multistart::climbs(double climb) {
  const double temperature = options_.temperature;
  return temperature > 0 && random_.uniform() < std::exp(-climb / temperature);
}

std::vector<double> Multistart::next_start() {
  std::vector<double> x = base_.x;
  if (options_.hop)
    detail::perturb(x, *options_.hop, options_.bounds, random_);
  else
    options_.bounds.sample(x, random_);
  return x;
}

void Multistart::Leg::note(Index window) {
  values.push_back(point.value);
  largest_x_norm = std::max(largest_x_norm, detail::norm(point.x));
  if (static_cast<Index>(values.size()) > window + 1) values.erase(values.begin());
  if (!finite(point) || point.value >= best.value) return;
  best = point;
  best_iteration = iteration;
}

// The limits of the local run, which counts evaluations and seconds from its own start.
bool Multistart::Leg::met(const Objective& f, const Limits& limits) const {
  if (!finite(point)) return true;
  const bool windowed = static_cast<Index>(values.size()) > limits.window;
  const Iterate now{.iteration = iteration,
                    .x = point.x,
                    .value = point.value,
                    .gradient = point.gradient,
                    .gradient_norm = point.gradient_norm,
                    .first_gradient_norm = first_gradient_norm,
                    .step = point.step,
                    .step_norm = detail::distance(point.x, before),
                    .x_norm = detail::norm(point.x),
                    .largest_x_norm = largest_x_norm,
                    .past_value = windowed ? values.front() : nan,
                    .best_value = best.value,
                    .best_iteration = best_iteration,
                    .evaluations = f.evaluations() - evaluations,
                    .seconds = seconds + seconds_since(began)};
  return first_met(now, limits).has_value();
}

void Multistart::Leg::archive(Archive& archive) {
  archive("point", point);
  archive("best", best);
  archive("values", values);
  archive("iteration", iteration);
  archive("best_iteration", best_iteration);
  archive("first_gradient_norm", first_gradient_norm);
  archive("largest_x_norm", largest_x_norm);
  archive("evaluations", evaluations);
  double passed = seconds + seconds_since(began);
  archive("seconds", passed);
  if (!archive.restoring()) return;
  seconds = passed;
  began = std::chrono::steady_clock::now();
}

void Multistart::archive(Archive& archive) {
  std::string method = recipe_.method->kind();
  archive("method", method);
  if (method != recipe_.method->kind())
    throw DataError(fmt::format("{}: holds a Multistart of {}; expected one of {}",
                                archive.origin(), method, recipe_.method->kind()));
  archive.all_but<Limits>(options_);
  archive("random", random_);
  archive("recipe", *recipe_.method);
  if (archive.restoring()) local_ = recipe_;
  archive("local", *local_.method);
  archive("leg", leg_);
  archive("ended", ended_);
  archive("started", started_);
  archive("minima", minima_);
  archive("base", base_);
}

}  // namespace thalweg::optim
