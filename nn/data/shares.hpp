#pragma once
/// Rows dealt out to training and testing.

#include <span>
#include <vector>

#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::nn::detail {

struct Shares {
  std::vector<Index> train, test;
};

/// A random share of n rows, 0 < share < 1, and the rest. Throws ValueError for another share or if
/// a part would be empty.
Shares shares(Index n, double share, Random& random);
/// The same share of the rows of each class, to the nearest row.
Shares shares_by_class(std::span<const Index> classes, double share, Random& random);

}  // namespace thalweg::nn::detail
