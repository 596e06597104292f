#pragma once
/// In which order the examples of an epoch come.
///
///     nn::DataLoader loader{train, {.batch = 64, .sampler = nn::StratifiedSampler{train.y}}};
///
/// A sampler is a function of the number of examples and a generator that gives the positions of
/// one epoch; any such function will do:
///
///     nn::Sampler backwards = [](Index n, Random&) {
///       std::vector<Index> order;
///       while (n > 0) order.push_back(--n);
///       return order;
///     };
///
/// It has no state of its own: equal generators give equal orders. So an epoch is known by the
/// generator at its start, which is what a DataLoader saves.

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/tensor/tensor.hpp"

namespace thalweg::nn {

/// Positions in 0 … n − 1, as many as the epoch has examples.
using Sampler = std::function<std::vector<Index>(Index n, Random& random)>;

/// 0, 1, …, n − 1.
struct SequentialSampler {
  std::vector<Index> operator()(Index n, Random& random) const;
};

/// Every example once, in an order drawn uniformly from all orders.
struct RandomSampler {
  std::vector<Index> operator()(Index n, Random& random) const;
};

struct WeightedOptions {
  /// ≥ 1 examples an epoch; by default n, or without replacement those whose weight is not 0.
  std::optional<Index> count = {};
  bool replacement = true;
};

/// Examples by weight wᵢ ≥ 0, which need not add up to 1: rare ones oftener, doubtful ones less.
///
///     with replacement        each draw is i with probability wᵢ / Σ w
///     without                 the same among those that are left: the `count` largest uᵢ^(1/wᵢ),
///                             u uniform on (0, 1)
///
/// Cost: O(n + count log n), or O(n log n) without replacement. Source of the latter: P. Efraimidis
/// and P. Spirakis, "Weighted random sampling with a reservoir", 2006.
class WeightedRandomSampler {
 public:
  /// Throws ValueError for a weight that is negative or not finite, if all are 0, and if without
  /// replacement there are fewer than `count` that are not.
  explicit WeightedRandomSampler(std::vector<double> weights, const WeightedOptions& options = {});

  /// Throws ShapeError unless there are n weights.
  std::vector<Index> operator()(Index n, Random& random) const;

 private:
  std::vector<Index> drawn(Random& random) const;
  std::vector<Index> chosen(Random& random) const;

  std::vector<double> weights_, sums_;  // sums_[i] = w₀ + … + wᵢ
  Index count_;
  bool replacement_;
};

/// wᵢ = 1 / (number of examples of i's class): with them each class is drawn equally often.
/// Throws IndexError for a negative label.
std::vector<double> class_balancing_weights(const IndexTensor& labels);

/// Every example once, shuffled, such that any stretch of the epoch has the classes in the whole's
/// mixture: the k-th of a class's m examples lies near the share (k + ½) / m of the way.
///
/// Cost: O(n log n).
class StratifiedSampler {
 public:
  /// labels [n]. Throws ShapeError for another rank.
  explicit StratifiedSampler(const IndexTensor& labels);

  /// Throws ShapeError unless there are n labels.
  std::vector<Index> operator()(Index n, Random& random) const;

 private:
  IndexTensor labels_;
};

}  // namespace thalweg::nn
