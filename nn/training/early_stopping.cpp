#include "thalweg/nn/training/early_stopping.hpp"

#include <fmt/format.h>

#include "thalweg/nn/training/training.hpp"

namespace thalweg::nn {

void EarlyStopping::epoch(const Epoch& now) {
  if (rule_(now.judged_loss()))
    run_->stop(Stop::early_stopping,
               fmt::format("no loss below {:.4g} for {} epochs", best(), waited()));
}

}  // namespace thalweg::nn
