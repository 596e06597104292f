#include "nn/training/progress_bar.hpp"

#include <algorithm>
#include <utility>

#include "nn/training/training.hpp"

namespace thalweg::nn {
namespace {

constexpr std::size_t most = 6;  // metrics on a line

std::vector<optim::Metric> shown(const Epoch& now) {
  std::vector<optim::Metric> metrics{{"loss", now.loss}};
  if (now.validated) metrics.push_back({"validation loss", now.validation_loss});
  for (const auto& [name, value] : now.validated ? now.validation_metrics : now.metrics)
    if (metrics.size() < most) metrics.push_back({name, value});
  return metrics;
}

template <std::size_t... k>
void show(optim::Progress& progress, const std::vector<optim::Metric>& metrics,
          std::index_sequence<k...>) {
  progress.epoch({metrics[k]...});
}

/// Progress takes its metrics in braces, whose length is known to the compiler alone.
template <std::size_t count = most>
void show(optim::Progress& progress, const std::vector<optim::Metric>& metrics) {
  if (metrics.size() == count) return show(progress, metrics, std::make_index_sequence<count>());
  if constexpr (count > 1) show<count - 1>(progress, metrics);
}

}  // namespace

void ProgressBar::begin(Training& run) {
  progress_.emplace(run.options().epochs, std::max<Index>(run.steps_per_epoch(), 1), options_);
}

void ProgressBar::step(const Step& now) { progress_->step({{"loss", now.loss}}); }

void ProgressBar::epoch(const Epoch& now) { show(*progress_, shown(now)); }

void ProgressBar::end(const Outcome& outcome) {
  progress_->note(to_string(outcome));
  progress_.reset();
}

}  // namespace thalweg::nn
