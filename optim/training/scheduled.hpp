#pragma once
/// A rate that follows a schedule.

#include <functional>

#include "thalweg/optim/training/wrapper.hpp"

namespace thalweg::optim {

namespace detail {
void expect_schedule(const std::function<double(Index)>& schedule);
[[noreturn]] void refuse_rate(double rate);
}  // namespace detail

/// Sets the inner optimizer's rate to schedule(steps()) before each step, the first to schedule(0).
///
///     optim::Scheduled optimizer{optim::AdamW{}, optim::warmup(500) | optim::cosine({…})};
///     optimizer.step(parameters, tape.backward(loss));
///
/// A schedule is any function of the step, such as a `Schedule` (optim/schedule/schedule.hpp). It
/// is no part of what is saved: make the object with the same one before restoring it.
template <std::derived_from<Optimizer> Inner>
class Scheduled final : public Wrapper<Scheduled<Inner>, Inner> {
 public:
  /// Throws ValueError if there is no function in `schedule`.
  Scheduled(Inner inner, std::function<double(Index)> schedule)
      : Wrapper<Scheduled, Inner>(std::move(inner)), schedule_(std::move(schedule)) {
    detail::expect_schedule(schedule_);
  }

  double rate() const override { return schedule_(this->steps()); }
  /// Throws ValueError: the schedule decides.
  void set_rate(double rate) override { detail::refuse_rate(rate); }
  const char* kind() const override { return "Scheduled"; }
  /// Throws ValueError too if the schedule gives what is no rate.
  template <class Real>
  void step_with(const ParameterList<Real>& parameters, const Gradients& gradients) {
    this->inner_.set_rate(rate());
    this->inner_.step(parameters, gradients);
  }

 private:
  std::function<double(Index)> schedule_;
};

}  // namespace thalweg::optim
