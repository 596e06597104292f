#pragma once
/// What every optimizer asks of a list of parameters and of gradients, before anything changes.

#include "thalweg/autodiff/tape/gradients.hpp"
#include "thalweg/autodiff/tensor/parameter.hpp"

namespace thalweg::optim::detail {

/// Throws ValueError "Adam: …" if the list is empty or names a parameter twice.
template <class Real>
void expect_distinct(const char* optimizer, const ParameterList<Real>& parameters);

/// Throws ValueError "Adam: …" if the gradients hold none of the parameters.
template <class Real>
void expect_own(const char* optimizer, const ParameterList<Real>& parameters,
                const Gradients& gradients);

}  // namespace thalweg::optim::detail
