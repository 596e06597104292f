#include "thalweg/optim/training/averaging.hpp"

#include "thalweg/optim/rules/parameter_list.hpp"
#include "thalweg/optim/rules/update.hpp"

namespace thalweg::optim {

WeightAverage::WeightAverage(const Options& options) : options_(options) {
  expect_fraction(kind, "decay", options.decay);
}

double WeightAverage::share() const {
  const auto t = static_cast<double>(updates_);
  const double fresh = 1 - options_.decay;
  if (updates_ == 1) return 1;
  if (options_.mean) return 1 / t;
  return options_.bias_correction ? fresh / (1 - std::pow(options_.decay, t)) : fresh;
}

void WeightAverage::expect_own() const {
  if (swapped_)
    throw ValueError("WeightAverage: the parameters hold the average; call swap(parameters) first");
}

template <class Real>
void WeightAverage::expect_average_of(const ParameterList<Real>& parameters) const {
  if (average_.empty())
    throw ValueError("WeightAverage: there is no average before the first update");
  average_.expect_of(kind, parameters);
}

template <class Real>
void WeightAverage::update(const ParameterList<Real>& parameters) {
  expect_own();
  if (average_.empty()) {
    detail::expect_distinct(kind, parameters);
    average_ = detail::KeptArrays(parameters);
  }
  average_.expect_of(kind, parameters);
  ++updates_;
  for (std::size_t k = 0; k < parameters.size(); ++k)
    detail::move_towards(average_.of<Real>()[k].value, parameters[k].parameter->value(), share());
}

template <class Real>
void WeightAverage::swap(const ParameterList<Real>& parameters) {
  expect_average_of(parameters);
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    Tensor<Real>& kept = average_.of<Real>()[k].value;
    const Tensor<Real> weights = parameters[k].parameter->value();
    parameters[k].parameter->assign(kept);
    kept = weights;
  }
  swapped_ = !swapped_;
}

template <class Real>
void WeightAverage::copy_to(const ParameterList<Real>& parameters) const {
  expect_own();
  expect_average_of(parameters);
  for (std::size_t k = 0; k < parameters.size(); ++k)
    parameters[k].parameter->assign(average_.of<Real>()[k].value);
}

void WeightAverage::archive(Archive& archive) {
  archive(options_);
  archive("updates", updates_);
  archive("swapped", swapped_);
  archive("average", average_);
}

#define THALWEG_INSTANTIATE(Real)                                  \
  template void WeightAverage::update(const ParameterList<Real>&); \
  template void WeightAverage::swap(const ParameterList<Real>&);   \
  template void WeightAverage::copy_to(const ParameterList<Real>&) const;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::optim
