#pragma once
/// Long runs as they happen: a live line on a terminal, a plain line per epoch elsewhere.

#include <cstdio>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::optim {

/// A number with a name, e.g. {"loss", 0.31}.
struct NamedValue {
  std::string_view name;
  double value;
};

/// Where the progress goes and what it looks like; the defaults suit a program's user.
struct ProgressOptions {
  std::FILE* stream = stderr;
  /// Redraw one line? By default if the stream is a terminal that can.
  std::optional<bool> live = std::nullopt;
  /// Columns of the terminal; 0 asks it each time.
  int width = 0;
  /// Draw the bar from characters beyond ASCII? By default if the locale's encoding is UTF-8.
  std::optional<bool> unicode = std::nullopt;
  /// Counts steps under this name, e.g. "iteration 120/1000", where there is one epoch only.
  std::string unit = {};
  /// Seconds between redraws.
  double interval = 0.05;
  /// Takes the text instead of the stream.
  std::function<void(std::string_view)> sink = {};
  /// Seconds since some fixed moment, instead of the steady clock's.
  std::function<double()> clock = {};
};

/// Progress of `epochs` passes of `steps` steps each.
///
///     optim::Progress progress(epochs, batches);
///     for (…) {
///       for (…) progress.step({{"loss", loss}});
///       progress.epoch({{"loss", mean_loss}, {"accuracy", accuracy}});
///     }
///
/// On a terminal one line is redrawn, in one write and at most 20 times a second, and stays when
/// training ends:
///
///     epoch 12/30 ━━━━━━━━━━━──────────────── 2140 steps/s, 0:03 left, loss 0.0312, accuracy 0.981
///
/// Elsewhere each epoch is a line, without control characters:
///
///     epoch 12/30   0.21 s   loss 0.0312   accuracy 0.981
class Progress {
 public:
  /// Throws ValueError unless both numbers are at least 1.
  Progress(Index epochs, Index steps, ProgressOptions options = {});
  /// Leaves the last line on the terminal.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// One step is done.
  void step(std::initializer_list<NamedValue> metrics = {});
  /// One epoch is done, however many steps it had.
  void epoch(std::initializer_list<NamedValue> metrics = {});
  void epoch(const std::vector<NamedValue>& metrics);
  /// Counts what an earlier run has done, the whole epochs and the steps of the next one. Nothing
  /// is shown.
  void skip(Index epochs, Index steps);
  /// Prints a line of text above the live line.
  void note(std::string_view text);
  /// Ends the live line; nothing more is drawn. Called by the destructor.
  void finish();

  /// Seconds since the construction.
  double elapsed() const;

 private:
  struct Shown {
    std::string name;
    double value;
  };

  void remember(std::span<const NamedValue> metrics);
  void end_epoch();
  std::string metrics(std::string_view separator) const;
  /// The share of all steps that is done.
  double share() const;
  std::string line(int width) const;
  void draw(bool now);
  void write(std::string_view text) const;

  Index epochs_, steps_;
  Index epoch_ = 0, step_ = 0;
  Index steps_taken_ = 0;
  ProgressOptions options_;
  bool live_, unicode_;
  bool open_ = false;  // is an unfinished line on the terminal?
  bool finished_ = false;
  double start_, epoch_start_;
  double last_drawn_ = -1e300;
  std::vector<Shown> metrics_;
};

}  // namespace thalweg::optim
