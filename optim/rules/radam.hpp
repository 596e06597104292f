#pragma once
/// RAdam: Adam that waits for its second moment, in place of a warm-up.

#include "thalweg/optim/rules/optimizer.hpp"

namespace thalweg::optim {

struct RAdamOptions {
  double rate = 1e-3;       ///< α ≥ 0
  double beta1 = 0.9;       ///< β₁ in [0, 1)
  double beta2 = 0.999;     ///< β₂ in [0, 1)
  double epsilon = 1e-8;    ///< ε ≥ 0; at 0 a gradient that has always been zero gives NaN
  double weight_decay = 0;  ///< λ ≥ 0
};

/// Rectified Adam.
///
///     optim::RAdam radam{{.rate = 3e-4}};
///     radam.step(parameters, tape.backward(loss));
///
///     t ← t + 1
///     g ← ∇f(w) + λ w
///     m ← β₁ m + (1 − β₁) g                         m̂ = m / (1 − β₁ᵗ)
///     v ← β₂ v + (1 − β₂) g²
///     ρ ← ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ),  ρ∞ = 2 / (1 − β₂) − 1
///     where ρ > 5:  r ← √((ρ − 4) (ρ − 2) ρ∞ / ((ρ∞ − 4) (ρ∞ − 2) ρ))
///                   w ← w − α r m̂ √(1 − β₂ᵗ) / (√v + ε)
///     else:         w ← w − α m̂
///
///     α  options.rate      β₁, β₂  options.beta1, beta2      m, v  state()[k]["first"], ["second"]
///     ε  options.epsilon   λ       options.weight_decay      t     steps()
///
/// ρ is the number of gradients that v is a mean of. By default it exceeds 5 from the sixth step
/// on; for β₂ ≤ 2/3 never, and the rule is descent with momentum.
///
/// Memory: two arrays per parameter.
///
/// Source: L. Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", ICLR 2020,
/// Algorithm 2. Where versions disagree: the paper rectifies from ρ > 4 on and has no ε, its
/// authors' programs from ρ ≥ 5; PyTorch, followed here, from ρ > 5 with ε beside the uncorrected
/// √v.
class RAdam final : public Rule<RAdam, RAdamOptions> {
 public:
  /// Throws ValueError for an option out of range.
  explicit RAdam(const Options& options = {});
  template <RateNumber Number>
  explicit RAdam(Number rate) : RAdam(Options{.rate = static_cast<double>(rate)}) {}

  const char* kind() const override { return "RAdam"; }
  template <class Real>
  void apply(const Update<Real>& update);

 private:
  std::vector<MomentStart> moments(const Shape& parameter) const override;
};

extern template class Rule<RAdam, RAdamOptions>;

}  // namespace thalweg::optim
