#pragma once
/// Training as it happens: optim's progress.

#include "thalweg/optim/progress/progress.hpp"

namespace thalweg::nn {

using optim::Progress;
using optim::ProgressOptions;

}  // namespace thalweg::nn
