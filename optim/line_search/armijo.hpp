#pragma once
/// Backtracking until the value has fallen enough.

#include "thalweg/optim/line_search/line_search.hpp"

namespace thalweg::optim {

struct ArmijoOptions {
  double c1 = 1e-4;      ///< c₁ in (0, 1): the share of the predicted decrease that is asked for
  double factor = 0.5;   ///< τ in (0, 1)
  int evaluations = 60;  ///< at most this many trials, ≥ 1
};

/// α ← first;  while φ(α) > φ(0) + c₁ α φ′(0):  α ← τ α.
///
///     c₁  options.c1      τ  options.factor
///
/// One value per trial, no gradient. It says nothing about φ′(α), so that it does not ensure
/// sᵀy > 0: enough for steepest descent, not for quasi-Newton methods.
///
/// Source: L. Armijo, "Minimization of functions having Lipschitz continuous first partial
/// derivatives", 1966; J. Nocedal and S. J. Wright, "Numerical Optimization", 2006, Algorithm 3.1.
class Armijo final : public LineSearch {
 public:
  static constexpr bool ensures_curvature = false;

  /// Throws ValueError for an option out of range.
  explicit Armijo(const ArmijoOptions& options = {});

  Found search(Line& line, double first) const override;
  std::string describe() const override;

 private:
  ArmijoOptions options_;
};

}  // namespace thalweg::optim
