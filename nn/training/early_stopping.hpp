#pragma once
/// An end when there is no progress.

#include "thalweg/nn/training/observer.hpp"
#include "thalweg/optim/run/observers.hpp"

namespace thalweg::nn {

using optim::EarlyStoppingOptions;

/// Ends training when the validation loss, or without validation the loss, has not fallen for
/// `patience` epochs; the rule is that of optim::EarlyStopping.
///
///     nn::EarlyStopping enough{{.patience = 5, .least_gain = 1e-4}};
class EarlyStopping {
 public:
  static constexpr auto kind = "EarlyStopping";

  /// Throws ValueError for an option out of range.
  explicit EarlyStopping(const EarlyStoppingOptions& options = {}) : rule_(options) {}

  void begin(Training& run) { run_ = &run; }
  void epoch(const Epoch& now);

  double best() const { return rule_.best(); }
  /// Epochs since the best one.
  Index waited() const { return rule_.waited(); }
  void archive(optim::Archive& archive) { rule_.archive(archive); }

 private:
  optim::EarlyStopping rule_;
  Training* run_ = nullptr;
};

}  // namespace thalweg::nn
