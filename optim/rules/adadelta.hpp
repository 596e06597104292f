#pragma once
/// Adadelta: steps in the parameter's own units.

#include "thalweg/optim/rules/optimizer.hpp"

namespace thalweg::optim {

struct AdadeltaOptions {
  double rate = 1;          ///< α ≥ 0
  double rho = 0.9;         ///< ρ in [0, 1)
  double epsilon = 1e-6;    ///< ε ≥ 0; at 0 nothing moves, and a gradient of zero gives NaN
  double weight_decay = 0;  ///< λ ≥ 0
};

/// Adadelta.
///
///     optim::Adadelta adadelta{{.rho = 0.95}};
///     adadelta.step(parameters, tape.backward(loss));
///
///     g ← ∇f(w) + λ w
///     v ← ρ v + (1 − ρ) g²
///     d ← √(u + ε) / √(v + ε) · g
///     u ← ρ u + (1 − ρ) d²
///     w ← w − α d
///
///     α  options.rate      ρ  options.rho             v  state()[k]["square"]
///     ε  options.epsilon   λ  options.weight_decay    u  state()[k]["step_square"]
///
/// The numerator is the mean size of earlier steps, so that d has the unit of w. It starts from ε
/// alone: the first steps are about √(ε / (1 − ρ)) long, whatever the gradient, and grow from
/// there.
///
/// Memory: two arrays per parameter.
///
/// Source: M. D. Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012, Algorithm 1, which has
/// no rate, that is α = 1. As in PyTorch α shortens the step taken but not the d that u remembers.
class Adadelta final : public Rule<Adadelta, AdadeltaOptions> {
 public:
  /// Throws ValueError for an option out of range.
  explicit Adadelta(const Options& options = {});
  template <RateNumber Number>
  explicit Adadelta(Number rate) : Adadelta(Options{.rate = static_cast<double>(rate)}) {}

  const char* kind() const override { return "Adadelta"; }
  template <class Real>
  void apply(const Update<Real>& update);

 private:
  std::vector<MomentStart> moments(const Shape& parameter) const override;
};

extern template class Rule<Adadelta, AdadeltaOptions>;

}  // namespace thalweg::optim
