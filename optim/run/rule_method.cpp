#include "thalweg/optim/run/rule_method.hpp"

#include <algorithm>

#include "thalweg/optim/base/vectors.hpp"

namespace thalweg::optim::detail {

void RuleMethod::make_parameters(const Objective& f) {
  parameters_.clear();
  list_.clear();
  for (const ArgumentBlock& block : f.blocks())
    parameters_.emplace_back(Tensor<double>::uninitialised(block.shape));
  for (std::size_t k = 0; k < parameters_.size(); ++k)
    list_.push_back({f.blocks()[k].name, &parameters_[k]});
}

void RuleMethod::begin(Objective& f, Point& point) {
  evaluate_with_gradient(f, point);
  point.step = optimizer_->rate();
}

std::optional<Halt> RuleMethod::advance(Objective& f, Point& point) {
  if (list_.empty()) make_parameters(f);
  Gradients gradients;
  const double* x = point.x.data();
  const double* g = point.gradient.data();
  for (Parameter<double>& parameter : parameters_) {
    const auto n = static_cast<std::size_t>(parameter.size());
    std::copy_n(x, n, parameter.mutable_values().data());
    gradients.assign(parameter, Tensor<double>(parameter.shape(), std::span(g, n)));
    x += n, g += n;
  }
  optimizer_->step(list_, gradients);
  double* to = point.x.data();
  for (const Parameter<double>& parameter : parameters_)
    to = std::copy_n(parameter.value().data(), parameter.size(), to);
  point.step = optimizer_->rate();
  evaluate_with_gradient(f, point);
  if (std::isfinite(point.value) && all_finite(point.gradient)) return {};
  return Halt{bottomless(point.value) ? Stop::unbounded : Stop::nonfinite_value};
}

}  // namespace thalweg::optim::detail
