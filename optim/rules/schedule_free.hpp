#pragma once
/// Schedule-free AdamW: an average of the weights in place of a falling rate.

#include "thalweg/optim/rules/optimizer.hpp"

namespace thalweg::optim {

struct ScheduleFreeOptions {
  double rate = 2.5e-3;     ///< α ≥ 0, left constant
  double beta1 = 0.9;       ///< β₁ in [0, 1)
  double beta2 = 0.999;     ///< β₂ in [0, 1)
  double epsilon = 1e-8;    ///< ε ≥ 0; at 0 a gradient that has always been zero gives NaN
  double weight_decay = 0;  ///< λ ≥ 0, decoupled
  Index warmup = 0;         ///< T ≥ 0, steps over which the rate rises to α
};

/// AdamW without a schedule. It keeps two sequences: z takes the steps and x is their average, by
/// which the model is judged; gradients are taken at y between them. During training the parameters
/// hold y, and x while they are evaluated:
///
///     optim::ScheduleFree optimizer{{.rate = 2.5e-3, .warmup = 500}};
///     for (…) optimizer.step(parameters, tape.backward(loss));   // at y
///     optimizer.to_average(parameters);
///     …                                                          // test, save: x
///     optimizer.to_training(parameters);
///
///     t ← t + 1
///     γ ← α min(1, t / T)
///     g ← ∇f(y)
///     v ← β₂ v + (1 − β₂) g²                        v̂ = v / (1 − β₂ᵗ)
///     z ← z − γ (g / (√v̂ + ε) + λ y)
///     S ← S + γ²,  x ← x + γ² / S · (z − x)
///     y ← z + β₁ (x − z)
///
///     α  options.rate      β₁, β₂  options.beta1, beta2      z  state()[k]["base"], at first w
///     ε  options.epsilon   λ       options.weight_decay      x  state()[k]["average"], at first w
///     T  options.warmup    t       steps()                   v  state()[k]["second"]
///
/// x is the mean of all z, those of the warm-up weighing less. What is written to the parameters
/// from outside between steps is lost.
///
/// Memory: three arrays per parameter.
///
/// Source: A. Defazio et al., "The Road Less Scheduled", NeurIPS 2024, Algorithm 1. Where versions
/// disagree: the paper puts Adam's bias correction into the rate, γ ← γ √(1 − β₂ᵗ) and √v, whereby
/// the first steps weigh less in x too; its authors' later programs, followed here, correct v.
/// They weigh by the largest γ so far, the paper and this by γ.
class ScheduleFree final : public Rule<ScheduleFree, ScheduleFreeOptions> {
 public:
  /// Throws ValueError for an option out of range.
  explicit ScheduleFree(const Options& options = {});
  template <RateNumber Number>
  explicit ScheduleFree(Number rate) : ScheduleFree(Options{.rate = static_cast<double>(rate)}) {}

  /// Makes the parameters hold x. Throws ValueError if they do, or are not the first step's.
  template <class Real>
  void to_average(const ParameterList<Real>& parameters);
  /// Makes the parameters hold y again, to the bit. Throws ValueError if they do.
  template <class Real>
  void to_training(const ParameterList<Real>& parameters);
  /// True between `to_average` and `to_training`.
  bool averaged() const { return averaged_; }

  const char* kind() const override { return "ScheduleFree"; }
  template <class Real>
  void apply(const Update<Real>& update);

 private:
  double warmed() const;  // min(1, t / T)
  void expect_training() const;
  std::vector<MomentStart> moments(const Shape& parameter) const override;
  void step_any(AnyParameters parameters, const Gradients& gradients) override;
  void begin_step() override;
  void archive_options(Archive& archive) override;

  double sum_ = 0;    // S
  double share_ = 0;  // γ² / S
  bool averaged_ = false;
};

extern template class Rule<ScheduleFree, ScheduleFreeOptions>;

}  // namespace thalweg::optim
