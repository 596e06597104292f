#pragma once
/// `Training`: a run of `fit` as its observers see it.

#include <chrono>
#include <span>

#include "thalweg/nn/training/learner.hpp"
#include "thalweg/nn/training/observer.hpp"
#include "thalweg/optim/rules/optimizer.hpp"

namespace thalweg::nn {

/// Can be saved and restored as a whole: model, optimizer, place in the epoch, generators, counts,
/// and what observers know.
class Training {
 public:
  static constexpr auto kind = "Training";
  using Reason = Stop;

  /// For `fit`. Throws ValueError for an option out of range, and for a model without parameters to
  /// learn.
  Training(detail::Learner& learner, StateList state, detail::AnyParameters parameters,
           optim::Optimizer& optimizer, const FitOptions& options,
           std::span<const detail::ObserverReference> observers);

  const FitOptions& options() const { return options_; }
  ModelState& model() { return model_; }
  optim::Optimizer& optimizer() { return optimizer_; }
  /// Updates of an epoch.
  Index steps_per_epoch() const;
  /// Epochs that are done, and updates made; above 0 before the run begins if it was restored.
  Index epochs_done() const { return epoch_; }
  Index steps_done() const { return step_; }

  /// Ends the run after the present step, unless it has ended for another reason before.
  void stop(Stop reason, std::string why = {});
  /// None while the run goes on, and if all epochs are done.
  std::optional<Stop> stop_reason() const { return stop_; }
  bool ended() const { return stop_ || epoch_ >= options_.epochs; }
  /// Where the run can be resumed from, for the message that ends an interrupted run.
  void set_resumable(std::string path) { resumable_ = std::move(path); }

  /// Throws DataError for the state of another model, optimizer or loader, or of other observers.
  void archive(optim::Archive& archive);

  /// The whole run.
  Outcome run();

 private:
  void update();
  void end_epoch();
  void interrupt();
  detail::Measured gather(Gradients& gradients);
  double clip(Gradients& gradients) const;
  void set_rate();
  Outcome outcome() const;
  std::string fault() const;
  double seconds() const;

  detail::Learner& learner_;
  ModelState model_;
  detail::AnyParameters parameters_;
  optim::Optimizer& optimizer_;
  FitOptions options_;
  optim::Observers<detail::Watching> observers_;

  Random random_;
  MetricList metrics_;
  Index epoch_ = 0, step_ = 0, step_of_epoch_ = 0;
  Index first_step_ = 0;           // of this run, if it continues others
  std::uint64_t fingerprint_ = 0;  // of the parameters before it
  double loss_sum_ = 0;            // over the epoch's examples so far
  Index rows_ = 0;
  Epoch last_;
  std::optional<Stop> stop_;
  std::string why_, resumable_;
  double seconds_before_ = 0;  // of the runs that this one continues
  std::chrono::steady_clock::time_point began_;
};

}  // namespace thalweg::nn
