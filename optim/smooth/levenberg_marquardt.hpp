#pragma once
/// The method of Levenberg and Marquardt for nonlinear least squares.

#include "thalweg/optim/objective/bounds.hpp"
#include "thalweg/optim/objective/robust_loss.hpp"
#include "thalweg/optim/run/residual_method.hpp"
#include "thalweg/optim/smooth/linearisation.hpp"

namespace thalweg::optim {

namespace detail {
struct RegionStep;
}

struct LevenbergMarquardtOptions {
  double radius = 1;         ///< > 0: the first trust region, Δ₀ = radius ‖D x₀‖
  double acceptance = 1e-4;  ///< η in [0, 1/4): a step is taken if ρ > η
  double shrink = 0.5;       ///< in (0, 1): Δ ← shrink ‖D p‖ where ρ ≤ 1/4
  double grow = 2;  ///< > 1: Δ ← grow ‖D p‖ where ρ ≥ 3/4, or ρ > 1/4 inside the region
  double cosine = 1e-12;  ///< ≥ 0; converged where r and all columns of J are as orthogonal
  Bounds bounds = {};     ///< lower ≤ x ≤ upper
  RobustLoss loss = {};   ///< what a residual costs: squares
};

/// Minimises f = ½ ‖r(x)‖² by linear least squares in a trust region.
///
///     auto decay = [&](const auto& b) {  // residuals of y = b₀ e^(−b₁ t)
///       std::vector<Var<double>> r;
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
/// Within bounds all points where f is evaluated lie inside, and the solution satisfies the
/// conditions of Karush, Kuhn and Tucker: ∂f/∂xⱼ is 0, or ≥ 0 at a lower and ≤ 0 at an upper bound.
/// Coordinates at a bound that −∇f points out of are held; over the others p is as above. If x + p
/// lies outside the box, p is instead built from the Cauchy step, the first minimum of the model on
/// the path P(x − t D⁻² ∇f) within the region: coordinates that it leaves at bounds stay there, the
/// model is minimised over the rest, and the way there is cut where a bound is met, until there is
/// none. Either step lowers the model as far as Cauchy's, or further, which is what makes every
/// limit point of the iterates such a solution (Conn, Gould and Toint). Once the right bounds are
/// held it converges as it does without any; bounds that are not met change no step.
/// gradient_norm is that of the projected gradient, without what is held, and so is the cosine.
///
///     optim::LevenbergMarquardt within{{.bounds = {0, 1}}};
///     optim::LevenbergMarquardt robust{{.loss = optim::RobustLoss::cauchy(0.1)}};
///
/// With a loss f = Σ ½ C² ρ(rᵢ² / C²) is minimised (optim/objective/robust_loss.hpp), which is what
/// the run reports as value and gradient. r and J are then corrected so that Jᵀr = ∇f and
/// JᵀJ ≈ ∇²f, the loss's curvature included (Triggs; optim/smooth/linearisation.cpp).
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
/// digits. Cost per iteration: one J, an evaluation per trial and 2 m n² + 50 n³ flops; for a trial
/// that leaves the box up to n times these. J costs one backward sweep per residual. Memory: three
/// times J.
///
/// Sources: D. W. Marquardt, "An algorithm for least-squares estimation of nonlinear parameters",
/// SIAM J. 11, 1963; A. R. Conn, N. I. M. Gould and P. L. Toint, "Global convergence of a class of
/// trust region algorithms for optimization with simple bounds", SIAM J. Numer. Anal. 25, 1988;
/// B. Triggs, P. McLauchlan, R. Hartley and A. Fitzgibbon, "Bundle adjustment: a modern synthesis",
/// 2000, section 4.3; J. J. Moré, "The Levenberg-Marquardt algorithm: implementation and theory",
/// 1978 (D, the region, the cosine). Where versions disagree: Marquardt changes μ itself by
/// factors, and so does H. B. Nielsen, "Damping parameter in Marquardt's method", 1999; that never
/// gets rid of the damping where the model is good, and solves two of NIST's 54 runs less. Moré
/// solves ‖D p‖ = Δ to 10 %, here it is solved to rounding; his first region is 100 times as large.
class LevenbergMarquardt final : public Clonable<LevenbergMarquardt, ResidualMethod> {
 public:
  using Options = LevenbergMarquardtOptions;
  /// Throws ValueError for an option out of range. A start outside the bounds is refused, with the
  /// coordinate's name, when the run begins.
  explicit LevenbergMarquardt(const Options& options = {});

  const char* kind() const override { return "LevenbergMarquardt"; }
  const Options& options() const { return options_; }
  Bounds box() const override { return options_.bounds; }
  void archive(Archive& archive) override;

 private:
  void begin(Residuals& f, Point& point) override;
  std::optional<Halt> advance(Residuals& f, Point& point) override;
  void scale_by(const detail::Vector& column_norms);
  detail::Vector projected(const Point& point) const;
  std::optional<Halt> at_minimum(const Point& point) const;
  bool at_rounding(const detail::Vector& whole_step, const Point& point) const;
  void adapt(double ratio, const detail::RegionStep& step);

  Options options_;
  double radius_ = 0;            // Δ
  detail::Vector scale_;         // D
  detail::Linearisation model_;  // at the point
};

}  // namespace thalweg::optim
