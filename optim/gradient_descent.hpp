#pragma once
/// Gradient descent with a fixed rate.

#include "optim/state.hpp"

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
class GradientDescent {
 public:
  /// Throws ValueError for an option out of range.
  explicit GradientDescent(const GradientDescentOptions& options = {});

  /// One update of all parameters. Throws ValueError as ParameterCheck does.
  template <class Real>
  void step(const ParameterList<Real>& parameters, const Gradients& gradients);

  const GradientDescentOptions& options() const { return options_; }
  /// Another rate from the next step on. Throws ValueError if it is negative.
  void set_rate(double rate);
  /// Steps taken.
  Index steps() const { return steps_; }

 private:
  GradientDescentOptions options_;
  ParameterCheck check_;
  Index steps_ = 0;
};

}  // namespace thalweg::optim
