#pragma once
/// Training as it happens: optim's progress.

#include "optim/progress.hpp"

namespace thalweg::nn {

using optim::Progress;
using optim::ProgressOptions;

}  // namespace thalweg::nn
