#pragma once
/// Gauss and Newton's method for nonlinear least squares.

#include "thalweg/optim/run/residual_method.hpp"
#include "thalweg/optim/smooth/linearisation.hpp"

namespace thalweg::optim {

struct GaussNewtonOptions {
  double decrease = 1e-4;      ///< c in (0, 1/2): the share of the slope that f has to lose
  double shrink = 0.5;         ///< in (0, 1): α ← shrink α where it does not
  double independent = 1e-10;  ///< in [0, 1): columns of J closer than this count as dependent
  double cosine = 1e-12;       ///< ≥ 0; converged where r and all columns of J are as orthogonal
};

/// Minimises f = ½ ‖r(x)‖² by linear least squares and backtracking.
///
///     auto fit = optim::minimise(residuals, {1.0, 0.1}, optim::GaussNewton{});
///
///     p = argmin ‖J p + r‖,  of these the one with the least ‖D p‖,     Dⱼ = ‖Jⱼ‖
///     x ← x + α p,   α the first of 1, s, s², … with  f(x + α p) ≤ f(x) + c α ∇f(x)ᵀp
///
///     α  step of the iterates      s  options.shrink      c  options.decrease
///
/// Solves a linear problem in one iteration, and one with small residuals nearly as fast as
/// Newton's method, without second derivatives; with large residuals the convergence is linear and
/// may fail, where `LevenbergMarquardt` is safer. Where J has dependent columns (parameters that
/// the data cannot tell apart), or m < n, the shortest step is taken: such a direction is left as
/// it is. D makes steps and rank independent of the parameters' units. A trial at which a residual
/// or a derivative is not finite is shortened.
///
/// Of NIST's nonlinear regressions it solves all 27 from the nearer start and 22 from the farther
/// one.
///
/// Ends by itself as `LevenbergMarquardt` does; that one says what to do with
/// `Limits::gradient_norm`.
///
/// Cost per iteration: 2 m n² + 50 n³ flops, one Jacobian and an evaluation per trial. Memory: J.
///
/// Sources: J. Nocedal and S. J. Wright, "Numerical Optimization", 2006, section 10.3 and Algorithm
/// 3.1; G. H. Golub and C. F. Van Loan, "Matrix Computations", 2013, section 5.5 (the shortest
/// solution).
class GaussNewton final : public Clonable<GaussNewton, ResidualMethod> {
 public:
  using Options = GaussNewtonOptions;
  /// Throws ValueError for an option out of range.
  explicit GaussNewton(const Options& options = {});

  const char* kind() const override { return "GaussNewton"; }
  const Options& options() const { return options_; }
  void archive(Archive& archive) override;

 private:
  struct Direction;

  void begin(Residuals& f, Point& point) override;
  std::optional<Halt> advance(Residuals& f, Point& point) override;
  Direction direction(const Point& point) const;

  Options options_;
  detail::Linearisation model_;  // at the point
};

}  // namespace thalweg::optim
