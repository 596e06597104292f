#pragma once
/// Newton's method in a trust region, without a Hessian matrix.

#include <limits>

#include "thalweg/optim/run/method.hpp"

namespace thalweg::optim {

struct NewtonOptions {
  /// Δ₀ > 0: the first trust region. Without: ‖x₀‖; from the origin |f(x₀)| / ‖∇f(x₀)‖, and 1 if
  /// that is none.
  std::optional<double> radius = {};
  double largest_radius = std::numeric_limits<double>::infinity();  ///< at least `radius`
  double acceptance = 1e-4;      ///< η in [0, 1/4): a step is taken if ρ > η
  double shrink = 0.25;          ///< in (0, 1): Δ ← shrink ‖p‖ where ρ < 1/4
  double grow = 2;               ///< > 1: Δ ← grow Δ where ρ > 3/4 at the boundary
  double forcing = 0.5;          ///< in [0, 1): the inner iteration's largest relative residual
  Index inner_iterations = 200;  ///< ≥ 1: Hessian-vector products per iteration
};

/// Trust-region Newton with truncated conjugate gradients.
///
///     auto result = optim::minimise(rosenbrock, {-1.2, 1.0}, optim::Newton{});
///
///     p ≈ argmin m(p) = f + gᵀp + ½ pᵀH p,   ‖p‖ ≤ Δ          by conjugate gradients
///     ρ = (f(x) − f(x + p)) / (m(0) − m(p))
///     x ← x + p                                                if ρ > η
///     Δ ← shrink ‖p‖                                           if ρ < 1/4
///     Δ ← min(grow Δ, largest_radius)                          if ρ > 3/4 and ‖p‖ = Δ
///
///     Δ  step of the iterates      η  options.acceptance
///
/// The conjugate gradients start at p = 0, end when ‖H p + g‖ ≤ min(forcing, √(‖g‖ / ‖g₀‖)) ‖g‖
/// (faster than linear convergence), and go to the boundary along the first direction of negative
/// curvature or where they leave the region. Their path is followed once per iteration: a smaller
/// region cuts the same path earlier, so that a rejected step costs one evaluation. An iteration
/// ends with a step that is taken.
///
/// H v is a difference of gradients (`Objective::hessian_vector`), right to about eight digits of
/// its largest component: enough for ‖g‖ ≤ 10⁻⁸ where the coordinates are of like size. Where the
/// model promises less than f's rounding shows, 10⁻¹⁰ |f|, the change of f is taken from the
/// gradients at both ends, −½ (g + g₊)ᵀp. A trial at which f or ∇f is not finite is rejected.
///
/// Ends by itself when no step lowers f: `method_converged` if the last offers were down to
/// rounding, `unbounded` if f came to −∞, else `line_search_failed`. Also at a saddle point with ∇f
/// = 0, since the path starts along −g.
///
/// Cost per iteration: one gradient per Hessian-vector product and one per trial. Memory: the
/// path, one array of n numbers per product.
///
/// Sources: J. Nocedal and S. J. Wright, "Numerical Optimization", 2006, Algorithms 4.1 and 7.2;
/// T. Steihaug, "The conjugate gradient method and trust regions in large scale optimization", SIAM
/// J. Numer. Anal. 20, 1983. Where versions disagree: the book shrinks Δ, which may leave an
/// interior step where it is; here the step itself is shortened, as in the book's first edition.
class Newton final : public Clonable<Newton> {
 public:
  using Options = NewtonOptions;
  /// Throws ValueError for an option out of range.
  explicit Newton(const Options& options = {});

  const char* kind() const override { return "Newton"; }
  const Options& options() const { return options_; }
  void begin(Objective& f, Point& point) override;
  std::optional<Halt> advance(Objective& f, Point& point) override;
  void archive(Archive& archive) override;

 private:
  void adapt(double ratio, double length, bool at_boundary);

  Options options_;
  double radius_ = 0;
  double length_ = 0;  // in the units of x, of the start
  double first_gradient_norm_ = 0;
};

}  // namespace thalweg::optim
