#pragma once
/// An end when there is no progress: when the validation loss, or without validation the loss, has
/// not fallen for `patience` epochs.
///
///     nn::EarlyStopping enough{{.patience = 5, .least_gain = 1e-4}};

#include "thalweg/nn/training/observer.hpp"
#include "thalweg/optim/run/early_stopping.hpp"

namespace thalweg::nn {

using optim::EarlyStopping;
using optim::EarlyStoppingOptions;

}  // namespace thalweg::nn
