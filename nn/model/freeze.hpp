#pragma once
/// Parameters that are not learned for a while.
///
///     nn::freeze(model);                       // all of it
///     nn::freeze(model.encoder);               // a part
///     nn::freeze(model, "*.bias");             // by name: * is any text, ? any character
///     nn::unfreeze(model, "layers.3.*");
///
/// A frozen parameter goes on no tape: a backward pass stops where all that is before is frozen.
/// Optimizers leave it and its moments alone. (A group with frozen = true does only that.) Buffers
/// are not parameters: running statistics follow in training; call the layer with
/// mode.without_statistics(), or in evaluation, if they are not to.
///
/// Both throw ValueError if no parameter fits the pattern.

#include "thalweg/nn/model/module.hpp"

namespace thalweg::nn {

namespace detail {
void set_frozen(const StateList& state, std::string_view pattern, bool frozen);
}

template <class Model>
void freeze(Model& model, std::string_view pattern = "*") {
  detail::set_frozen(state(model), pattern, true);
}
template <class Model>
void unfreeze(Model& model, std::string_view pattern = "*") {
  detail::set_frozen(state(model), pattern, false);
}

}  // namespace thalweg::nn
