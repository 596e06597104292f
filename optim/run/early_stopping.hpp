#pragma once
/// An end when there is no progress.

#include <concepts>
#include <functional>
#include <string>
#include <string_view>

#include "thalweg/optim/state/archive.hpp"

namespace thalweg::optim {

struct EarlyStoppingOptions {
  Index patience = 10;    ///< ≥ 1, losses without progress that are borne
  double least_gain = 0;  ///< ≥ 0; progress is to fall below the best loss by more than this
};

/// An event by whose loss a run is judged: an iteration, an epoch.
template <class Now>
concept Judged = requires(const Now& now) {
  { now.judged_loss() } -> std::same_as<double>;
  std::string_view(Now::unit);
};

/// Stops when the loss has made no progress for too long. An observer of `minimise`, which looks at
/// f, and of `nn::fit`, which looks at the validation loss or, without validation, at the loss:
///
///     optim::minimise(f, x0, optim::Adam{}, {}, optim::EarlyStopping{{.patience = 50}});
///     nn::fit(model, loss, data, adam, {}, nn::EarlyStopping{{.patience = 5}});
///
/// For loops of one's own as well:
///
///     optim::EarlyStopping enough{{.patience = 5}};
///     for (…) if (enough(validation_loss)) break;
///
/// A loss that is NaN is no progress.
class EarlyStopping {
 public:
  static constexpr auto kind = "EarlyStopping";

  /// Throws ValueError for an option out of range.
  explicit EarlyStopping(const EarlyStoppingOptions& options = {});

  /// True if it is time to stop.
  bool operator()(double loss);

  // As an observer: the run stops for the reason `early_stopping`.
  template <class Run>
  void begin(Run& run) {
    stop_ = [&run](std::string why) { run.stop(Run::Reason::early_stopping, std::move(why)); };
  }
  template <Judged Now>
  bool operator()(const Now& now) {
    const bool enough = (*this)(now.judged_loss());
    if (enough && stop_) stop_(why(Now::unit));
    return enough;
  }
  template <class Outcome>
  void end(const Outcome&) {
    stop_ = {};
  }

  double best() const { return best_; }
  /// Losses since the best one.
  Index waited() const { return waited_; }
  void archive(Archive& archive);

 private:
  /// "no loss below 0.031 for 5 epochs".
  std::string why(std::string_view unit) const;

  EarlyStoppingOptions options_;
  double best_;
  Index waited_ = 0;
  std::function<void(std::string)> stop_;  // ends the run that is being observed
};

}  // namespace thalweg::optim
