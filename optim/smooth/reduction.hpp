#pragma once
/// What a step has gained, to more digits than f has.

#include "thalweg/optim/run/method.hpp"

namespace thalweg::optim::detail {

/// True if a change of f is about to be lost in its rounding:   |Δf| ≤ 10⁻¹⁰ |f|
bool drowned(double change, double value);

/// f(x) − f(x₊); where that is drowned, and `by_gradients` allows it, by the trapezoidal rule:
///
///     −½ (g + g₊)ᵀ (x₊ − x),
///
/// whose error falls with the third power of the step. A method allows it where its model promised
/// no more to begin with, so that a wrong gradient does not argue for itself.
double reduction(const Point& from, const Point& to, bool by_gradients);

}  // namespace thalweg::optim::detail
