#pragma once
/// Connectionist temporal classification, of the tape's ops.

#include "thalweg/autodiff/ops/ctc.hpp"

namespace thalweg::nn {
using thalweg::ctc_loss;
using thalweg::CtcOptions;
}  // namespace thalweg::nn
