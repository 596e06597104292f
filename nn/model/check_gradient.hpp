#pragma once
/// A model's gradient against central differences.

#include "thalweg/autodiff/derive/check_gradient.hpp"
#include "thalweg/nn/model/module.hpp"

namespace thalweg::nn {

/// The gradient of loss() with respect to every parameter of `model`, which loss() uses; checked
/// coordinate by coordinate, or as `check` says. The report names the worst, such as
/// "hidden.weight [0, 3]".
///
///     const auto report = nn::check_gradient(model, [&] { return cross_entropy(model(x), y); });
///     if (!report) fmt::print("{}\n", report);
///
/// Moves the parameters and puts them back; frozen ones are left out. Best on a model in double
/// with smooth activations: float leaves a third as many digits, and a kink within a step looks
/// like an error.
template <class Model, class Loss>
GradientReport check_gradient(const GradientCheck& check, Model& model, Loss&& loss) {
  ParameterList<RealOf<Model>> learned;
  for (const auto& named : parameters(model))
    if (!named.parameter->frozen()) learned.push_back(named);
  return thalweg::check_gradient(check, std::forward<Loss>(loss), learned);
}
template <class Model, class Loss>
GradientReport check_gradient(Model& model, Loss&& loss) {
  return check_gradient(GradientCheck{}, model, std::forward<Loss>(loss));
}

}  // namespace thalweg::nn
