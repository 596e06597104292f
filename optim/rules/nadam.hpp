#pragma once
/// NAdam: Adam with Nesterov's momentum.

#include "thalweg/optim/rules/optimizer.hpp"

namespace thalweg::optim {

struct NAdamOptions {
  double rate = 2e-3;            ///< α ≥ 0
  double beta1 = 0.9;            ///< β₁ in [0, 1)
  double beta2 = 0.999;          ///< β₂ in [0, 1)
  double epsilon = 1e-8;         ///< ε ≥ 0; at 0 a gradient that has always been zero gives NaN
  double weight_decay = 0;       ///< λ ≥ 0
  double momentum_decay = 4e-3;  ///< ψ ≥ 0
  bool extra_factor = false;     ///< m's correction as in PyTorch 1.13, see below
};

/// NAdam.
///
///     optim::NAdam nadam{{.rate = 1e-3}};
///     nadam.step(parameters, tape.backward(loss));
///
///     t ← t + 1
///     g ← ∇f(w) + λ w
///     μₜ ← β₁ (1 − ½ · 0.96^(ψ t)),  Π ← Π μₜ,  at first Π = 1
///     m ← β₁ m + (1 − β₁) g
///     v ← β₂ v + (1 − β₂) g²                       v̂ = v / (1 − β₂ᵗ)
///     d ← (1 − μₜ) / (1 − Π) · g  +  μₜ₊₁ / (1 − Π μₜ₊₁) · m
///     w ← w − α d / (√v̂ + ε)
///
///     α  options.rate           β₁, β₂  options.beta1, beta2     t  steps()
///     ε  options.epsilon        m, v    state()[k]["first"], ["second"]
///     λ  options.weight_decay   ψ       options.momentum_decay
///
/// Memory: two arrays per parameter.
///
/// Source: T. Dozat, "Incorporating Nesterov Momentum into Adam", ICLR workshop 2016, Algorithm 2
/// with the schedule of its section on experiments, ψ = 1 / 250. Where versions disagree: the paper
/// weighs m by μₜ, m ← μₜ m + (1 − μₜ) g, PyTorch and this by β₁. PyTorch 1.13 writes
/// 1 − Π μₜ μₜ₊₁ in the last denominator, though Π already holds μₜ; later versions do not.
/// `extra_factor` makes its iterates.
class NAdam final : public Rule<NAdam, NAdamOptions> {
 public:
  /// Throws ValueError for an option out of range.
  explicit NAdam(const Options& options = {});
  template <RateNumber Number>
  explicit NAdam(Number rate) : NAdam(Options{.rate = static_cast<double>(rate)}) {}

  const char* kind() const override { return "NAdam"; }
  template <class Real>
  void apply(const Update<Real>& update);

 private:
  double momentum(double t) const;  // μₜ
  std::vector<MomentStart> moments(const Shape& parameter) const override;
  void begin_step() override;
  void archive_options(Archive& archive) override;

  double product_ = 1;  // Π
};

extern template class Rule<NAdam, NAdamOptions>;

}  // namespace thalweg::optim
