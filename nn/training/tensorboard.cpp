#include "thalweg/nn/training/tensorboard.hpp"

#include <fmt/format.h>

#include <cmath>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::nn {

TensorBoard::TensorBoard(std::string folder, const TensorBoardOptions& options)
    : folder_(std::move(folder)), options_(options) {
  if (options.every < 1)
    throw ValueError(fmt::format("TensorBoard: every is {}; expected a whole number, at least 1",
                                 options.every));
}

void TensorBoard::begin_at(Index step) {
  if (events_) return;
  events_.emplace(folder_);
  if (step > 1) events_->restart(step);
}

void TensorBoard::step(const Step& now) {
  begin_at(now.step);
  if (now.step % options_.every != 0) return;
  events_->scalar("loss/step", now.loss, now.step);
  events_->scalar("rate", now.rate, now.step);
  if (!std::isnan(now.gradient_norm)) events_->scalar("gradient_norm", now.gradient_norm, now.step);
}

void TensorBoard::epoch(const Epoch& now) {
  begin_at(now.step);
  events_->scalar("loss/training", now.loss, now.step);
  if (now.validated) events_->scalar("loss/validation", now.validation_loss, now.step);
  for (const auto& [name, value] : now.metrics)
    events_->scalar(name + "/training", value, now.step);
  for (const auto& [name, value] : now.validation_metrics)
    events_->scalar(name + "/validation", value, now.step);
}

}  // namespace thalweg::nn
