#pragma once
/// Training as TensorBoard shows it.

#include <optional>

#include "thalweg/nn/training/event_file.hpp"
#include "thalweg/nn/training/observer.hpp"

namespace thalweg::nn {

struct TensorBoardOptions {
  Index every = 10;  ///< ≥ 1 steps between two points of the curves of steps
};

/// Writes an event file to a folder: start `tensorboard --logdir runs` and look on.
///
///     nn::fit(model, loss, train, adam, {}, nn::TensorBoard{"runs/digits"});
///
///     of steps     loss/step, rate, gradient_norm
///     of epochs    loss/training, loss/validation, accuracy/training, accuracy/validation, …
///
/// All over the number of updates. A resumed run writes another file, in which the points after the
/// checkpoint replace those that were written before.
class TensorBoard {
 public:
  /// Throws ValueError for an option out of range.
  explicit TensorBoard(std::string folder, const TensorBoardOptions& options = {});

  /// Throw DataError if the file cannot be written.
  void step(const Step& now);
  void epoch(const Epoch& now);

  /// The file; empty before the first step.
  std::string path() const { return events_ ? events_->path() : std::string(); }

 private:
  void begin_at(Index step);

  std::string folder_;
  TensorBoardOptions options_;
  std::optional<EventFile> events_;
};

}  // namespace thalweg::nn
