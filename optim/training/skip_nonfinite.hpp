#pragma once
/// Steps that a NaN or an infinity would spoil are left out.

#include "thalweg/optim/training/wrapper.hpp"

namespace thalweg::optim {

/// True if no listed parameter's gradient holds a NaN or an infinity.
template <class Real>
bool all_finite(const Gradients& gradients, const ParameterList<Real>& parameters);

/// Steps only where all gradients are finite; any other call changes nothing and is counted.
///
///     optim::SkipNonfinite optimizer{optim::Adam{{.rate = 3e-4}}};
///     optimizer.step(parameters, tape.backward(loss));
///     if (optimizer.skipped() > 100) { … }  // the model, not bad luck
///
/// Outside of `Clipped` it sees gradients as they were found; outside of `Accumulated` one bad part
/// does not spoil the batch. Cost: one pass over the gradients.
template <std::derived_from<Optimizer> Inner>
class SkipNonfinite final : public Wrapper<SkipNonfinite<Inner>, Inner> {
 public:
  explicit SkipNonfinite(Inner inner = Inner()) : Wrapper<SkipNonfinite, Inner>(std::move(inner)) {}

  /// Calls of `step` that did nothing.
  Index skipped() const { return skipped_; }
  const char* kind() const override { return "SkipNonfinite"; }
  template <class Real>
  void step_with(const ParameterList<Real>& parameters, const Gradients& gradients) {
    if (all_finite(gradients, parameters))
      this->inner_.step(parameters, gradients);
    else
      ++skipped_;
  }

 private:
  void archive_own(Archive& archive) override { archive("skipped", skipped_); }

  Index skipped_ = 0;
};

}  // namespace thalweg::optim
