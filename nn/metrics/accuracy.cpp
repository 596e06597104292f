#include "thalweg/nn/metrics/accuracy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/extrema.hpp"

namespace thalweg::nn {
namespace {

/// True if fewer than k classes come before the label's.
bool among_first(Index k, Index classes, const double* scores, Index label) {
  const double s = scores[label];
  Index before = 0;
  for (Index c = 0; c < classes; ++c) before += scores[c] > s || (scores[c] == s && c < label);
  return before < k;
}

template <class Labels>
std::vector<bool> truth_values(const char* metric, const Numbers& scores, const Labels& labels) {
  if (scores.shape() != labels.shape())
    throw ShapeError(
        fmt::format("{}: scores {} and labels {}; expected the same shape, one score per example",
                    metric, scores.shape(), labels.shape()));
  std::vector<bool> truth;
  truth.reserve(labels.size());
  for (const auto label : labels.values()) {
    if (label != 0 && label != 1)
      throw ValueError(fmt::format("{}: label {}; expected 0 or 1", metric, label));
    truth.push_back(label == 1);
  }
  return truth;
}

}  // namespace

double detail::share_right(Index correct, Index count, Index without_order) {
  if (without_order > 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(correct) / static_cast<double>(count);
}

bool detail::has_nan(std::span<const double> scores) {
  return std::any_of(scores.begin(), scores.end(), [](double score) { return std::isnan(score); });
}

void detail::expect_scores(const char* metric, const Shape& scores, const IndexTensor& labels) {
  bool fits = scores.rank() == labels.rank() + 1;
  for (int axis = 0; fits && axis < labels.rank(); ++axis)
    fits = scores[axis] == labels.shape()[axis];
  if (!fits)
    throw ShapeError(fmt::format(
        "{}: scores {} and labels {}; expected [..., classes] and [...], the classes last", metric,
        scores, labels.shape()));
  op::expect_in_range(metric, "label", labels, scores.at(-1));
}

std::vector<bool> detail::binary_labels(const char* metric, const Numbers& scores,
                                        const Indices& labels) {
  return truth_values(metric, scores, labels);
}
std::vector<bool> detail::binary_labels(const char* metric, const Numbers& scores,
                                        const Numbers& labels) {
  return truth_values(metric, scores, labels);
}

template <class Real>
double accuracy(const Tensor<Real>& scores, const IndexTensor& labels) {
  if (scores.rank() != 2 || labels.shape() != Shape{scores.shape()[0]})
    throw ShapeError(fmt::format("accuracy: scores {} and labels {}; expected [n, classes] and [n]",
                                 scores.shape(), labels.shape()));
  const IndexTensor predicted = argmax(scores, 1);  // a NaN, if there is one
  Index correct = 0, without_order = 0;
  for (Index row = 0; row < labels.size(); ++row) {
    correct += predicted.data()[row] == labels.data()[row];
    without_order += std::isnan(scores.data()[row * scores.shape()[1] + predicted.data()[row]]);
  }
  return detail::share_right(correct, labels.size(), without_order);
}

TopK::TopK(Index k) : k_(k) {
  if (k < 1) throw ValueError(fmt::format("TopK: k is {}; expected at least 1", k));
}

void TopK::add(const Numbers& scores, const Indices& labels) {
  detail::expect_scores(k_ == 1 ? "Accuracy" : "TopK", scores.shape(), labels.tensor());
  const Index classes = scores.shape().at(-1);
  for (Index i = 0; i < labels.size(); ++i) {
    const double* const line = scores.tensor().data() + i * classes;
    correct_ += among_first(k_, classes, line, labels.tensor().data()[i]);
    without_order_ += detail::has_nan({line, static_cast<std::size_t>(classes)});
  }
  count_ += labels.size();
}

TopK& TopK::operator+=(const TopK& other) {
  if (k_ != other.k_)
    throw ValueError(
        fmt::format("TopK: the counts of the first {} cannot be added to those of the "
                    "first {}",
                    other.k_, k_));
  correct_ += other.correct_;
  count_ += other.count_;
  without_order_ += other.without_order_;
  return *this;
}

void BinaryAccuracy::count(const Numbers& scores, const std::vector<bool>& truth) {
  for (std::size_t i = 0; i < truth.size(); ++i) {
    correct_ += (scores.values()[i] > threshold_) == truth[i];
    without_order_ += std::isnan(scores.values()[i]);
  }
  count_ += scores.size();
}

void BinaryAccuracy::add(const Numbers& scores, const Indices& labels) {
  count(scores, detail::binary_labels("BinaryAccuracy", scores, labels));
}

void BinaryAccuracy::add(const Numbers& scores, const Numbers& labels) {
  count(scores, detail::binary_labels("BinaryAccuracy", scores, labels));
}

BinaryAccuracy& BinaryAccuracy::operator+=(const BinaryAccuracy& other) {
  if (threshold_ != other.threshold_)
    throw ValueError(fmt::format("BinaryAccuracy: thresholds {} and {} do not add up", threshold_,
                                 other.threshold_));
  correct_ += other.correct_;
  count_ += other.count_;
  without_order_ += other.without_order_;
  return *this;
}

#define THALWEG_INSTANTIATE(Real) template double accuracy(const Tensor<Real>&, const IndexTensor&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn
