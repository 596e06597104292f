#pragma once
/// When a run is saved.

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::optim {

/// After every `every` steps, once each, and when the run has ended.
class SavingTimes {
 public:
  explicit SavingTimes(Index every) : every_(every) {}

  bool due(Index steps, bool ended) const {
    return ended || (steps % every_ == 0 && steps != saved_at_);
  }
  /// The run is in a file as it is after so many steps.
  void saved(Index steps) { saved_at_ = steps; }

 private:
  Index every_;
  Index saved_at_ = -1;
};

}  // namespace thalweg::optim
