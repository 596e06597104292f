#pragma once
/// A model's numbers as they are stored.

#include <string_view>

#include "thalweg/autodiff/files/safetensors.hpp"
#include "thalweg/nn/weights/weights.hpp"

namespace thalweg::nn::detail {

/// Throws ValueError "save_weights: element 3 of w is 70000, which F16 does not hold".
template <class Number>
StoredTensor stored_as(const Tensor<Number>& tensor, WeightType type, std::string_view name);

}  // namespace thalweg::nn::detail
