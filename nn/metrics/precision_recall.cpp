#include "thalweg/nn/metrics/precision_recall.hpp"

#include <fmt/format.h>

#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/extrema.hpp"

namespace thalweg::nn {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double share(double part, double whole) { return whole == 0 ? 0 : part / whole; }

}  // namespace

ClassScore::ClassScore(const char* name, ClassScoreOptions options, Score score)
    : name_(name), options_(options), score_(score) {
  if (options.positive < 0)
    throw ValueError(
        fmt::format("{}: positive is {}; expected the number of a class", name, options.positive));
}

Precision::Precision(ClassScoreOptions options)
    : ClassScore("precision", options,
                 [](const Counts& c) { return share(c.found, c.found + c.wrong); }) {}
Recall::Recall(ClassScoreOptions options)
    : ClassScore("recall", options,
                 [](const Counts& c) { return share(c.found, c.found + c.missed); }) {}
F1::F1(ClassScoreOptions options)
    : ClassScore("f1", options, [](const Counts& c) {
        return share(2 * c.found, 2 * c.found + c.wrong + c.missed);
      }) {}

std::string ClassScore::full_name() const {
  switch (options_.average) {
    case Average::micro:
      return fmt::format("micro_{}", name_);
    case Average::weighted:
      return fmt::format("weighted_{}", name_);
    case Average::macro:
    case Average::binary:
      break;
  }
  return name_;
}

void ClassScore::add(const Numbers& scores, const Indices& labels) {
  detail::expect_scores(name_, scores.shape(), labels.tensor());
  const Index classes = scores.shape().at(-1);
  if (options_.average == Average::binary && options_.positive >= classes)
    throw IndexError(fmt::format("{}: the positive class {} is out of range 0 to {}", name_,
                                 options_.positive, classes - 1));
  if (!counts_.empty() && counts_[0].size() != classes)
    throw ShapeError(fmt::format("{}: scores of {} classes after some of {}; expected as many",
                                 name_, classes, counts_[0].size()));
  if (labels.size() == 0) return;
  if (counts_.empty()) counts_.emplace_back(classes);
  const IndexTensor predicted = argmax(scores.tensor(), -1);  // a NaN, if there is one
  for (Index i = 0; i < labels.size(); ++i)
    if (std::isnan(scores.tensor().data()[i * classes + predicted.data()[i]]))
      ++without_order_;
    else
      counts_[0].add(labels.values()[static_cast<std::size_t>(i)], predicted.data()[i]);
}

ClassScore::Counts ClassScore::counts(Index c) const {
  const ConfusionMatrix& all = counts_[0];
  Index occurs = 0, predicted = 0;
  for (Index k = 0; k < all.size(); ++k) {
    occurs += all.count(c, k);
    predicted += all.count(k, c);
  }
  const Index found = all.count(c, c);
  return {double(found), double(predicted - found), double(occurs - found)};
}

double ClassScore::of_class(Index c) const {
  const Counts n = counts(c);
  return without_order_ > 0 || n.found + n.wrong + n.missed == 0 ? nan : score_(n);
}

std::vector<double> ClassScore::per_class() const {
  std::vector<double> all;
  for (Index c = 0; !counts_.empty() && c < counts_[0].size(); ++c) all.push_back(of_class(c));
  return all;
}

double ClassScore::value() const {
  if (counts_.empty() || without_order_ > 0) return nan;
  if (options_.average == Average::binary) return of_class(options_.positive);
  if (options_.average == Average::micro) return counts_[0].accuracy();
  double total = 0, weight = 0;
  for (Index c = 0; c < counts_[0].size(); ++c) {
    const Counts n = counts(c);
    if (n.found + n.wrong + n.missed == 0) continue;
    const double w = options_.average == Average::weighted ? n.found + n.missed : 1;
    total += w * score_(n);
    weight += w;
  }
  return total / weight;
}

const ConfusionMatrix& ClassScore::confusion() const {
  if (counts_.empty())
    throw ValueError(fmt::format("{}: nothing has been counted yet; add a batch first", name_));
  return counts_[0];
}

void ClassScore::add_part(const ClassScore& other) {
  if (options_.average != other.options_.average || options_.positive != other.options_.positive)
    throw ValueError(fmt::format("{}: only counts for the same average can be added", name_));
  without_order_ += other.without_order_;
  if (other.counts_.empty()) return;
  if (counts_.empty())
    counts_ = other.counts_;
  else
    counts_[0] += other.counts_[0];
}

}  // namespace thalweg::nn
