#pragma once
/// The line search of CG_DESCENT: Wolfe's conditions where values can tell, slopes where they
/// cannot.

#include "thalweg/optim/line_search/line_search.hpp"

namespace thalweg::optim {

struct HagerZhangOptions {
  double delta = 0.1;     ///< δ in (0, ½): sufficient decrease
  double sigma = 0.9;     ///< σ in [δ, 1): curvature
  double epsilon = 1e-6;  ///< ε ≥ 0: values may rise by ε |φ(0)|
  double theta = 0.5;     ///< θ in (0, 1): where a bracket that went too far is cut
  double gamma = 0.66;    ///< γ in (0, 1): a round shrinks the bracket at least by this
  double rho = 5;         ///< ρ > 1: how fast the first bracket grows
  int evaluations = 50;   ///< at most this many trials, ≥ 1
};

/// Finds α with the Wolfe conditions
///
///     φ(α) − φ(0) ≤ δ α φ′(0)      and      φ′(α) ≥ σ φ′(0),
///
/// or with the approximate ones, which near a minimum are exact to rounding where the first is not:
///
///     (2 δ − 1) φ′(0) ≥ φ′(α) ≥ σ φ′(0)      and      φ(α) ≤ φ(0) + ε |φ(0)|.
///
/// A bracket [a, b] with φ(a) ≤ φ(0) + ε|φ(0)|, φ′(a) < 0 ≤ φ′(b) shrinks by secant steps from both
/// ends, and by halves where these are slow. The value may rise by ε |φ(0)| in one iteration.
///
/// Source: W. W. Hager and H. Zhang, "A new conjugate gradient method with guaranteed descent and
/// an efficient line search", SIAM J. Optim. 16, 2005, sections 4 (L0–L3, U0–U3, S1–S4, B0–B3);
/// symbols and defaults are theirs.
class HagerZhang final : public LineSearch {
 public:
  static constexpr bool ensures_curvature = true;

  /// Throws ValueError for an option out of range.
  explicit HagerZhang(const HagerZhangOptions& options = {});

  Found search(Line& line, double first) const override;
  std::string describe() const override;

 private:
  class Bracketing;
  HagerZhangOptions options_;
};

}  // namespace thalweg::optim
