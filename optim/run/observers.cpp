#include "thalweg/optim/run/observers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/optim/state/checkpoint.hpp"

namespace thalweg::optim {
namespace {

void expect_count(const char* observer, const char* option, Index value) {
  if (value < 1)
    throw ValueError(fmt::format("{}: {} is {}; expected at least 1", observer, option, value));
}

void print(std::FILE* stream, const std::string& text) {
  std::fputs(text.c_str(), stream);
  std::fflush(stream);
}

}  // namespace

Print::Print(const PrintOptions& options) : options_(options) {
  expect_count("Print", "every", options.every);
}

void Print::operator()(const Iterate& now) {
  if (now.iteration == 0)
    print(options_.stream, "iteration  evaluations          value     ‖∇f‖     step\n");
  last_ = fmt::format("{:>9}  {:>11}  {:>13.6g}  {:>7.1e}  {:>7.1e}\n", now.iteration,
                      now.evaluations, now.value, now.gradient_norm, now.step);
  if (now.iteration % options_.every == 0) print(options_.stream, std::exchange(last_, {}));
}

void Print::end(const Outcome& outcome) {
  print(options_.stream, last_ + to_string(outcome) + "\n");
}

void ProgressBar::begin(Run& run) {
  options_.unit = "iteration";
  progress_.emplace(1, std::max<Index>(run.limits().iterations, 1), options_);
}

void ProgressBar::operator()(const Iterate& now) {
  if (now.iteration > 0) progress_->step({{"value", now.value}, {"gradient", now.gradient_norm}});
}

void ProgressBar::end(const Outcome& outcome) {
  progress_->note(to_string(outcome));
  progress_.reset();
}

void History::operator()(const Iterate& now) {
  if (now.iteration == 0) rows_.clear();
  rows_.push_back(
      {now.iteration, now.evaluations, now.gradients, now.seconds, now.value, now.gradient_norm,
       now.step_norm, now.step,
       options_.points ? std::vector<double>(now.x.begin(), now.x.end()) : std::vector<double>()});
}

std::vector<double> History::values() const {
  std::vector<double> result;
  for (const HistoryRow& row : rows_) result.push_back(row.value);
  return result;
}

std::string History::csv() const {
  std::string text = "iteration,evaluations,gradients,seconds,value,gradient_norm,step_norm,step";
  const std::size_t columns = rows_.empty() ? 0 : rows_.front().x.size();
  for (std::size_t i = 0; i < columns; ++i) text += fmt::format(",x{}", i);
  text += '\n';
  for (const HistoryRow& row : rows_) {
    text += fmt::format("{},{},{},{},{},{},{},{}", row.iteration, row.evaluations, row.gradients,
                        row.seconds, row.value, row.gradient_norm, row.step_norm, row.step);
    for (const double x : row.x) text += fmt::format(",{}", x);
    text += '\n';
  }
  return text;
}

void History::write_csv(const std::string& path) const { write_file(path, csv()); }

EarlyStopping::EarlyStopping(const EarlyStoppingOptions& options)
    : options_(options), best_(std::numeric_limits<double>::infinity()) {
  expect_count("EarlyStopping", "patience", options.patience);
  if (!(options.least_gain >= 0))
    throw ValueError(fmt::format("EarlyStopping: least_gain is {}; expected a number, at least 0",
                                 options.least_gain));
}

bool EarlyStopping::operator()(double loss) {
  const bool progress = loss < best_ - (std::isinf(best_) ? 0 : options_.least_gain);
  if (progress) best_ = loss;
  waited_ = progress ? 0 : waited_ + 1;
  return waited_ >= options_.patience;
}

void EarlyStopping::archive(Archive& archive) {
  archive(options_);
  archive("best", best_);
  archive("waited", waited_);
}

Checkpoint::Checkpoint(std::string path, const CheckpointOptions& options)
    : path_(std::move(path)), options_(options) {
  expect_count("Checkpoint", "every", options.every);
}

void Checkpoint::begin(Run& run) {
  run_ = &run;
  if (options_.resume && std::filesystem::exists(path_)) restore(path_, run);
}

void Checkpoint::operator()(const Iterate& now) {
  if (now.iteration % options_.every == 0) save(path_, *run_);
}

void Checkpoint::end(const Outcome&) { save(path_, *run_); }

SaveBest::SaveBest(std::string path, Index every) : path_(std::move(path)), every_(every) {
  expect_count("SaveBest", "every", every);
}

void SaveBest::operator()(const Iterate& now) {
  if (saved_ >= 0 && now.iteration - written_at_ < every_) return;
  written_at_ = now.iteration;
  write();
}

void SaveBest::end(const Outcome&) { write(); }

void SaveBest::write() {
  if (saved_ == run_->now().best_iteration) return;
  saved_ = run_->now().best_iteration;
  Point best = run_->best();
  save(path_, best);
}

}  // namespace thalweg::optim
