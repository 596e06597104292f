#pragma once
/// L-BFGS: the quasi-Newton method for many variables.

#include "thalweg/optim/line_search/hager_zhang.hpp"
#include "thalweg/optim/line_search/strong_wolfe.hpp"
#include "thalweg/optim/smooth/direction_method.hpp"

namespace thalweg::optim {

struct LbfgsOptions {
  Index history = 10;  ///< m ≥ 1, pairs (s, y) that are remembered
  double first = 1;    ///< > 0; the first trial of a search
  /// ℓ > 0, the length of the very first step to try. Without: ‖x₀‖ / 100; from the origin |f(x₀)|
  /// / 100 ‖∇f(x₀)‖, and 1 / 100 if that is none.
  std::optional<double> first_length = {};
  double least_curvature = 0;  ///< ≥ 0; a pair with sᵀy not above this is not remembered
  double least_slope = 0;      ///< ≥ 0; converged when −gᵀd is not above this
};

/// dₖ = −Hₖ gₖ with Hₖ the BFGS approximation of the inverse Hessian from the last m steps.
///
///     optim::Lbfgs method;
///     optim::Lbfgs other{{.history = 20}, optim::HagerZhang{}};
///
///     sₖ = xₖ₊₁ − xₖ,   yₖ = gₖ₊₁ − gₖ,   ρₖ = 1 / sₖᵀyₖ
///     H⁺ = (1 − ρ s yᵀ) H (1 − ρ y sᵀ) + ρ s sᵀ,   begun with  (sᵀy / yᵀy) · 1  of the last pair
///
/// so that H⁺ y = s, the secant equation. The first trial of a search is options.first, as a rule
/// 1, Newton's step. Without a history H = (ℓ / ‖g‖) · 1, with ℓ the length of the last step, so
/// that the iterates do not depend on the units of f and x. A pair with sᵀy ≤ ε ‖s‖ ‖y‖, ε the
/// machine's, is not remembered. If a search fails, the history is forgotten and the search
/// repeated along −g; if that fails too, the run has converged, down to rounding, where dₖ offered
/// less than 10⁻¹² |f| or was shorter than 10⁻⁸ ‖x‖, and else gives up.
///
/// Memory: 2 m n numbers. Cost beside f: 4 m n multiplications per iteration. The search has to
/// fulfil the curvature condition, so that sᵀy > 0.
///
/// Source: J. Nocedal, "Updating quasi-Newton matrices with limited storage", Math. Comp. 35, 1980;
/// J. Nocedal and S. J. Wright, "Numerical Optimization", 2006, Algorithms 7.4 and 7.5. PyTorch's
/// LBFGS is this one with StrongWolfe{{.least_width = 1e-9}}, least_curvature = 1e-10, least_slope
/// = 1e-9 and ℓ = min(1, 1 / ‖g‖₁) ‖g‖. ℓ here is that of W. W. Hager and H. Zhang, ACM TOMS 32,
/// 2006, step I0.
class Lbfgs final : public Clonable<Lbfgs, DirectionMethod> {
 public:
  /// Throws ValueError for an option out of range.
  explicit Lbfgs(const LbfgsOptions& options = {}) : Lbfgs(options, StrongWolfe{}) {}
  template <CurvatureSearch S>
  Lbfgs(const LbfgsOptions& options, const S& search) : Clonable(search), options_(options) {
    validate();
  }
  template <Search S>  // any other
  Lbfgs(const LbfgsOptions& options, const S& search) = delete;

  const char* kind() const override { return "Lbfgs"; }
  const LbfgsOptions& options() const { return options_; }
  /// H v ← v, with the present approximation H of the inverse Hessian.
  void apply_inverse_hessian(std::span<double> v) const;

 private:
  void validate() const;
  double direction(const Point& point, std::span<double> d) override;
  void moved(const Point& from, const Point& to) override;
  bool forget() override;
  bool steps_to_minimum() const override { return !pairs_.empty(); }
  double least_slope() const override { return options_.least_slope; }
  void archive_state(Archive& archive) override;

  LbfgsOptions options_;
  struct Pair {
    std::vector<double> s, y;
    double rho = 0;
  };
  std::vector<Pair> pairs_;  // oldest first
  double scale_ = 1;         // sᵀy / yᵀy of the last pair; ℓ / ‖g‖ without one
};

}  // namespace thalweg::optim
