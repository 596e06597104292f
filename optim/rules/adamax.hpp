#pragma once
/// Adamax: Adam with the largest gradient in place of the mean square.

#include "thalweg/optim/rules/optimizer.hpp"

namespace thalweg::optim {

struct AdamaxOptions {
  double rate = 2e-3;       ///< α ≥ 0
  double beta1 = 0.9;       ///< β₁ in [0, 1)
  double beta2 = 0.999;     ///< β₂ in [0, 1)
  double epsilon = 1e-8;    ///< ε ≥ 0; at 0 a gradient that has always been zero gives NaN
  double weight_decay = 0;  ///< λ ≥ 0
};

/// Adamax.
///
///     optim::Adamax adamax{{.rate = 1e-3}};
///     adamax.step(parameters, tape.backward(loss));
///
///     t ← t + 1
///     g ← ∇f(w) + λ w
///     m ← β₁ m + (1 − β₁) g
///     u ← max(β₂ u, |g| + ε)
///     w ← w − α / (1 − β₁ᵗ) · m / u
///
///     α  options.rate      β₁, β₂  options.beta1, beta2      m  state()[k]["first"]
///     ε  options.epsilon   λ       options.weight_decay      u  state()[k]["largest"]
///
/// No step is longer than about α, and a gradient of zero leaves u as it decays: long ago rare
/// gradients are not forgotten by one small one, as a mean square forgets them.
///
/// Memory: two arrays per parameter.
///
/// Source: D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015,
/// Algorithm 2, where ε = 0. Where versions disagree: PyTorch, followed here, adds ε to |g| inside
/// the maximum; TensorFlow adds it to u in the quotient.
class Adamax final : public Rule<Adamax, AdamaxOptions> {
 public:
  /// Throws ValueError for an option out of range.
  explicit Adamax(const Options& options = {});
  template <RateNumber Number>
  explicit Adamax(Number rate) : Adamax(Options{.rate = static_cast<double>(rate)}) {}

  const char* kind() const override { return "Adamax"; }
  template <class Real>
  void apply(const Update<Real>& update);

 private:
  std::vector<MomentStart> moments(const Shape& parameter) const override;
};

extern template class Rule<Adamax, AdamaxOptions>;

}  // namespace thalweg::optim
