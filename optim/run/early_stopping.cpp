#include "thalweg/optim/run/early_stopping.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::optim {

EarlyStopping::EarlyStopping(const EarlyStoppingOptions& options)
    : options_(options), best_(std::numeric_limits<double>::infinity()) {
  if (options.patience < 1)
    throw ValueError(
        fmt::format("EarlyStopping: patience is {}; expected at least 1", options.patience));
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

std::string EarlyStopping::why(std::string_view unit) const {
  return fmt::format("no loss below {:.4g} for {} {}s", best_, waited_, unit);
}

void EarlyStopping::archive(Archive& archive) {
  archive(options_);
  archive("best", best_);
  archive("waited", waited_);
}

}  // namespace thalweg::optim
