#pragma once
/// Training as it happens.

#include <optional>

#include "thalweg/nn/training/observer.hpp"
#include "thalweg/optim/progress/progress.hpp"

namespace thalweg::nn {

/// A live line on a terminal, a plain line per epoch elsewhere, and the outcome
/// (optim/progress/progress.hpp).
///
///     epoch 12/30 ━━━━━━━━━━━──────────────── 2140 steps/s, 0:03 left, loss 0.0312, accuracy 0.981
///
/// Shows the loss of the present step, then that of the epoch, the validation loss, and the metrics
/// of the validation data or, without them, of training; six of them at most. A resumed run counts
/// on from where it was.
class ProgressBar {
 public:
  explicit ProgressBar(optim::ProgressOptions options = {}) : options_(std::move(options)) {}

  void begin(Training& run);
  void step(const Step& now);
  void epoch(const Epoch& now);
  void end(const Outcome& outcome);

 private:
  void start(Index epoch, Index step_of_epoch);

  optim::ProgressOptions options_;
  const Training* run_ = nullptr;
  std::optional<optim::Progress> progress_;  // of the present run
};

}  // namespace thalweg::nn
