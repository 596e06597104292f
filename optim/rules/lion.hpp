#pragma once
/// Lion: steps of one length, by the sign of the momentum.

#include "thalweg/optim/rules/optimizer.hpp"

namespace thalweg::optim {

struct LionOptions {
  double rate = 1e-4;       ///< α ≥ 0
  double beta1 = 0.9;       ///< β₁ in [0, 1)
  double beta2 = 0.99;      ///< β₂ in [0, 1)
  double weight_decay = 0;  ///< λ ≥ 0, decoupled
};

/// Evolved sign momentum.
///
///     optim::Lion lion{{.rate = 1e-4, .weight_decay = 0.1}};
///     lion.step(parameters, tape.backward(loss));
///
///     g ← ∇f(w)
///     c ← β₁ m + (1 − β₁) g
///     w ← (1 − α λ) w − α sign(c)
///     m ← β₂ m + (1 − β₂) g
///
///     α  options.rate      β₁, β₂  options.beta1, beta2      m  state()[k]["first"]
///     λ  options.weight_decay
///
/// Every coordinate moves by exactly α, beside the decay; one whose c is zero stays. Since AdamW's
/// steps are shorter, the authors advise a rate 3 to 10 times smaller than AdamW's and a decay
/// larger by as much.
///
/// Memory: one array per parameter, half of Adam's.
///
/// Source: X. Chen et al., "Symbolic Discovery of Optimization Algorithms", NeurIPS 2023, Algorithm
/// 2.
class Lion final : public Rule<Lion, LionOptions> {
 public:
  /// Throws ValueError for an option out of range.
  explicit Lion(const Options& options = {});
  template <RateNumber Number>
  explicit Lion(Number rate) : Lion(Options{.rate = static_cast<double>(rate)}) {}

  const char* kind() const override { return "Lion"; }
  template <class Real>
  void apply(const Update<Real>& update);

 private:
  std::vector<MomentStart> moments(const Shape& parameter) const override;
};

extern template class Rule<Lion, LionOptions>;

}  // namespace thalweg::optim
