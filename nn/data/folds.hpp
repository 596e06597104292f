#pragma once
/// k-fold cross-validation.
///
///     for (const auto& [train, test] : nn::stratified_kfold(data.y, 5, random)) {
///       Model model = new_model(random);
///       nn::fit(model, nn::CrossEntropyLoss{}, data.rows(train), adam, {.epochs = 20});
///       accuracy += nn::accuracy(model(data.rows(test).x), data.rows(test).y) / 5;
///     }

#include <vector>

#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/tensor/tensor.hpp"

namespace thalweg::nn {

/// Rows to learn from and rows kept aside, each ascending; together all rows.
struct Fold {
  std::vector<Index> train, test;
};

/// k folds, drawn at random: each of n rows is kept aside once, the folds' sizes differ by one at
/// most. Throws ValueError unless 2 ≤ k ≤ n.
std::vector<Fold> kfold(Index n, Index k, Random& random);

/// The same where also the number of each class's rows kept aside differs by one at most.
std::vector<Fold> stratified_kfold(const IndexTensor& labels, Index k, Random& random);

}  // namespace thalweg::nn
