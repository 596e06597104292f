#include "thalweg/nn/data/folds.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::nn {
namespace {

void expect_folds(const char* op, Index k, Index n) {
  if (k < 2 || k > n)
    throw ValueError(fmt::format("{}: {} folds of {} rows; expected 2 to {}", op, k, n, n));
}

/// Deals the rows out, in this order.
std::vector<Fold> dealt(const std::vector<Index>& order, Index k) {
  std::vector<Index> fold_of(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) fold_of[order[i]] = static_cast<Index>(i) % k;
  std::vector<Fold> folds(k);
  for (std::size_t row = 0; row < order.size(); ++row)
    for (std::size_t fold = 0; fold < folds.size(); ++fold) {
      const bool kept = fold_of[row] == static_cast<Index>(fold);
      (kept ? folds[fold].test : folds[fold].train).push_back(static_cast<Index>(row));
    }
  return folds;
}

}  // namespace

std::vector<Fold> kfold(Index n, Index k, Random& random) {
  expect_folds("kfold", k, n);
  return dealt(random.permutation(n), k);
}

std::vector<Fold> stratified_kfold(const IndexTensor& labels, Index k, Random& random) {
  if (labels.rank() != 1)
    throw ShapeError(
        fmt::format("stratified_kfold: labels have shape {}; expected a vector", labels.shape()));
  expect_folds("stratified_kfold", k, labels.size());
  // Sorted by class, rows k apart are of one class as often as can be.
  std::vector<Index> order = random.permutation(labels.size());
  std::stable_sort(order.begin(), order.end(),
                   [&](Index a, Index b) { return labels.data()[a] < labels.data()[b]; });
  return dealt(order, k);
}

}  // namespace thalweg::nn
