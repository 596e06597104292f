#pragma once
/// Large batches in parts: several gradients, one step.

#include "thalweg/optim/training/kept_arrays.hpp"
#include "thalweg/optim/training/wrapper.hpp"

namespace thalweg::optim {

struct AccumulationOptions {
  Index every = 1;   ///< ≥ 1; calls of `step` per update
  bool mean = true;  ///< step with the mean of the gradients; else with their sum
};

namespace detail {

/// The gradients that wait.
class PendingGradients {
 public:
  explicit PendingGradients(const AccumulationOptions& options);

  const AccumulationOptions& options() const { return options_; }
  Index count() const { return count_; }
  /// True if the next gradients complete the batch.
  bool nearly_full() const { return count_ + 1 >= options_.every; }
  template <class Real>
  void add(const ParameterList<Real>& parameters, const Gradients& gradients);
  /// The mean or sum, these gradients included. Changes nothing.
  template <class Real>
  Gradients with(const ParameterList<Real>& parameters, const Gradients& gradients) const;
  void clear();
  void archive(Archive& archive);

 private:
  template <class Real>
  void expect_fitting(const ParameterList<Real>& parameters, const Gradients& gradients) const;

  AccumulationOptions options_;
  Index count_ = 0;
  KeptArrays sums_;
};

}  // namespace detail

/// Adds up the gradients of `every` calls of `step`, the last of which updates the parameters.
///
///     optim::Accumulated optimizer{optim::AdamW{{.rate = 3e-4}}, {.every = 8}};
///     for (…) optimizer.step(parameters, tape.backward(loss));   // each 8th call updates
///
/// For losses that are means over parts of equal size the update is that of the whole batch. A
/// rest at an epoch's end waits for the next one. Within one loop `gradients += …` does the same;
/// this one keeps what is pending in checkpoints.
///
/// Memory: one array per parameter, none with every = 1.
template <std::derived_from<Optimizer> Inner>
class Accumulated final : public Wrapper<Accumulated<Inner>, Inner> {
 public:
  using Options = AccumulationOptions;

  /// Throws ValueError unless every ≥ 1.
  explicit Accumulated(Inner inner = Inner(), const Options& options = {})
      : Wrapper<Accumulated, Inner>(std::move(inner)), pending_(options) {}

  const Options& options() const { return pending_.options(); }
  /// Calls of `step` since the last update.
  Index pending() const { return pending_.count(); }
  const char* kind() const override { return "Accumulated"; }
  template <class Real>
  void step_with(const ParameterList<Real>& parameters, const Gradients& gradients) {
    if (!pending_.nearly_full()) return pending_.add(parameters, gradients);
    this->inner_.step(parameters, pending_.with(parameters, gradients));
    pending_.clear();
  }

 private:
  void archive_own(Archive& archive) override { archive("pending", pending_); }

  detail::PendingGradients pending_;
};

}  // namespace thalweg::optim
