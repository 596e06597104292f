#pragma once
/// `Plateau`: a smaller rate when the loss has stopped improving.

#include "thalweg/optim/schedule/schedule.hpp"
#include "thalweg/optim/state/archive.hpp"

namespace thalweg::optim {

/// Which losses are better.
enum class Better { lower, higher };
/// Whether a threshold is a share of the best loss or a difference.
enum class ThresholdMode { relative, absolute };

struct PlateauOptions {
  double rate = required;   ///< α₀ ≥ 0
  double factor = 0.1;      ///< φ in [0, 1)
  Index patience = 10;      ///< p ≥ 0
  double threshold = 1e-4;  ///< θ ≥ 0; below 1 if a share of losses that fall
  ThresholdMode threshold_mode = ThresholdMode::relative;
  Index cooldown = 0;     ///< c ≥ 0
  double least_rate = 0;  ///< α_min ≥ 0
  double epsilon = 0;     ///< ε ≥ 0, in the unit of the rates
  Better better = Better::lower;
};

/// Reduces the rate when more than p losses in a row were no improvement.
///
///     optim::Plateau plateau{{.rate = 0.1, .factor = 0.5, .patience = 5}};
///     …
///     adam.set_rate(plateau(validation_loss));  // once an epoch
///
///     improvement:  L < L* − θ |L*| if relative,  L < L* − θ if absolute;  then L* ← L
///     (of losses that are better when higher:  L > L* + θ |L*|,  L > L* + θ)
///
///     no improvement p + 1 times in a row:  α ← max(φ α, α_min) if that is smaller by more than ε;
///                                           the next c losses are not counted
///
///     α₀, α  rate, rate()      p  patience      c      cooldown
///     φ      factor            θ  threshold     α_min  least_rate
///     L*     best()            ε  epsilon
///
/// A loss that is NaN is no improvement. PyTorch: ReduceLROnPlateau, the same for L* ≥ 0 with
/// epsilon = 1e-8, whereby rates of that size are never reduced. Its
/// relative threshold is L* (1 − θ), which is above a negative L*: there a loss that stays where it
/// is, or rises a little, improves for ever.
class Plateau {
 public:
  static constexpr auto kind = "Plateau";

  /// Throws ValueError for an option out of its domain.
  explicit Plateau(const PlateauOptions& options);

  /// Takes note of a loss; the rate for the next step.
  double operator()(double loss);

  const PlateauOptions& options() const { return options_; }
  double rate() const { return rate_; }
  /// The best loss so far; ±∞, the worst, before the first.
  double best() const { return best_; }
  /// How many losses in a row were no improvement.
  Index waited() const { return waited_; }

 private:
  bool improves(double loss) const;

  PlateauOptions options_;
  double rate_;
  double best_;
  Index waited_ = 0;
  Index cooling_ = 0;  // losses that still will not be counted

 public:
  // What checkpoints keep: state, not options.
  static constexpr auto fields = named("rate", &Plateau::rate_, "best", &Plateau::best_, "waited",
                                       &Plateau::waited_, "cooling", &Plateau::cooling_);
};

}  // namespace thalweg::optim
