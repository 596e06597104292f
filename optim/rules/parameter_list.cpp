#include "thalweg/optim/rules/parameter_list.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::optim::detail {

template <class Real>
void expect_distinct(const char* optimizer, const ParameterList<Real>& parameters) {
  if (parameters.empty())
    throw ValueError(fmt::format("{}: the list of parameters is empty", optimizer));
  for (std::size_t k = 0; k < parameters.size(); ++k)
    for (std::size_t i = 0; i < k; ++i)
      if (parameters[i].parameter->identity() == parameters[k].parameter->identity())
        throw ValueError(fmt::format("{}: {} and {} are the same parameter; list it once",
                                     optimizer, parameters[i].name, parameters[k].name));
}

template <class Real>
void expect_own(const char* optimizer, const ParameterList<Real>& parameters,
                const Gradients& gradients) {
  for (const auto& [_, parameter] : parameters)
    if (gradients.contains(*parameter)) return;
  throw ValueError(fmt::format(
      "{}: the gradients hold none of the {} parameters ({}, ...); the loss does not depend on "
      "them, or it is another model's",
      optimizer, parameters.size(), parameters.front().name));
}

#define THALWEG_INSTANTIATE(Real)                                         \
  template void expect_distinct(const char*, const ParameterList<Real>&); \
  template void expect_own(const char*, const ParameterList<Real>&, const Gradients&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::optim::detail
