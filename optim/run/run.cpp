#include "thalweg/optim/run/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/optim/base/vectors.hpp"
#include "thalweg/optim/objective/check_gradient.hpp"

namespace thalweg::optim {

std::string to_string(const Outcome& o) {
  return fmt::format("{} after {} iterations, {} evaluations, {:.3g} ms: f = {:.6g} ({})",
                     name(o.stop), o.iterations, o.evaluations, 1e3 * o.seconds, o.value, o.why);
}

Run::Run(Objective& f, const Method& method, std::vector<double> start, const Limits& limits)
    : f_(f),
      method_(method.clone()),
      limits_(limits_for(method, limits)),
      began_(std::chrono::steady_clock::now()) {
  limits.validate();
  if (static_cast<Index>(start.size()) != f.size())
    throw ValueError(fmt::format("{}: the start has {} numbers; the function takes {}",
                                 method.kind(), start.size(), f.size()));
  point_.x = std::move(start);
}

void Run::start() {
  if (std::exchange(started_, true)) return;
  method_->begin(f_, point_);
  best_ = point_;
  before_ = point_.x;
  now_.first_gradient_norm = point_.gradient_norm;
  observe();
  if (std::isfinite(point_.value) && detail::all_finite(point_.gradient))
    admit();
  else if (detail::bottomless(point_.value))
    stop(Stop::unbounded, "f = -inf at the start");
  else
    stop(Stop::nonfinite_start, explain(Stop::nonfinite_start, now_, limits_));
}

// xₖ₊₁ by the method, then in this order: what the method says, whether f is finite, the limits.
bool Run::advance() {
  start();
  if (stopped()) return false;
  before_ = point_.x;
  std::optional<Halt> halt = method_->advance(f_, point_);
  ++now_.iteration;
  observe();
  if (halt)
    stop(halt->stop, halt->why.empty() ? explain(halt->stop, now_, limits_) : halt->why);
  else if (detail::bottomless(point_.value))
    stop(Stop::unbounded, explain(Stop::unbounded, now_, limits_));
  else if (!std::isfinite(point_.value))
    stop(Stop::nonfinite_value, explain(Stop::nonfinite_value, now_, limits_));
  else
    test_limits();
  return !stopped();
}

// A tolerance that is met where the run began says nothing of what lies around, unless ∇f = 0.
void Run::stop(Stop reason, std::string why) {
  if (stopped()) return;
  stop_ = reason;
  why_ = std::move(why);
  if (!converged(reason) || improved_ || best_.gradient_norm == 0) return;
  stop_ = Stop::at_start;
  why_ += now_.iteration == 0 ? ", at the start" : "; nothing better than the start was found";
}

void Run::admit() {
  if (!limits_.check_gradient) return test_limits();
  const GradientReport report = detail::check_gradient_within({}, f_, best_.x, method_->box());
  now_.evaluations = f_.evaluations();
  now_.gradients = f_.gradients();
  if (report)
    test_limits();
  else
    stop(Stop::wrong_gradient, worst(report));
}

void Run::test_limits() {
  if (const auto reason = first_met(now_, limits_)) stop(*reason, explain(*reason, now_, limits_));
}

void Run::observe() {
  values_.push_back(point_.value);
  while (static_cast<Index>(values_.size()) > limits_.window + 1) values_.pop_front();
  note_best();
  now_.x = point_.x;
  now_.value = point_.value;
  now_.gradient = point_.gradient;
  now_.gradient_norm = point_.gradient_norm;
  now_.step = point_.step;
  now_.step_norm = detail::distance(point_.x, before_);
  now_.x_norm = detail::norm(point_.x);
  now_.largest_x_norm = std::max(now_.largest_x_norm, now_.x_norm);
  now_.past_value = static_cast<Index>(values_.size()) > limits_.window
                        ? values_.front()
                        : std::numeric_limits<double>::quiet_NaN();
  now_.best_value = best_.value;
  now_.evaluations = f_.evaluations();
  now_.gradients = f_.gradients();
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - began_;
  now_.seconds = seconds_before_ + passed.count();
}

// x is better than x* if f(x) < f(x*) beyond the twelfth digit, or if the two agree that far and x
// is the flatter: near a minimum f − f* = ½ pᵀH p is below rounding once ‖p‖ is below its root, and
// ‖∇f‖ = ‖H p‖ still tells which point is nearer.
void Run::note_best() {
  if (!std::isfinite(point_.value) || now_.iteration == 0) return;
  const double gain = best_.value - point_.value;
  const double tie = 1e-12 * std::abs(best_.value);
  if (gain > 0) now_.best_iteration = now_.iteration;
  const bool flatter =
      std::isnan(point_.gradient_norm) ? gain > 0 : point_.gradient_norm < best_.gradient_norm;
  if (!(gain > tie || (gain >= -tie && flatter))) return;
  best_ = point_;
  improved_ = true;
}

Outcome Run::outcome() const {
  return {.value = best_.value,
          .gradient_norm = best_.gradient_norm,
          .iterations = now_.iteration,
          .evaluations = f_.evaluations(),
          .gradients = f_.gradients(),
          .seconds = now_.seconds,
          .stop = stop_.value_or(Stop::observer),
          .why = why_};
}

void Run::archive(Archive& archive) {
  if (!archive.restoring()) start();
  std::string method = method_->kind();
  archive("method", method);
  if (method != method_->kind())
    throw DataError(fmt::format("{}: holds a run of {}; expected one of {}", archive.origin(),
                                method, method_->kind()));
  archive("state", *method_);
  archive("point", point_);
  archive("best", best_);
  archive("iteration", now_.iteration);
  archive("best_iteration", now_.best_iteration);
  archive("improved", improved_);
  archive("first_gradient_norm", now_.first_gradient_norm);
  archive("largest_x_norm", now_.largest_x_norm);
  archive("before", before_);
  std::vector<double> values(values_.begin(), values_.end());
  archive("values", values);
  Index evaluations = f_.evaluations(), gradients = f_.gradients();
  archive("evaluations", evaluations);
  archive("gradients", gradients);
  double seconds = now_.seconds;
  archive("seconds", seconds);
  if (!archive.restoring()) return;
  if (static_cast<Index>(point_.x.size()) != f_.size())
    throw DataError(fmt::format("{}: holds a run of {} numbers; this function takes {}",
                                archive.origin(), point_.x.size(), f_.size()));
  f_.set_counts(evaluations, gradients);
  seconds_before_ = seconds;
  began_ = std::chrono::steady_clock::now();
  started_ = true;
  stop_.reset();
  values_.assign(values.begin(), values.end());
  if (!values_.empty()) values_.pop_back();  // `observe` adds the last one again
  observe();
  test_limits();
}

}  // namespace thalweg::optim
