#pragma once
/// Ready observers: a progress bar, printing, recording, saving. Stopping early:
/// optim/run/early_stopping.hpp.
///
///     optim::History history;
///     optim::Checkpoint checkpoint{"run.safetensors", {.every = 100, .resume = true}};
///     auto result = optim::minimise(f, x0, optim::Lbfgs{}, {},
///                                   optim::Print{{.every = 10}}, history, checkpoint);
///     history.write_csv("run.csv");
///
/// What an observer is, and how to write one: optim/run/observer.hpp.

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "thalweg/optim/progress/progress.hpp"
#include "thalweg/optim/run/early_stopping.hpp"
#include "thalweg/optim/run/run.hpp"
#include "thalweg/optim/state/saving_times.hpp"

namespace thalweg::optim {

struct PrintOptions {
  Index every = 1;  ///< ≥ 1; the start and the last iteration are always printed
  std::FILE* stream = stdout;
};

/// A line per iteration, under a heading:
///
///     iteration  evaluations          value    ‖∇f‖      step
///            10           14   3.21482e-02  1.2e+00  1.0e+00
class Print {
 public:
  /// Throws ValueError for an option out of range.
  explicit Print(const PrintOptions& options = {});

  void operator()(const Iterate& now);
  void end(const Outcome& outcome);

 private:
  PrintOptions options_;
  std::string last_;  // the last iteration's line, if it has not been printed
};

/// A bar on a terminal, redrawn in place; elsewhere the outcome alone, as one line.
///
///     iteration 120/1000 ━━━━━───────────────────── 21400 steps/s, 0:01 left, value 3.2e-05
///
/// A resumed run counts on from where it was.
class ProgressBar {
 public:
  explicit ProgressBar(ProgressOptions options = {}) : options_(std::move(options)) {}

  void begin(Run& run);
  void operator()(const Iterate& now);
  void end(const Outcome& outcome);

 private:
  ProgressOptions options_;
  std::optional<Progress> progress_;  // of the present run
};

struct HistoryOptions {
  bool points = false;  ///< keep x as well: n numbers per row
};

/// One iteration as it was.
struct HistoryRow {
  Index iteration, evaluations, gradients;
  double seconds, value, gradient_norm, step_norm, step;
  std::vector<double> x;  ///< empty unless asked for; the last member, as in the table
};

/// Records every iteration.
class History {
 public:
  explicit History(const HistoryOptions& options = {}) : options_(options) {}

  /// A run that begins at iteration 0 begins a new history; a resumed one adds to it.
  void operator()(const Iterate& now);

  const std::vector<HistoryRow>& rows() const { return rows_; }
  /// f(x₀), f(x₁), …
  std::vector<double> values() const;
  /// A header line and a line per iteration, numbers with all their digits; x in columns x0, x1, ….
  std::string csv() const;
  /// Throws DataError, naming the file, if it cannot be written; never leaves half of it.
  void write_csv(const std::string& path) const;

 private:
  HistoryOptions options_;
  std::vector<HistoryRow> rows_;
};

struct CheckpointOptions {
  Index every = 100;    ///< ≥ 1, iterations between two writings; the end is always written
  bool resume = false;  ///< go on from the file if there is one
};

/// Saves the whole run to a file as it goes. A run that is killed, started again in the same way
/// and resumed comes to bitwise the same end as one that was not interrupted.
class Checkpoint {
 public:
  /// Throws ValueError for an option out of range.
  explicit Checkpoint(std::string path, const CheckpointOptions& options = {});

  /// Throws DataError if the file holds another method's or function's run.
  void begin(Run& run);
  void after(Run& run);

 private:
  std::string path_;
  CheckpointOptions options_;
  SavingTimes times_;
};

/// Keeps the best point so far in a file, written whenever there is a better one, at most every
/// `every` iterations and at the end.
///
///     optim::Point best;
///     optim::restore("best.safetensors", best);     // best.x, best.value
class SaveBest {
 public:
  /// Throws ValueError unless every ≥ 1.
  explicit SaveBest(std::string path, Index every = 1);

  void begin(Run& run) { run_ = &run; }
  void operator()(const Iterate& now);
  void end(const Outcome& outcome);

 private:
  void write();

  std::string path_;
  Index every_;
  const Run* run_ = nullptr;
  Index saved_ = -1, written_at_ = 0;  // the best iteration in the file, and when it was written
};

}  // namespace thalweg::optim
