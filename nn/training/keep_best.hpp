#pragma once
/// The best model of a run.

#include "thalweg/nn/training/model_state.hpp"
#include "thalweg/nn/training/observer.hpp"

namespace thalweg::nn {

struct KeepBestOptions {
  bool restore = false;     ///< give the model its best values at the end of the run
  std::string metric = {};  ///< judge by this one instead of the loss, …
  bool higher = true;       ///< … of which higher is better
};

/// Keeps the model, parameters and buffers, of the epoch whose validation loss was the lowest; of
/// training's, without validation. Epochs with NaN are not the best.
///
///     nn::KeepBest best{"best.safetensors", {.restore = true}};
///     nn::KeepBest most_accurate{"best.safetensors", {.metric = "accuracy"}};
///
/// The file is written at each better epoch, whole or not at all: names and values, readable by
/// any program that reads safetensors. Without a path there is none. In checkpoints the best model
/// takes as much room as the present one.
class KeepBest {
 public:
  static constexpr auto kind = "KeepBest";

  explicit KeepBest(std::string path = {}, const KeepBestOptions& options = {})
      : path_(std::move(path)), options_(options) {}

  void begin(Training& run);
  /// Throws ValueError if there is no such metric, DataError if the file cannot be written.
  void epoch(const Epoch& now);
  void end(const Outcome& outcome);

  /// The best epoch, counted from 1, and its loss or metric; 0 before the first.
  Index best_epoch() const { return best_epoch_; }
  double best() const { return best_; }
  /// Gives the model its best values; nothing happens before the first epoch. For later, too, as
  /// long as the model is where it was.
  void restore();
  void archive(optim::Archive& archive);

 private:
  double judged(const Epoch& now) const;

  std::string path_;
  KeepBestOptions options_;
  ModelState model_{StateList{}};
  StateValues values_;
  Index best_epoch_ = 0;
  double best_ = 0;
};

}  // namespace thalweg::nn
