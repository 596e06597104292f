#include "thalweg/nn/training/progress_bar.hpp"

#include <algorithm>

#include "thalweg/nn/training/training.hpp"

namespace thalweg::nn {
namespace {

constexpr std::size_t most = 6;  // metrics on a line

std::vector<optim::NamedValue> shown(const Epoch& now) {
  std::vector<optim::NamedValue> metrics{{"loss", now.loss}};
  if (now.validated) metrics.push_back({"validation loss", now.validation_loss});
  for (const auto& [name, value] : now.validated ? now.validation_metrics : now.metrics)
    if (metrics.size() < most) metrics.push_back({name, value});
  return metrics;
}

}  // namespace

void ProgressBar::begin(Training& run) {
  run_ = &run;
  progress_.reset();
}

// Only now is it known whether the run was restored.
void ProgressBar::start(Index epoch, Index step_of_epoch) {
  progress_.emplace(run_->options().epochs, std::max<Index>(run_->steps_per_epoch(), 1), options_);
  progress_->skip(epoch - 1, step_of_epoch - 1);
}

void ProgressBar::step(const Step& now) {
  if (!progress_) start(now.epoch, now.step_of_epoch);
  progress_->step({{"loss", now.loss}});
}

void ProgressBar::epoch(const Epoch& now) {
  if (!progress_) start(now.epoch, run_->steps_per_epoch() + 1);
  progress_->epoch(shown(now));
}

void ProgressBar::end(const Outcome& outcome) {
  if (!progress_) start(outcome.last.epoch + 1, 1);
  progress_->note(to_string(outcome));
  progress_.reset();
}

}  // namespace thalweg::nn
