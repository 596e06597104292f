#pragma once
/// The strong Wolfe conditions: the value has fallen enough, and the slope has flattened enough.

#include "thalweg/optim/line_search/line_search.hpp"

namespace thalweg::optim {

struct StrongWolfeOptions {
  double c1 = 1e-4;        ///< sufficient decrease, 0 < c₁ < c₂
  double c2 = 0.9;         ///< curvature, c₂ < 1; 0.1 suits conjugate gradients
  int evaluations = 25;    ///< at most this many trials after the first, ≥ 1
  double least_width = 0;  ///< ends when the bracket's width times ‖d‖∞ is below this, ≥ 0
};

/// Finds α with
///
///     φ(α) ≤ φ(0) + c₁ α φ′(0)      and      |φ′(α)| ≤ c₂ |φ′(0)|
///
///     c₁, c₂  options.c1, options.c2
///
/// First trial by trial outwards until two of them enclose such an α, then inwards, by the minimum
/// of the cubic through the ends' values and slopes. Outwards a trial is 1.01 to 10 times as long
/// as the last; inwards one that falls into the outer tenth of the bracket twice in a row is
/// replaced by the tenth itself. Each trial costs one gradient.
///
/// Where φ(α) and φ(0) agree to eleven digits, rounding may hide the decrease; slopes then tell it,
/// φ′(α) ≤ (2 c₁ − 1) φ′(0), as Hager and Zhang do.
///
/// Sources: J. Nocedal and S. J. Wright, "Numerical Optimization", 2006, Algorithms 3.5 and 3.6 and
/// eq. 3.59; the safeguards are those of M. Schmidt's minFunc, 2005, and PyTorch, whose least_width
/// is 1e-9. Nocedal and Wright compare a trial's value with the one before from the second trial
/// on; minFunc and PyTorch, followed here, from the third.
class StrongWolfe final : public LineSearch {
 public:
  static constexpr bool ensures_curvature = true;

  /// Throws ValueError for an option out of range.
  explicit StrongWolfe(const StrongWolfeOptions& options = {});

  Found search(Line& line, double first) const override;
  std::string describe() const override;

 private:
  struct Bracket;
  static bool indistinct(const Trial& start, const Trial& trial);
  bool decreases(const Trial& start, const Trial& trial) const;
  Found zoom(Line& line, Bracket bracket, int trials) const;

  StrongWolfeOptions options_;
};

namespace detail {
/// Where the cubic through two trials' values and slopes has its minimum, kept within lo … hi; the
/// middle of these if it has none.
double cubic_minimum(const Trial& a, const Trial& b, double lo, double hi);
}  // namespace detail

}  // namespace thalweg::optim
