#include "thalweg/optim/run/observers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/base/fields.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/optim/base/csv.hpp"
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
  options_.unit = Iterate::unit;
  progress_.emplace(1, std::max<Index>(run.limits().iterations, 1), options_);
}

void ProgressBar::operator()(const Iterate& now) {
  if (now.iteration == 0) return;
  progress_->skip(0, now.iteration - 1);
  progress_->step({{"value", now.value}, {"gradient", now.gradient_norm}});
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

// A column for each member of HistoryRow, under its name; x is one column for each number.
std::string History::csv() const {
  std::vector<std::string> heading(field_names<HistoryRow>.begin(), field_names<HistoryRow>.end());
  heading.pop_back();
  for (std::size_t i = 0; i < (rows_.empty() ? 0 : rows_.front().x.size()); ++i)
    heading.push_back(fmt::format("x{}", i));
  std::string text = csv_line(heading);
  for (const HistoryRow& row : rows_) {
    std::vector<std::string> cells;
    for_each_field(row, [&]<class Field>(std::string_view, const Field& field) {
      if constexpr (std::is_arithmetic_v<Field>)
        cells.push_back(fmt::format("{}", field));
      else
        for (const double x : field) cells.push_back(fmt::format("{}", x));
    });
    text += csv_line(cells);
  }
  return text;
}

void History::write_csv(const std::string& path) const { write_file(path, csv()); }

Checkpoint::Checkpoint(std::string path, const CheckpointOptions& options)
    : path_(std::move(path)), options_(options), times_(options.every) {
  expect_count("Checkpoint", "every", options.every);
}

void Checkpoint::begin(Run& run) {
  times_ = SavingTimes(options_.every);
  if (!options_.resume || !std::filesystem::exists(path_)) return;
  restore(path_, run);
  times_.saved(run.now().iteration);
}

void Checkpoint::after(Run& run) {
  const Index iteration = run.now().iteration;
  if (!times_.due(iteration, run.stopped())) return;
  save(path_, run);
  times_.saved(iteration);
}

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
