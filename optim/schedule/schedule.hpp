#pragma once
/// `Schedule`: the step size as a function of the step, and how schedules are put together.
///
///     const auto rate = optim::warmup(500) | optim::cosine({.from = 1e-3, .steps = 10'000});
///     for (Index step = 0; step < 10'500; ++step) {
///       adam.set_rate(rate(step));
///       …
///     }
///     fmt::print("{}\n", rate);  // warmup(500) | cosine({.from = 0.001, .to = 0, .steps = 10000})
///
/// Rates are absolute, steps are counted from 0; what a step is, a mini-batch or an epoch, is the
/// caller's choice. The schedules themselves: `constant` below, decay.hpp, cosine.hpp, cyclic.hpp.
/// Those that look at the loss have a state and are no Schedules: plateau.hpp, loss_slope.hpp.

#include <concepts>
#include <functional>
#include <iosfwd>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::optim {

/// An option without a default: left out, it is refused as NaN.
inline constexpr double required = std::numeric_limits<double>::quiet_NaN();

class Warmup;
namespace schedules {
struct ScheduleNode;
}

/// A pure function of the step: equal steps give equal rates, whatever was asked before. A value;
/// a copy costs a reference count. Threads may share one, if they may share a function of your own
/// that is in it.
class Schedule {
 public:
  /// Your own: `rate` of the steps 0, 1, …, without end; printed as `name`.
  ///
  ///     const optim::Schedule root{"root", [](Index t) { return 0.1 / std::sqrt(t + 1.0); }};
  ///
  /// Throws ValueError if `rate` is empty.
  Schedule(std::string name, std::function<double(Index)> rate);

  /// The rate of a step ≥ 0. Throws ValueError for a negative step, and if a function of your own
  /// gives what is no rate: a negative number, an infinity or NaN.
  double operator()(Index step) const;

  /// The number of steps after which it has come to its end; from then on the rate stays as it is.
  /// None if it has no end.
  std::optional<Index> length() const;

  /// Its steps 0 … n − 1, n ≥ 1, then the rate of step n − 1 for ever; its length is n.
  /// Throws ValueError if n < 1.
  Schedule first(Index n) const;

  /// For the library: a schedule made of its parts.
  explicit Schedule(schedules::ScheduleNode node);
  const schedules::ScheduleNode& node() const { return *node_; }

  /// A warm-up alone is no schedule, since it does not know what to rise to.
  template <std::same_as<Warmup> Alone>
  Schedule(const Alone&) {
    static_assert(!std::same_as<Alone, Warmup>,
                  "thalweg: a warm-up rises to the schedule after it: write warmup(n) | "
                  "constant(rate), and a | (warmup(n) | b) after another schedule");
  }

 private:
  std::shared_ptr<const schedules::ScheduleNode> node_;
};

/// The C++ expression that makes it; options that have their default are left out, but for `to`.
std::string to_string(const Schedule& schedule);
std::ostream& operator<<(std::ostream& stream, const Schedule& schedule);

/// α(t) = rate ≥ 0.
Schedule constant(double rate);

/// a, then b. With n the length of a:
///
///     α(t) = a(t) for t < n,  b(t − n) from there on
///
/// Its length is the sum of both, or none if b has no end. PyTorch: SequentialLR. Throws ValueError
/// if a has no end: write a.first(n) | b.
Schedule operator|(const Schedule& a, const Schedule& b);
/// a.first(n) | b.
Schedule join(const Schedule& a, Index n, const Schedule& b);

/// α(t) = factor · a(t), factor ≥ 0.
Schedule operator*(double factor, const Schedule& a);
Schedule operator*(const Schedule& a, double factor);

/// A linear rise to the first rate of the schedule that follows. With n steps, a share σ to begin
/// with and the schedule b:
///
///     α(t) = (σ + (1 − σ) t/n) b(0) for t < n,  b(t − n) from there on
///
///     n  steps ≥ 1      σ  from in [0, 1]
///
/// With σ = 0 the very first rate is 0: an optimizer with momentum sees the gradient but stays.
/// Source: P. Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour", 2017,
/// section 2.2. PyTorch: LinearLR, which rises while the schedule chained to it already runs; here
/// that begins when the warm-up is over.
class Warmup {
 public:
  /// As `warmup`.
  Warmup(Index steps, double from);
  Index steps() const { return steps_; }
  double from() const { return from_; }

 private:
  Index steps_;
  double from_;
};

/// Throws ValueError for an argument out of its domain.
Warmup warmup(Index steps, double from = 0);
Schedule operator|(const Warmup& warmup, const Schedule& b);

}  // namespace thalweg::optim

template <>
struct fmt::formatter<thalweg::optim::Schedule> : thalweg::TextFormatter {
  template <class Context>
  auto format(const thalweg::optim::Schedule& schedule, Context& context) const {
    return write(to_string(schedule), context);
  }
};
