#pragma once
/// A model's numbers as they are stored, and back.

#include <string_view>

#include "thalweg/autodiff/files/safetensors.hpp"
#include "thalweg/nn/weights/weights.hpp"

namespace thalweg::nn::detail {

/// Throws ValueError "save_weights: element 3 of w is 70000, which F16 does not hold".
template <class Number>
StoredTensor stored_as(const Tensor<Number>& tensor, WeightType type, std::string_view name);

/// `converted`, and F16 and BF16 besides. Throws DataError as that does.
template <class Number>
Tensor<Number> weight_of(const StoredTensor& stored, std::string_view what);

}  // namespace thalweg::nn::detail
