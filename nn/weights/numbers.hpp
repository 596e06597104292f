#pragma once
/// A model's numbers as they are stored.

#include <string_view>

#include "thalweg/autodiff/files/safetensors.hpp"
#include "thalweg/nn/weights/weights.hpp"

namespace thalweg::nn::detail {

/// Throws ValueError "save_weights: element 3 of w is 70000, which F16 does not hold".
template <class Number>
StoredTensor stored_as(const Tensor<Number>& tensor, WeightType type, std::string_view name);

/// A model's weights, as they go to a file.
Safetensors stored_weights(const StateList& state, const SaveWeightsOptions& options);
/// A file's content, as it comes to a model: what stands beside weights under `recipe_key` is none.
WeightsReport load_weights(const StateList& names, Safetensors content, const std::string& origin,
                           const LoadWeightsOptions& options);

inline constexpr const char* recipe_key = "thalweg.recipe";

}  // namespace thalweg::nn::detail
