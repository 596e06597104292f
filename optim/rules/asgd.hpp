#pragma once
/// ASGD: descent that also keeps the mean of where it has been.

#include "thalweg/optim/rules/optimizer.hpp"

namespace thalweg::optim {

struct AsgdOptions {
  double rate = 1e-2;       ///< α ≥ 0
  double lambda = 1e-4;     ///< λ ≥ 0, a decay that also slows the rate down
  double power = 0.75;      ///< p ≥ 0
  double start = 1e6;       ///< t₀ ≥ 0, after which the mean is taken
  double weight_decay = 0;  ///< κ ≥ 0
};

/// Averaged stochastic gradient descent. The steps may stay large; the mean of the weights settles.
///
///     optim::Asgd asgd{{.rate = 0.05, .start = 1000}};
///     asgd.step(parameters, tape.backward(loss));
///     …
///     asgd.copy_average_to(parameters);     // when training has ended
///
///     t ← t + 1
///     g ← ∇f(w) + κ w
///     η ← α / (1 + λ α (t − 1))^p
///     w ← (1 − λ η) w − η g
///     a ← a + (w − a) / max(1, t − 1 − t₀)
///
///     α  options.rate      p   options.power     κ  options.weight_decay    t  steps()
///     λ  options.lambda    t₀  options.start     a  state()[k]["average"], at first w
///
/// Up to step t₀ + 2 a equals w; from then on it is the mean of the weights since. t₀ is meant for
/// the step at which the loss has stopped to fall; by default hardly any run comes to it.
///
/// Memory: one array per parameter.
///
/// Sources: B. T. Polyak and A. B. Juditsky, "Acceleration of Stochastic Approximation by
/// Averaging", SIAM J. Control Optim. 30, 1992; W. Xu, "Towards Optimal One Pass Large Scale
/// Learning with Averaged Stochastic Gradient Descent", 2011, for η. As in PyTorch, whose counting
/// of t in η and a is one behind the count of steps.
class Asgd final : public Rule<Asgd, AsgdOptions> {
 public:
  /// Throws ValueError for an option out of range.
  explicit Asgd(const Options& options = {});
  template <RateNumber Number>
  explicit Asgd(Number rate) : Asgd(Options{.rate = static_cast<double>(rate)}) {}

  /// Replaces each parameter's value by its average. Throws ValueError unless the list is the one
  /// that was stepped.
  template <class Real>
  void copy_average_to(const ParameterList<Real>& parameters) const;

  const char* kind() const override { return "Asgd"; }
  template <class Real>
  void apply(const Update<Real>& update);

 private:
  std::vector<MomentStart> moments(const Shape& parameter) const override;
};

extern template class Rule<Asgd, AsgdOptions>;

}  // namespace thalweg::optim
