#include "thalweg/optim/training/accumulation.hpp"

#include "thalweg/optim/rules/parameter_list.hpp"
#include "thalweg/optim/rules/update.hpp"

namespace thalweg::optim::detail {
namespace {

/// factor · (a + b).
template <class Real>
Tensor<Real> scaled_sum(const Tensor<Real>& a, const Tensor<Real>& b, double factor) {
  Tensor<Real> result = Tensor<Real>::uninitialised(a.shape());
  Real* const to = result.unshared_data();
  const auto scale = static_cast<Real>(factor);
  kernels::parallel_for(result.size(), kernels::grain_of(3),
                        [=, x = a.data(), y = b.data()](Index begin, Index end, Index) {
                          for (Index i = begin; i < end; ++i) to[i] = scale * (x[i] + y[i]);
                        });
  return result;
}

}  // namespace

PendingGradients::PendingGradients(const AccumulationOptions& options) : options_(options) {
  if (options.every < 1)
    throw ValueError(fmt::format("Accumulated: every is {}; expected at least 1", options.every));
}

template <class Real>
void PendingGradients::expect_fitting(const ParameterList<Real>& parameters,
                                      const Gradients& gradients) const {
  if (sums_.empty())
    expect_distinct("Accumulated", parameters);
  else
    sums_.expect_of("Accumulated", parameters);
  expect_own("Accumulated", parameters, gradients);
}

template <class Real>
void PendingGradients::add(const ParameterList<Real>& parameters, const Gradients& gradients) {
  expect_fitting(parameters, gradients);
  std::vector<Moment<Real>>& sums = sums_.of<Real>();
  const bool first = sums.empty();
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    const auto& [name, parameter] = parameters[k];
    if (first)
      sums.push_back({name, gradients[*parameter]});
    else if (gradients.contains(*parameter))
      sums[k].value = scaled_sum(sums[k].value, gradients[*parameter], 1);
  }
  ++count_;
}

template <class Real>
Gradients PendingGradients::with(const ParameterList<Real>& parameters,
                                 const Gradients& gradients) const {
  if (count_ == 0) return gradients;
  expect_fitting(parameters, gradients);
  const double factor = options_.mean ? 1 / static_cast<double>(count_ + 1) : 1;
  Gradients total;
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    const Parameter<Real>& parameter = *parameters[k].parameter;
    total.assign(parameter, scaled_sum(sums_.of<Real>()[k].value, gradients[parameter], factor));
  }
  return total;
}

void PendingGradients::clear() {
  count_ = 0;
  sums_ = {};
}

void PendingGradients::archive(Archive& archive) {
  archive(options_);
  archive("count", count_);
  archive("sums", sums_);
}

#define THALWEG_INSTANTIATE(Real)                                                    \
  template void PendingGradients::add(const ParameterList<Real>&, const Gradients&); \
  template Gradients PendingGradients::with(const ParameterList<Real>&, const Gradients&) const;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::optim::detail
