#include "thalweg/nn/data/sampler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::nn {
namespace {

std::vector<Index> in_order(Index n) {
  std::vector<Index> order(n);
  std::iota(order.begin(), order.end(), Index{0});
  return order;
}

void expect_length(const char* sampler, const char* what, std::size_t length, Index n) {
  if (static_cast<Index>(length) != n)
    throw ShapeError(fmt::format("{}: {} {} for {} examples", sampler, length, what, n));
}

/// The positions of the `count` smallest keys, those first.
std::vector<Index> smallest(const std::vector<double>& keys, Index count) {
  std::vector<Index> order = in_order(static_cast<Index>(keys.size()));
  const auto key = [&](Index i) { return keys[i]; };
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return key(a) < key(b); });
  order.resize(count);
  return order;
}

}  // namespace

std::vector<Index> SequentialSampler::operator()(Index n, Random&) const { return in_order(n); }

std::vector<Index> RandomSampler::operator()(Index n, Random& random) const {
  return random.permutation(n);
}

WeightedRandomSampler::WeightedRandomSampler(std::vector<double> weights,
                                             const WeightedOptions& options)
    : weights_(std::move(weights)), replacement_(options.replacement) {
  double sum = 0;
  Index positive = 0;
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    if (!(weights_[i] >= 0) || !std::isfinite(weights_[i]))
      throw ValueError(fmt::format(
          "WeightedRandomSampler: weight {} is {}; expected a number, at least 0", i, weights_[i]));
    sums_.push_back(sum += weights_[i]);
    positive += weights_[i] > 0;
  }
  if (positive == 0)
    throw ValueError("WeightedRandomSampler: no weight is above 0; expected at least one");
  count_ = options.count.value_or(replacement_ ? static_cast<Index>(weights_.size()) : positive);
  if (count_ < 1 || (!replacement_ && count_ > positive))
    throw ValueError(fmt::format("WeightedRandomSampler: count is {}; expected a whole number{}",
                                 count_,
                                 replacement_ ? ", at least 1"
                                              : fmt::format(" in [1, {}]: there are no more "
                                                            "weights above 0",
                                                            positive)));
}

std::vector<Index> WeightedRandomSampler::operator()(Index n, Random& random) const {
  expect_length("WeightedRandomSampler", "weights", weights_.size(), n);
  return replacement_ ? drawn(random) : chosen(random);
}

std::vector<Index> WeightedRandomSampler::drawn(Random& random) const {
  std::vector<Index> order;
  for (Index k = 0; k < count_; ++k) {
    const double at = random.uniform() * sums_.back();
    auto found = std::upper_bound(sums_.begin(), sums_.end(), at);
    // Rounding may make `at` the whole sum: then the last example that has a weight.
    if (found == sums_.end()) found = std::lower_bound(sums_.begin(), sums_.end(), sums_.back());
    order.push_back(found - sums_.begin());
  }
  return order;
}

std::vector<Index> WeightedRandomSampler::chosen(Random& random) const {
  // u^(1/w) is largest where −log u / w is smallest: the first events of clocks of rates w.
  std::vector<double> times;
  for (const double weight : weights_) {
    const double wait = -std::log1p(-random.uniform());
    times.push_back(weight > 0 ? wait / weight : std::numeric_limits<double>::infinity());
  }
  return smallest(times, count_);
}

std::vector<double> class_balancing_weights(const IndexTensor& labels) {
  std::map<Index, double> counts;
  for (const Index label : labels.values()) {
    if (label < 0)
      throw IndexError(fmt::format("class_balancing_weights: label {} is negative", label));
    ++counts[label];
  }
  std::vector<double> weights;
  for (const Index label : labels.values()) weights.push_back(1 / counts[label]);
  return weights;
}

StratifiedSampler::StratifiedSampler(const IndexTensor& labels) : labels_(labels) {
  if (labels.rank() != 1)
    throw ShapeError(
        fmt::format("StratifiedSampler: labels have shape {}; expected [n]", labels.shape()));
}

std::vector<Index> StratifiedSampler::operator()(Index n, Random& random) const {
  expect_length("StratifiedSampler", "labels", static_cast<std::size_t>(labels_.size()), n);
  std::map<Index, std::vector<Index>> classes;
  for (const Index i : random.permutation(n)) classes[labels_.data()[i]].push_back(i);
  std::vector<double> places(n);
  for (const auto& [label, members] : classes)
    for (std::size_t k = 0; k < members.size(); ++k)
      places[members[k]] =
          (static_cast<double>(k) + random.uniform()) / static_cast<double>(members.size());
  return smallest(places, n);
}

}  // namespace thalweg::nn
