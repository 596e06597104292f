#include "thalweg/nn/training/progress_bar.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

#include "thalweg/nn/training/training.hpp"

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

bool is_terminal(std::FILE* stream) {
  const char* kind = std::getenv("TERM");
  return ::isatty(::fileno(stream)) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
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
  run_ = &run;
  progress_.reset();
}

// Only now is it known whether the run was restored. What was done before is counted unseen.
void ProgressBar::start(Index epoch, Index step_of_epoch) {
  const bool resumed = epoch > 1 || step_of_epoch > 1;
  optim::ProgressOptions options = options_;
  const auto seen = std::make_shared<bool>(!resumed);
  if (resumed) {
    options.live = options.live.value_or(!options.sink && is_terminal(options.stream));
    options.sink = [=, stream = options.stream, sink = options_.sink](std::string_view text) {
      if (!*seen) return;
      if (sink) return sink(text);
      std::fwrite(text.data(), 1, text.size(), stream);
      std::fflush(stream);
    };
  }
  progress_.emplace(run_->options().epochs, std::max<Index>(run_->steps_per_epoch(), 1), options);
  for (Index k = 1; k < epoch; ++k) progress_->epoch();
  for (Index k = 1; k < step_of_epoch; ++k) progress_->step();
  *seen = true;
}

void ProgressBar::step(const Step& now) {
  if (!progress_) start(now.epoch, now.step_of_epoch);
  progress_->step({{"loss", now.loss}});
}

void ProgressBar::epoch(const Epoch& now) {
  if (!progress_) start(now.epoch, run_->steps_per_epoch() + 1);
  show(*progress_, shown(now));
}

void ProgressBar::end(const Outcome& outcome) {
  if (!progress_) start(outcome.last.epoch + 1, 1);
  progress_->note(to_string(outcome));
  progress_.reset();
}

}  // namespace thalweg::nn
