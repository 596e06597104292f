#pragma once
/// Adagrad: each coordinate's rate falls with the gradients it has seen.

#include "thalweg/optim/rules/optimizer.hpp"

namespace thalweg::optim {

struct AdagradOptions {
  double rate = 1e-2;       ///< α ≥ 0
  double rate_decay = 0;    ///< η ≥ 0
  double initial_sum = 0;   ///< s before the first step, ≥ 0
  double epsilon = 1e-10;   ///< ε ≥ 0; at 0 a gradient that has always been zero gives NaN
  double weight_decay = 0;  ///< λ ≥ 0
};

/// Adagrad, for sparse features: rare coordinates keep large steps.
///
///     optim::Adagrad adagrad{{.rate = 0.1}};
///     adagrad.step(parameters, tape.backward(loss));
///
///     t ← t + 1
///     g ← ∇f(w) + λ w
///     s ← s + g²
///     w ← w − α / (1 + (t − 1) η) · g / (√s + ε)
///
///     α  options.rate      η  options.rate_decay      s  state()[k]["sum"]
///     ε  options.epsilon   λ  options.weight_decay    t  steps()
///
/// The first step has length α in every coordinate whose gradient is large beside ε; under a
/// constant gradient the t-th has length α / √t.
///
/// Memory: one array per parameter.
///
/// Source: J. Duchi, E. Hazan and Y. Singer, "Adaptive Subgradient Methods for Online Learning and
/// Stochastic Optimization", JMLR 12, 2011, the diagonal case with their δ = ε. They have neither
/// η nor λ, which are PyTorch's. TensorFlow starts s at 0.1 and adds ε = 1e-7 under the root.
class Adagrad final : public Rule<Adagrad, AdagradOptions> {
 public:
  /// Throws ValueError for an option out of range.
  explicit Adagrad(const Options& options = {});
  template <RateNumber Number>
  explicit Adagrad(Number rate) : Adagrad(Options{.rate = static_cast<double>(rate)}) {}

  const char* kind() const override { return "Adagrad"; }
  template <class Real>
  void apply(const Update<Real>& update);

 private:
  std::vector<MomentStart> moments(const Shape& parameter) const override;
};

extern template class Rule<Adagrad, AdagradOptions>;

}  // namespace thalweg::optim
