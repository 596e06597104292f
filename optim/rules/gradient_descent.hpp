#pragma once
/// Gradient descent with a fixed rate.

#include "thalweg/optim/rules/optimizer.hpp"

namespace thalweg::optim {

struct GradientDescentOptions {
  double rate = 1e-2;  ///< α ≥ 0
};

/// w ← w − α ∇f(w).
///
///     optim::GradientDescent descent{{.rate = 0.1}};
///     descent.step(parameters, tape.backward(loss));
///
///     α  options.rate
///
/// Converges on convex f with an L-Lipschitz gradient if α < 2 / L; 1 / L is the safe choice. On
/// mini-batches this is plain stochastic gradient descent; `Sgd` adds momentum. No state beyond
/// the count of steps.
///
/// Source: A.-L. Cauchy, "Méthode générale pour la résolution des systèmes d'équations
/// simultanées", Comptes rendus 25, 1847.
class GradientDescent final : public Rule<GradientDescent, GradientDescentOptions> {
 public:
  /// Throws ValueError for an option out of range.
  explicit GradientDescent(const Options& options = {});
  template <RateNumber Number>
  explicit GradientDescent(Number rate)
      : GradientDescent(Options{.rate = static_cast<double>(rate)}) {}

  const char* kind() const override { return "GradientDescent"; }
  template <class Real>
  void apply(const Update<Real>& update);

 private:
  std::vector<MomentStart> moments(const Shape&) const override { return {}; }
};

extern template class Rule<GradientDescent, GradientDescentOptions>;

}  // namespace thalweg::optim
