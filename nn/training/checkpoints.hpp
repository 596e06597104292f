#pragma once
/// Runs that survive being stopped.

#include "thalweg/nn/training/observer.hpp"
#include "thalweg/optim/state/saving_times.hpp"

namespace thalweg::nn {

struct CheckpointsOptions {
  Index every = 500;    ///< ≥ 1 steps between two files; the end is always saved
  Index keep = 3;       ///< ≥ 1, the last so many files stay
  bool resume = false;  ///< go on from the newest file if there is one
};

/// Saves the whole run to files "step-00000500.safetensors" in a folder as it goes: model with
/// buffers, optimizer, place in the epoch, generators, and what the other observers know.
///
///     nn::fit(model, loss, train, adam, {.epochs = 30}, history,
///             nn::Checkpoints{"runs/digits", {.every = 500, .resume = true}});
///
/// A run that is killed at any moment, started again in the same way and resumed comes to bitwise
/// the same end as one that was not interrupted, from the middle of an epoch too. A run that ended
/// because its epochs were done goes on when it is resumed with more of them; one that was stopped
/// by an observer has ended. Each file is written whole or not at all. The files of another program
/// running at the same time do not belong in the folder.
class Checkpoints {
 public:
  /// Throws ValueError for an option out of range.
  explicit Checkpoints(std::string folder, const CheckpointsOptions& options = {});

  /// Makes the folder. Throws DataError if that fails or the newest file holds another run, and
  /// ValueError if there are files that are not to be resumed from: they would be mistaken for this
  /// run's later.
  void begin(Training& run);
  void after(Training& run);

  /// The newest file of the folder; empty if there is none.
  std::string newest() const;

 private:
  void save(Training& run);

  std::string folder_;
  CheckpointsOptions options_;
  optim::SavingTimes times_;
};

}  // namespace thalweg::nn
