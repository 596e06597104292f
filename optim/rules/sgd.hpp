#pragma once
/// Stochastic gradient descent with momentum.

#include "thalweg/optim/rules/optimizer.hpp"

namespace thalweg::optim {

struct SgdOptions {
  double rate = 1e-2;       ///< α ≥ 0
  double momentum = 0;      ///< μ in [0, 1)
  double dampening = 0;     ///< τ in [0, 1]
  double weight_decay = 0;  ///< λ ≥ 0
  bool nesterov = false;    ///< needs momentum > 0 and dampening = 0
};

/// Heavy-ball and Nesterov momentum, with weight decay in the gradient.
///
///     optim::Sgd sgd{{.rate = 0.05, .momentum = 0.9, .nesterov = true}};
///     sgd.step(parameters, tape.backward(loss));
///
///     g ← ∇f(w) + λ w
///     b ← g on the first step,  μ b + (1 − τ) g later
///     d ← b,  or g + μ b if nesterov
///     w ← w − α d
///
///     α  options.rate        μ  options.momentum      b  state()[k]["velocity"]
///     λ  options.weight_decay  τ  options.dampening
///
/// With μ = 0, d = g and nothing is kept. A parameter that the loss does not depend on has
/// gradient zero: its momentum and decay go on.
///
/// Sources: B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964;
/// I. Sutskever et al., "On the importance of initialization and momentum in deep learning", ICML
/// 2013. These multiply the gradient by α inside b (b ← μ b − α g, w ← w + b); as in PyTorch it
/// stands outside here, which differs when α changes between steps. Dampening and the first step's
/// undamped b are PyTorch's.
class Sgd final : public Rule<Sgd, SgdOptions> {
 public:
  /// Throws ValueError for an option out of range.
  explicit Sgd(const Options& options = {});
  template <RateNumber Number>
  explicit Sgd(Number rate) : Sgd(Options{.rate = static_cast<double>(rate)}) {}

  const char* kind() const override { return "Sgd"; }
  template <class Real>
  void apply(const Update<Real>& update);

 private:
  std::vector<MomentStart> moments(const Shape& parameter) const override;
};

extern template class Rule<Sgd, SgdOptions>;

}  // namespace thalweg::optim
