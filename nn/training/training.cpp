#include "thalweg/nn/training/training.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <limits>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/training/history.hpp"
#include "thalweg/nn/training/interrupt.hpp"
#include "thalweg/optim/training/clip.hpp"

namespace thalweg::nn {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

void expect_count(const char* option, Index value, Index least) {
  if (value >= least) return;
  throw ValueError(
      fmt::format("fit: {} is {}; expected a whole number, at least {}", option, value, least));
}

const FitOptions& checked(const FitOptions& options) {
  expect_count("epochs", options.epochs, 1);
  expect_count("accumulate", options.accumulate, 1);
  expect_count("threads", options.threads, 1);
  expect_count("validation_batch", options.validation_batch, 0);
  if (options.clip_norm && !(*options.clip_norm > 0))
    throw ValueError(
        fmt::format("fit: clip_norm is {}; expected a number above 0", *options.clip_norm));
  if (options.schedule && options.epoch_schedule)
    throw ValueError("fit: schedule and epoch_schedule; expected one of them at most");
  return options;
}

/// Throws if there is nothing to learn.
void expect_learning(const detail::AnyParameters& parameters) {
  std::visit(
      [](const auto& list) {
        if (list.empty()) throw ValueError("fit: the model has no parameters to learn");
        for (const auto& named : list)
          if (!named.parameter->frozen()) return;
        throw ValueError(fmt::format(
            "fit: all parameters of the model, {} in number, are frozen; expected one to learn at "
            "least: see unfreeze",
            list.size()));
      },
      parameters);
}

/// A number that differs, but for a chance of 2⁻⁶⁴, where parameters differ: FNV-1a over their
/// bits.
std::uint64_t fingerprint_of(const detail::AnyParameters& parameters) {
  std::uint64_t hash = 0xcbf29ce484222325;
  std::visit(
      [&](const auto& list) {
        for (const auto& named : list)
          for (const auto value : named.parameter->value().values()) {
            hash ^= std::bit_cast<std::uint64_t>(static_cast<double>(value));
            hash *= 0x100000001b3;
          }
      },
      parameters);
  return hash;
}

/// The first parameter that holds a number that is not finite; empty if there is none.
std::string nonfinite_in(const detail::AnyParameters& parameters) {
  std::string name;
  std::visit(
      [&](const auto& list) {
        for (const auto& named : list)
          for (const auto value : named.parameter->value().values())
            if (name.empty() && !std::isfinite(value)) name = named.name;
      },
      parameters);
  return name;
}

MetricValues values_of(const MetricList& metrics) {
  MetricValues values;
  for (const AnyMetric& metric : metrics) values.emplace_back(metric.name(), metric.value());
  return values;
}

}  // namespace

Training::Training(detail::Learner& learner, StateList state, detail::AnyParameters parameters,
                   optim::Optimizer& optimizer, const FitOptions& options,
                   std::span<const detail::ObserverReference> observers)
    : learner_(learner),
      model_(std::move(state)),
      parameters_(std::move(parameters)),
      optimizer_(optimizer),
      options_(checked(options)),
      observers_(observers),
      random_(options.seed),
      metrics_(options.metrics),
      began_(std::chrono::steady_clock::now()) {
  expect_learning(parameters_);
  last_.epochs = options.epochs;
  last_.loss = last_.validation_loss = nan;
}

Outcome Training::run() {
  observers_.begin(*this);
  // A loader that somebody has read to its end begins with the next epoch.
  if (learner_.left() == 0 && step_of_epoch_ == 0) learner_.next_epoch();
  first_step_ = step_;
  fingerprint_ = fingerprint_of(parameters_);
  const detail::Interrupt wish(options_.catch_interrupt);
  while (!ended()) {
    if (learner_.left() > 0)
      update();
    else
      end_epoch();
    if (wish.asked() && !ended()) interrupt();
    observers_.after(*this);
  }
  const Outcome outcome = this->outcome();
  observers_.end(outcome);
  return outcome;
}

void Training::interrupt() {
  stop(Stop::interrupted,
       resumable_.empty() ? "by SIGINT"
                          : fmt::format("by SIGINT; run again with resume = true, it goes on from "
                                        "{}",
                                        resumable_));
}

