#pragma once
/// From a file's names to a model's.

#include <string>

#include "thalweg/nn/weights/weights.hpp"

namespace thalweg::nn::detail {

/// Throws ValueError for a rule whose new name has more * than its pattern.
void expect_usable(const TextPairs& rename);

/// The name in the model of what the file calls `name`; empty if it is to be left out.
std::string renamed(std::string name, const LoadWeightsOptions& options);

}  // namespace thalweg::nn::detail
