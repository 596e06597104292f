#pragma once
/// `LossSlope`: a smaller rate when a line through the last losses no longer falls.

#include <deque>
#include <span>

#include "thalweg/optim/schedule/schedule.hpp"
#include "thalweg/optim/state/archive.hpp"

namespace thalweg::optim {

/// How likely it is that a noisy sequence falls: P(b < 0) for the slope b of the line behind it.
///
///     model:  yᵢ = a + b xᵢ + noise,  xᵢ = 0, 1, …, n − 1,  noise of one normal distribution
///     b̂  = Sxy / Sxx                         the slope of the least-squares line
///     s² = (Syy − Sxy² / Sxx) / (n − 2)      the noise's variance, from the residuals
///     b̂ is normal around b with variance s² / Sxx;  knowing nothing else of b,
///     P(b < 0) = Φ(−b̂ √Sxx / s),             Φ the normal distribution function
///
///     Sxx = Σ (xᵢ − x̄)²      Sxy = Σ (xᵢ − x̄)(yᵢ − ȳ)      Syy = Σ (yᵢ − ȳ)²
///
/// For consecutive xᵢ, Sxx = (n³ − n)/12: the slope's error falls like n^(−3/2). Strictly, with s
/// estimated too, Φ should be Student's distribution with n − 2 degrees of freedom. Near P = ½,
/// where LossSlope decides, the two differ by 1 % of P − ½ at n = 30 and by less beyond.
///
/// An element that is not finite is left out, but its place counts. ½ if less than three are left,
/// and for a constant sequence.
double probability_of_decrease(std::span<const double> sequence);

/// For how many steps, up to the last, a sequence shows no sign of decrease: the length of its
/// longest suffix, of at least three elements, with P(b < 0) < confidence; 0 if there is none.
/// At confidence 0.51 a small sign of decrease will do, at 0.99 it has to be nearly certain.
///
/// With discard > 0, the share `discard` of the elements that is largest in the whole sequence is
/// left out first, for a late spike hides a decrease. Cost: linear in the sequence's length.
/// Throws ValueError if confidence is not in (0, 1) or discard not in [0, 1).
Index steps_without_decrease(std::span<const double> sequence, double confidence = 0.51,
                             double discard = 0);

struct LossSlopeOptions {
  double rate = required;    ///< α₀ ≥ 0
  double factor = 0.1;       ///< φ in [0, 1)
  Index patience = 2000;     ///< p ≥ 2 steps
  double confidence = 0.51;  ///< in (0, 1)
  double discard = 0.1;      ///< in [0, 1): share of the losses that the second look leaves out
  double least_rate = 0;     ///< α_min ≥ 0
};

/// Reduces the rate when the loss of mini-batches, noisy as it is, has not fallen for p steps.
///
///     optim::LossSlope slope{{.rate = 0.1, .patience = 1000}};
///     …
///     sgd.set_rate(slope(loss.item()));  // every step
///
///     every p + 1 losses:  if steps_without_decrease of the last p + 1, once of all and once
///                          without the worst, is more than p:
///     α ← max(φ α, α_min), and the losses are forgotten
///
///     α₀, α  rate, rate()      p  patience      α_min  least_rate      φ  factor
///
/// At confidence 0.51 flat noise passes for a decrease half of the time, in either count: the rate
/// of a flat loss is reduced with probability 0.41 at a look, after two and a half windows of p + 1
/// losses on average. That of a loss that falls by d a step amid noise of deviation s is reduced
/// with probability 0.15 at a look if d (p + 1)^(3/2) = 3 s, and 0.015 if it is 7 s.
/// Memory: p + 1 numbers. Cost: constant per loss on average; a look goes over the p + 1.
///
/// Source: D. E. King, "Automatic Learning Rate Scheduling That Really Works", blog.dlib.net, 2018,
/// and the documentation of dlib's count_steps_without_decrease, whose trainers use this rule.
class LossSlope {
 public:
  static constexpr auto kind = "LossSlope";

  /// Throws ValueError for an option out of its domain.
  explicit LossSlope(const LossSlopeOptions& options);

  /// Takes note of a loss; the rate for the next step. One that is not finite counts as a step
  /// that tells nothing.
  double operator()(double loss);

  const LossSlopeOptions& options() const { return options_; }
  double rate() const { return rate_; }
  /// Of the losses since the rate last changed, p + 1 at most: the smaller of the two counts.
  Index steps_without_decrease() const;

  /// State that checkpoints keep; options they do not.
  void archive(Archive& archive);

 private:
  LossSlopeOptions options_;
  double rate_;
  std::deque<double> losses_;  // the last ones, p + 1 at most
  Index unseen_ = 0;           // how many came since the last look
};

}  // namespace thalweg::optim
