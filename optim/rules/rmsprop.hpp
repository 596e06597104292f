#pragma once
/// RMSprop: gradients divided by the root of their running mean square.

#include "thalweg/optim/rules/optimizer.hpp"

namespace thalweg::optim {

struct RmspropOptions {
  double rate = 1e-2;       ///< α ≥ 0
  double rho = 0.99;        ///< ρ in [0, 1)
  double epsilon = 1e-8;    ///< ε ≥ 0; at 0 a gradient that has always been zero gives NaN
  double weight_decay = 0;  ///< λ ≥ 0
  double momentum = 0;      ///< μ in [0, 1)
  bool centered = false;    ///< divide by the deviation from the running mean
};

/// RMSprop.
///
///     optim::Rmsprop rmsprop{{.rate = 1e-3, .momentum = 0.9}};
///     rmsprop.step(parameters, tape.backward(loss));
///
///     g ← ∇f(w) + λ w
///     v ← ρ v + (1 − ρ) g²
///     m ← ρ m + (1 − ρ) g           if centered
///     d ← g / (√v + ε),  or g / (√(v − m²) + ε) if centered
///     b ← μ b + d
///     w ← w − α b
///
///     α  options.rate      ρ  options.rho             v  state()[k]["square"]
///     ε  options.epsilon   λ  options.weight_decay    m  state()[k]["mean"], if centered
///     μ  options.momentum                             b  state()[k]["velocity"], if μ > 0
///
/// v starts at zero and is not corrected for it: the first step has length α / √(1 − ρ), ten times
/// α by default. Rounding may take v − m² below zero; it counts as zero then. Under a constant
/// gradient v − m² vanishes in time, and centered steps grow without bound but for ε.
///
/// Memory: one array per parameter, one more each for momentum and centering.
///
/// Sources: T. Hinton, "Neural Networks for Machine Learning", lecture 6e, 2012, without ε; A.
/// Graves, "Generating Sequences With Recurrent Neural Networks", 2013, equations 38–41, for the
/// centered form. Where versions disagree: Graves and TensorFlow add ε under the root and multiply
/// α into b; as in PyTorch both stand outside here.
class Rmsprop final : public Rule<Rmsprop, RmspropOptions> {
 public:
  /// Throws ValueError for an option out of range.
  explicit Rmsprop(const Options& options = {});
  template <RateNumber Number>
  explicit Rmsprop(Number rate) : Rmsprop(Options{.rate = static_cast<double>(rate)}) {}

  const char* kind() const override { return "Rmsprop"; }
  template <class Real>
  void apply(const Update<Real>& update);

 private:
  std::vector<MomentStart> moments(const Shape& parameter) const override;
};

extern template class Rule<Rmsprop, RmspropOptions>;

}  // namespace thalweg::optim
