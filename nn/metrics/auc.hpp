#pragma once
/// The area under the ROC curve.

#include "thalweg/nn/metrics/accuracy.hpp"

namespace thalweg::nn {

/// The probability that an example of class 1 has a larger score than one of class 0, equal scores
/// counting half: the area under the curve of true against false positives over all thresholds.
///
///     A = Σ_pairs ([s₁ > s₀] + ½ [s₁ = s₀]) / (n₁ n₀)
///
///     scores […]    labels […] of 0 and 1, whole or floating-point numbers
///
///     nn::Auc auc;
///     auc.add(model(x), y);      // logits or probabilities: only their order counts
///
/// Exact, ties included: keeps every score and sorts them when asked for the value, in
/// O(n log n). NaN while one class has no example, or if a score is NaN. Throws ShapeError unless
/// the shapes are equal, ValueError for a label that is neither 0 nor 1; counts nothing then.
class Auc {
 public:
  std::string name() const { return "auc"; }
  void add(const Numbers& scores, const Indices& labels);
  void add(const Numbers& scores, const Numbers& labels);
  double value() const;
  void reset();
  Auc& operator+=(const Auc& other);

  /// For runs that are saved in the middle of an epoch (optim/state/archive.hpp).
  template <class Archive>
  void archive(Archive& a) {
    a("negative", scores_[0]), a("positive", scores_[1]);
  }

 private:
  void count(const Numbers& scores, const std::vector<bool>& truth);

  std::vector<double> scores_[2];  // of the classes
};

}  // namespace thalweg::nn
