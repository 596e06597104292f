#include "thalweg/nn/training/keep_best.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/training/training.hpp"

namespace thalweg::nn {

void KeepBest::begin(Training& run) {
  model_ = run.model();
  values_.clear();
  best_epoch_ = 0;
}

double KeepBest::judged(const Epoch& now) const {
  if (options_.metric.empty()) return now.judged_loss();
  for (const auto* metrics : {&now.validation_metrics, &now.metrics})
    for (const auto& [name, value] : *metrics)
      if (name == options_.metric) return value;
  throw ValueError(fmt::format("KeepBest: there is no metric {}", options_.metric));
}

void KeepBest::epoch(const Epoch& now) {
  const double value = judged(now);
  const bool higher = !options_.metric.empty() && options_.higher;
  const bool better = best_epoch_ == 0 || (higher ? value > best_ : value < best_);
  if (value != value || !better) return;
  best_ = value;
  best_epoch_ = now.epoch;
  values_ = model_.values();
  if (!path_.empty()) model_.write(path_);
}

void KeepBest::restore() {
  if (best_epoch_ > 0) model_.assign(values_);
}

void KeepBest::end(const Outcome&) {
  if (options_.restore) restore();
}

void KeepBest::archive(optim::Archive& archive) {
  archive("best_epoch", best_epoch_), archive("best", best_);
  if (best_epoch_ == 0) return values_.clear();
  if (archive.restoring()) values_ = model_.values();  // types and shapes
  const optim::Archive::Scope scope(archive, "model");
  model_.archive(archive, values_);
}

}  // namespace thalweg::nn
