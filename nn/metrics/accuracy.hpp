#pragma once
/// How often a classifier is right.

#include <span>
#include <string>
#include <vector>

#include "thalweg/autodiff/base/fields.hpp"
#include "thalweg/autodiff/ops/indices.hpp"
#include "thalweg/autodiff/ops/numbers.hpp"

namespace thalweg::nn {

namespace detail {
/// correct / count; NaN if nothing is counted, and if some scores had no order.
double share_right(Index correct, Index count, Index without_order);
/// True if one of a line's scores is NaN.
bool has_nan(std::span<const double> scores);
}  // namespace detail

/// The share of rows whose largest score is at the label's place; NaN without rows, and where a
/// score is NaN.
///
///     scores [n, classes]    labels [n]
///
/// Throws ShapeError if the shapes do not fit.
template <class Real>
double accuracy(const Tensor<Real>& scores, const IndexTensor& labels);

template <TensorExpressionType E>
double accuracy(const E& scores, const IndexTensor& labels) {
  return accuracy(scores.node(), labels);
}

/// The share of examples whose label is among the k classes with the largest scores.
///
///     nn::TopK top5{5};
///     top5.add(model(x), labels);        // scores […, classes]    labels […]
///
/// Of equal scores the class with the lower number comes first, as in argmax. Scores among which
/// one is NaN put no class first: from then on the value is NaN. With k ≥ classes everything is
/// right.
class TopK {
 public:
  /// Throws ValueError unless k is at least 1.
  explicit TopK(Index k);

  /// "top_5"
  std::string name() const { return "top_" + std::to_string(k_); }
  /// Throws ShapeError unless there is one label per line of scores, IndexError for a label that is
  /// no class; counts nothing then.
  void add(const Numbers& scores, const Indices& labels);
  /// NaN before the first example.
  double value() const { return detail::share_right(correct_, count_, without_order_); }
  void reset() { correct_ = count_ = without_order_ = 0; }
  /// Throws ValueError if the other has another k.
  TopK& operator+=(const TopK& other);

  Index correct() const { return correct_; }
  Index count() const { return count_; }

 private:
  Index k_;
  Index correct_ = 0;
  Index count_ = 0;
  Index without_order_ = 0;  // examples with a NaN among their scores

 public:
  static constexpr auto fields = named("correct", &TopK::correct_, "count", &TopK::count_,
                                       "without_order", &TopK::without_order_);
};

/// The share of examples whose largest score is the label's: TopK with k = 1.
class Accuracy : public TopK {
 public:
  Accuracy() : TopK(1) {}
  std::string name() const { return "accuracy"; }
};

/// The share of examples of two classes that are told apart at a threshold: score > threshold is
/// taken for class 1.
///
///     scores […]    labels […] of 0 and 1, whole or floating-point numbers
///
///     nn::BinaryAccuracy accuracy;                 // scores are logits
///     nn::BinaryAccuracy of_probabilities{0.5};    // scores are probabilities
///
/// A score that is NaN makes the value NaN. Throws ShapeError unless the shapes are equal,
/// ValueError for a label that is neither 0 nor 1.
class BinaryAccuracy {
 public:
  explicit BinaryAccuracy(double threshold = 0) : threshold_(threshold) {}

  std::string name() const { return "accuracy"; }
  void add(const Numbers& scores, const Indices& labels);
  void add(const Numbers& scores, const Numbers& labels);
  double value() const { return detail::share_right(correct_, count_, without_order_); }
  void reset() { correct_ = count_ = without_order_ = 0; }
  /// Throws ValueError if the other has another threshold.
  BinaryAccuracy& operator+=(const BinaryAccuracy& other);

 private:
  void count(const Numbers& scores, const std::vector<bool>& truth);

  double threshold_;
  Index correct_ = 0;
  Index count_ = 0;
  Index without_order_ = 0;  // scores that are NaN

 public:
  static constexpr auto fields =
      named("correct", &BinaryAccuracy::correct_, "count", &BinaryAccuracy::count_, "without_order",
            &BinaryAccuracy::without_order_);
};

namespace detail {
/// Throws ShapeError "accuracy: scores [4, 3] and labels [5]; expected […, classes] and […]", or
/// IndexError for a label that is no class.
void expect_scores(const char* metric, const Shape& scores, const IndexTensor& labels);
/// Labels of two classes as truth values.
std::vector<bool> binary_labels(const char* metric, const Numbers& scores, const Indices& labels);
std::vector<bool> binary_labels(const char* metric, const Numbers& scores, const Numbers& labels);
}  // namespace detail

}  // namespace thalweg::nn
