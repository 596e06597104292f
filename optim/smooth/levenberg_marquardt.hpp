#pragma once
/// The method of Levenberg and Marquardt for nonlinear least squares.

#include "thalweg/optim/run/residual_method.hpp"
#include "thalweg/optim/smooth/linearisation.hpp"

namespace thalweg::optim {

struct LevenbergMarquardtOptions {
  double radius = 1;         ///< > 0: the first trust region, Δ₀ = radius ‖D x₀‖
  double acceptance = 1e-4;  ///< η in [0, 1/4): a step is taken if ρ > η
  double shrink = 0.5;       ///< in (0, 1): Δ ← shrink ‖D p‖ where ρ ≤ 1/4
  double grow = 2;  ///< > 1: Δ ← grow ‖D p‖ where ρ ≥ 3/4, or ρ > 1/4 inside the region
  double cosine = 1e-12;  ///< ≥ 0; converged where r and all columns of J are as orthogonal
};

/// Minimises f = ½ ‖r(x)‖² by linear least squares in a trust region.
///
///     auto decay = [&](const auto& b) {  // residuals of y = b₀ e^(−b₁ t)
///       std::vector<Var<>> r;
///       for (std::size_t i = 0; i < t.size(); ++i) r.push_back(b[0] * exp(-b[1] * t[i]) - y[i]);
///       return r;
///     };
///     auto fit = optim::minimise(decay, {1.0, 0.1}, optim::LevenbergMarquardt{},
///                                {.gradient_norm = {}});
///
///     p = argmin ½ ‖J p + r‖²,   ‖D p‖ ≤ Δ,     Dⱼ = max ‖Jⱼ‖ over the points so far
///       = −(JᵀJ + μ D²)⁻¹ Jᵀr,   μ = 0 or ‖D p‖ = Δ
///     ρ = (f(x) − f(x + p)) / (½ ‖J p‖² + μ ‖D p‖²)
///     x ← x + p              if ρ > η
///     Δ ← shrink ‖D p‖       if ρ ≤ 1/4
///     Δ ← grow ‖D p‖         if ρ ≥ 3/4, or ρ > 1/4 and μ = 0
///
///     Δ  step of the iterates; Δ₀ = radius ‖r‖ if x₀ = 0      J  ∂r/∂x [m, n]
///
/// In a large region the step is that of Gauss and Newton, in a small one it goes along −D⁻² ∇f.
/// Since D has the units of J, neither steps nor tests change when a parameter is measured in
/// another unit; a column that has always been zero counts as of length 1. J may be rank-deficient
/// or have m < n: of several minimisers of the model the one with the shortest D p is taken. An
/// iteration ends with a step that is taken. A trial at which a residual or a derivative is not
/// finite is rejected. Where the model promises less than f's rounding shows, 10⁻¹⁰ f, the change
/// of f is taken from the gradients at both ends.
///
/// Ends by itself, `method_converged`, when
///
///     max |Jⱼᵀr| / (‖Jⱼ‖ ‖r‖) ≤ cosine
///
/// or when no step lowers f any more and all that is left is rounding; `line_search_failed` when
/// none does though it should. `Limits::gradient_norm` depends on the parameters' units: switch it
/// off where these are unlike, as above. How well the data determine x says `covariance`.
///
/// All 27 nonlinear regressions of NIST's reference datasets are solved from both starts, to eight
/// digits and more. Where there are several minima, or a plateau at infinity, the radius decides
/// which is found.
///
/// The linear problem is solved through the singular values of J D⁻¹, once per iteration: then μ is
/// the root of an explicit function and another trial costs n² flops. JᵀJ would lose half the
/// digits. Cost per iteration: one J, an evaluation per trial and 2 m n² + 50 n³ flops. J costs one
/// backward sweep per residual. Memory: three times J.
///
/// Sources: D. W. Marquardt, "An algorithm for least-squares estimation of nonlinear parameters",
/// SIAM J. 11, 1963; J. J. Moré, "The Levenberg-Marquardt algorithm: implementation and theory",
/// 1978 (D, the region, the cosine). Where versions disagree: Marquardt changes μ itself by
/// factors, and so does H. B. Nielsen, "Damping parameter in Marquardt's method", 1999; that never
/// gets rid of the damping where the model is good, and solves two of NIST's 54 runs less. Moré
/// solves ‖D p‖ = Δ to 10 %, here it is solved to rounding; his first region is 100 times as large.
class LevenbergMarquardt final : public Clonable<LevenbergMarquardt, ResidualMethod> {
 public:
  using Options = LevenbergMarquardtOptions;
  /// Throws ValueError for an option out of range.
  explicit LevenbergMarquardt(const Options& options = {});

  const char* kind() const override { return "LevenbergMarquardt"; }
  const Options& options() const { return options_; }
  void archive(Archive& archive) override;

 private:
  void begin(Residuals& f, Point& point) override;
  std::optional<Halt> advance(Residuals& f, Point& point) override;
  void scale_by(const detail::Vector& column_norms);
  bool at_rounding(const std::vector<detail::Axis>& j, const Point& point) const;
  void adapt(double ratio, double length, bool at_boundary);

  Options options_;
  double radius_ = 0;            // Δ
  detail::Vector scale_;         // D
  detail::Linearisation model_;  // at the point
};

}  // namespace thalweg::optim
