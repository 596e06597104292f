#pragma once
/// Averages of weights over the steps of training.

#include "thalweg/optim/training/kept_arrays.hpp"

namespace thalweg::optim {

struct WeightAverageOptions {
  double decay = 0.999;          ///< β in [0, 1); the last 1 / (1 − β) weights count
  bool bias_correction = false;  ///< the first weights count no more than later ones
  bool mean = false;             ///< all weights count alike; β is not used
};

/// An average of the weights that training goes through, which often generalises better than the
/// last of them. It goes with any optimizer:
///
///     optim::WeightAverage average{{.decay = 0.999}};
///     for (…) {
///       adam.step(parameters, tape.backward(loss));
///       average.update(parameters);
///     }
///     average.swap(parameters);      // evaluate with the average
///     …
///     average.swap(parameters);      // and go on
///
///     a ← w at the first update, then a ← a + c (w − a), with c at update t
///
///     1 − β                      exponential average
///     (1 − β) / (1 − βᵗ)         with bias_correction: weights go as β^(t − s) from the first on
///     1 / t                      with mean
///
///     β  options.decay      t  updates()      a  average()[k].value
///
/// Memory: one array per parameter.
///
/// Sources: B. T. Polyak and A. B. Juditsky, "Acceleration of Stochastic Approximation by
/// Averaging", 1992; P. Izmailov et al., "Averaging Weights Leads to Wider Optima and Better
/// Generalization", UAI 2018, for the mean (SWA: updated once per epoch, late in training).
class WeightAverage {
 public:
  using Options = WeightAverageOptions;
  static constexpr auto kind = "WeightAverage";

  /// Throws ValueError for a decay outside [0, 1).
  explicit WeightAverage(const Options& options = {});

  /// Takes in the weights. Throws ValueError for an empty list or another one than before, and
  /// while the parameters hold the average.
  template <class Real>
  void update(const ParameterList<Real>& parameters);
  /// Exchanges average and weights; a second call undoes it, to the bit. Throws ValueError for
  /// another list, or if there is no average yet.
  template <class Real>
  void swap(const ParameterList<Real>& parameters);
  /// Gives the average to these parameters, or to another model's of the same names. Throws as
  /// `swap`, and while the weights are exchanged.
  template <class Real>
  void copy_to(const ParameterList<Real>& parameters) const;

  const Options& options() const { return options_; }
  Index updates() const { return updates_; }
  /// True after an odd number of swaps: then `average` are the weights.
  bool swapped() const { return swapped_; }
  /// In the list's order; empty for the number type that the parameters are not made of.
  template <class Real>
  const std::vector<Moment<Real>>& average() const {
    return average_.of<Real>();
  }

  void archive(Archive& archive);

 private:
  double share() const;  // c
  template <class Real>
  void expect_average_of(const ParameterList<Real>& parameters) const;
  void expect_own() const;

  Options options_;
  Index updates_ = 0;
  bool swapped_ = false;
  detail::KeptArrays average_;
};

}  // namespace thalweg::optim