/// One step: the gradient of `accumulate` batches, or of those that the epoch still has.
void Training::update() {
  Gradients gradients;
  const auto [loss, rows] = gather(gradients);
  if (options_.stop_if_nonfinite && !std::isfinite(loss))
    return stop(Stop::nonfinite_loss,
                fmt::format("the loss of step {} in epoch {} is {}", step_ + 1, epoch_ + 1, loss));
  set_rate();
  const double norm = clip(gradients);
  const double rate = optimizer_.rate();
  std::visit([&](const auto& list) { optimizer_.step(list, gradients); }, parameters_);
  loss_sum_ += loss * static_cast<double>(rows);
  rows_ += rows;
  ++step_;
  ++step_of_epoch_;
  last_.rate = rate;
  const Step now{epoch_ + 1, options_.epochs, step_, step_of_epoch_, steps_per_epoch(), loss, rate,
                 norm};
  if (observers_.see(now)) stop(Stop::observer, fmt::format("at step {}", step_));
}

detail::Measured Training::gather(Gradients& gradients) {
  const Index count = std::min(options_.accumulate, learner_.left());
  if (count == 1) return learner_.differentiate(random_, gradients, metrics_);
  std::vector<Gradients> parts(count);
  std::vector<detail::Measured> measured;
  for (Gradients& part : parts) measured.push_back(learner_.differentiate(random_, part, metrics_));
  gradients = detail::weighted_mean(parts, measured);
  return detail::mean_of(measured);
}

void Training::set_rate() {
  if (options_.schedule) optimizer_.set_rate((*options_.schedule)(step_));
  if (options_.epoch_schedule) optimizer_.set_rate((*options_.epoch_schedule)(epoch_));
}

double Training::clip(Gradients& gradients) const {
  if (!options_.clip_norm) return nan;
  return std::visit(
      [&](const auto& list) {
        return optim::clip_by_global_norm(gradients, list, *options_.clip_norm);
      },
      parameters_);
}

void Training::end_epoch() {
  Epoch now{.epoch = ++epoch_, .epochs = options_.epochs, .step = step_};
  now.loss = loss_sum_ / static_cast<double>(rows_);
  now.metrics = values_of(metrics_);
  now.validation_loss = nan;
  now.rate = last_.rate;
  now.validated = learner_.validates();
  if (now.validated) {
    metrics_.reset();
    now.validation_loss = learner_.validate(metrics_).loss;
    now.validation_metrics = values_of(metrics_);
  }
  now.seconds = seconds();
  last_ = now;
  metrics_.reset();
  loss_sum_ = 0;
  rows_ = step_of_epoch_ = 0;
  learner_.next_epoch();
  if (observers_.see(now)) stop(Stop::observer, fmt::format("at the end of epoch {}", epoch_));
}

Index Training::steps_per_epoch() const {
  return (learner_.batches() + options_.accumulate - 1) / options_.accumulate;
}

void Training::stop(Stop reason, std::string why) {
  if (stop_) return;
  stop_ = reason;
  why_ = std::move(why);
}

double Training::seconds() const {
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - began_;
  return seconds_before_ + passed.count();
}

std::string Training::fault() const {
  if (step_ == 0) return "no step was made";
  if (const std::string name = nonfinite_in(parameters_); !name.empty())
    return fmt::format("the parameter {} is not finite", name);
  if (last_.epoch > 0 && !std::isfinite(last_.judged_loss()))
    return fmt::format("the {} of the last epoch is {}",
                       last_.validated ? "validation loss" : "loss", last_.judged_loss());
  if (step_ > first_step_ && fingerprint_of(parameters_) == fingerprint_)
    return fmt::format("no parameter has changed in {} steps", step_ - first_step_);
  return {};
}

Outcome Training::outcome() const {
  return {stop_.value_or(Stop::epochs), why_, last_, step_, seconds(), fault()};
}

// A run that ended because it was interrupted or had no epochs left goes on when it is restored;
// one that ended for a reason of its own has ended.
void Training::archive(optim::Archive& archive) {
  const bool restoring = archive.restoring();
  archive("model", model_);
  std::string kind_of_optimizer = optimizer_.kind();
  archive("optimizer_kind", kind_of_optimizer);
  if (kind_of_optimizer != optimizer_.kind())
    throw DataError(fmt::format("{}: was trained by {}; expected {}", archive.origin(),
                                kind_of_optimizer, optimizer_.kind()));
  archive("optimizer", optimizer_);
  learner_.archive_loader(archive);
  archive("random", random_);
  archive("epoch", epoch_), archive("step", step_), archive("step_of_epoch", step_of_epoch_);
  archive("loss_sum", loss_sum_), archive("rows", rows_);
  archive("last", last_);
  archive("metric", metrics_);
  double passed = seconds();
  archive("seconds", passed);
  std::optional<Stop> reason = stop_ == Stop::interrupted ? std::nullopt : stop_;
  archive("stop", reason), archive("why", why_);
  observers_.archive(archive);
  if (!restoring) return;
  stop_ = reason;
  if (!stop_) why_.clear();
  seconds_before_ = passed;
  began_ = std::chrono::steady_clock::now();
}

}  // namespace thalweg::nn
