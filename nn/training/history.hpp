#pragma once
/// What each epoch came to.

#include <span>
#include <vector>

#include "thalweg/nn/training/observer.hpp"

namespace thalweg::nn {

/// Records every epoch; saved with the run, so that the history of a resumed run is whole.
///
///     nn::History history;
///     nn::fit(model, loss, train, adam, {}, history);
///     history.losses();                      // one number per epoch
///     history.write_csv("run.csv");
class History {
 public:
  static constexpr auto kind = "History";

  /// A run that begins with its first epoch begins a new history.
  void epoch(const Epoch& now);

  const std::vector<Epoch>& rows() const { return rows_; }
  std::vector<double> losses() const;
  /// NaN for epochs without validation.
  std::vector<double> validation_losses() const;
  /// A metric's values. Throws ValueError, listing those there are, for a name that is none.
  std::vector<double> metric(std::string_view name) const;
  std::vector<double> validation_metric(std::string_view name) const;

  /// A header line and a line per epoch; numbers with all their digits, NaN as an empty cell:
  ///
  ///     epoch,step,seconds,rate,loss,validation_loss,accuracy,validation_accuracy
  std::string csv() const;
  /// A JSON object per line with the same names; NaN and infinities as null.
  std::string json_lines() const;
  /// Throw DataError, naming the file, if it cannot be written; never leave half of it.
  void write_csv(const std::string& path) const;
  void write_json_lines(const std::string& path) const;

  void archive(optim::Archive& archive) { archive(rows_); }

 private:
  std::vector<Epoch> rows_;
};

namespace detail {
/// Every number of an epoch under its name: "loss", "validation_accuracy", …
MetricValues numbers_of(const Epoch& epoch);
}  // namespace detail

}  // namespace thalweg::nn
