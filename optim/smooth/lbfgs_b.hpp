#pragma once
/// L-BFGS-B: L-BFGS within a box.

#include "thalweg/optim/line_search/strong_wolfe.hpp"
#include "thalweg/optim/objective/bounds.hpp"
#include "thalweg/optim/run/method.hpp"

namespace thalweg::optim {

namespace detail {
/// A step s, and by how much it changed the gradient.
struct CurvaturePair {
  std::vector<double> s, y;
};
}  // namespace detail

struct LbfgsBOptions {
  Bounds bounds = {};
  Index history = 10;  ///< m ≥ 1, pairs (s, y) that are remembered
  StrongWolfeOptions search = {.c1 = 1e-4};
};

/// Minimises f subject to lower ≤ x ≤ upper. All points where f is evaluated lie inside.
///
///     optim::LbfgsB method{{.bounds = {0, 1}}};
///     optim::LbfgsB other{{.bounds = {{0, -infinity}, {infinity, 2}}}};
///
/// The model of f at xₖ is quadratic, with the L-BFGS matrix in its compact form:
///
///     q(x) = f + gᵀ(x − xₖ) + ½ (x − xₖ)ᵀ B (x − xₖ),      B = θ 1 − W M Wᵀ,
///     W = [Y  θ S],   M⁻¹ = [−D  Lᵀ;  L  θ SᵀS],   D = diag(sᵢᵀyᵢ),   Lᵢⱼ = sᵢᵀyⱼ for i > j.
///
/// 1. The Cauchy point xᶜ is the first local minimum of q on the path P(xₖ − t g), t ≥ 0, which
///    bends where a bound is met. Coordinates at their bounds there stay fixed.
/// 2. q is minimised over the others, and the way from xᶜ to that minimum cut off at the box: x̄.
/// 3. xₖ₊₁ lies on the line from xₖ along x̄ − xₖ, by a strong Wolfe search that begins with 1.
///
/// gradient_norm is that of the projected gradient, which is zero at a minimum: of g without the
/// coordinates that are at a bound, to four units in the last place, and that −g points out of.
///
/// Without a history θ = ‖g‖ / ℓ, with g projected and ℓ the length of the last step, of the first
/// one ‖x₀‖ / 100 as in `Lbfgs`: the iterates do not depend on the units of f and x. Ends by itself
/// as `Lbfgs` does.
///
/// Cost beside f: O(m n + m³) and, where k bounds are met on the path, O(k m²).
///
/// Source: R. H. Byrd, P. Lu, J. Nocedal and C. Zhu, "A limited memory algorithm for bound
/// constrained optimization", SIAM J. Sci. Comput. 16, 1995: algorithms CP, direct primal method,
/// eqs. 3.2–3.6.
class LbfgsB final : public Clonable<LbfgsB> {
 public:
  /// Throws ValueError for an option out of range.
  explicit LbfgsB(const LbfgsBOptions& options = {});

  const char* kind() const override { return "LbfgsB"; }
  Bounds box() const override { return options_.bounds; }
  /// Throws ValueError for a start outside the bounds.
  void begin(Objective& f, Point& point) override;
  std::optional<Halt> advance(Objective& f, Point& point) override;
  void archive(Archive& archive) override;

 private:
  void project_norm(Point& point) const;
  void restart(const Point& point, double length);
  double longest(const Point& point, std::span<const double> d) const;
  void remember(const Point& from, const Point& to);

  LbfgsBOptions options_;
  StrongWolfe search_;
  std::vector<detail::CurvaturePair> pairs_;  // oldest first
  double theta_ = 1;   // yᵀy / sᵀy of the last pair; ‖g‖ / ℓ without one
  double length_ = 0;  // ℓ
};

}  // namespace thalweg::optim
