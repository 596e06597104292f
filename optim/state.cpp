#include "optim/state.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "autodiff/error.hpp"

namespace thalweg::optim {
namespace {

constexpr const char* cure =
    "an optimizer goes with one list of parameters; make a new one for other parameters";

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

}  // namespace

template <class Real>
bool ParameterCheck::first_step(const char* optimizer, const ParameterList<Real>& parameters,
                                const Gradients& gradients) {
  const bool first = seen_.empty();
  if (first) expect_distinct(optimizer, parameters);
  if (!first && parameters.size() != seen_.size())
    throw ValueError(fmt::format("{}: the first step had {} parameters, this one has {}; {}",
                                 optimizer, seen_.size(), parameters.size(), cure));
  for (std::size_t k = 0; k < seen_.size(); ++k) {
    const auto& [name, parameter] = parameters[k];
    if (parameter->identity() == seen_[k].identity && parameter->shape() == seen_[k].shape)
      continue;
    throw ValueError(fmt::format(
        "{}: parameter {} was {} {} on the first step and is {} {} of another model now; {}",
        optimizer, k, seen_[k].name, seen_[k].shape, name, parameter->shape(), cure));
  }
  const auto holds = [&](const auto& named) { return gradients.contains(*named.parameter); };
  if (std::none_of(parameters.begin(), parameters.end(), holds))
    throw ValueError(fmt::format(
        "{}: the gradients hold none of the {} parameters ({}, ...); the loss does not depend on "
        "them, or it is another model's",
        optimizer, parameters.size(), parameters.front().name));
  if (first)
    for (const auto& [name, parameter] : parameters)
      seen_.push_back({name, parameter->identity(), parameter->shape()});
  return first;
}

template <class Real>
Tensor<Real> zeros_like(const Parameter<Real>& parameter) {
  Tensor<Real> zeros = Tensor<Real>::uninitialised(parameter.shape());
  std::fill_n(zeros.unshared_data(), zeros.size(), Real(0));
  return zeros;
}

template bool ParameterCheck::first_step(const char*, const ParameterList<float>&,
                                         const Gradients&);
template bool ParameterCheck::first_step(const char*, const ParameterList<double>&,
                                         const Gradients&);
template Tensor<float> zeros_like(const Parameter<float>&);
template Tensor<double> zeros_like(const Parameter<double>&);

}  // namespace thalweg::optim
