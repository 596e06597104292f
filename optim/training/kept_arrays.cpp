#include "thalweg/optim/training/kept_arrays.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/base/parallel.hpp"

namespace thalweg::optim::detail {

template <class Real>
KeptArrays::KeptArrays(const ParameterList<Real>& parameters) {
  for (const auto& [name, parameter] : parameters) of<Real>().push_back({name, parameter->value()});
}

std::size_t KeptArrays::size() const {
  return std::apply([](const auto&... kept) { return (kept.size() + ...); }, kept_);
}

void KeptArrays::archive(Archive& archive) {
  for_each_number_type(
      [&]<class Real>(std::type_identity<Real>) { archive(number_type<Real>.name, of<Real>()); });
}

template <class Real>
void KeptArrays::expect_of(const char* owner, const ParameterList<Real>& parameters) const {
  const std::vector<Moment<Real>>& kept = of<Real>();
  if (kept.size() != parameters.size())
    throw ValueError(
        fmt::format("{}: it goes with a list of {} parameters of {}; this one has {} of {}", owner,
                    size(), type_held<Moments>(kept_), parameters.size(), number_type<Real>.name));
  for (std::size_t k = 0; k < kept.size(); ++k) {
    const auto& [name, parameter] = parameters[k];
    if (kept[k].name == name && kept[k].value.shape() == parameter->shape()) continue;
    throw ValueError(fmt::format("{}: parameter {} was {} {} at first and is {} {} now", owner, k,
                                 kept[k].name, kept[k].value.shape(), name, parameter->shape()));
  }
}

template <class Real>
void move_towards(Tensor<Real>& kept, const Tensor<Real>& w, double share) {
  if (share == 1) {
    kept = w;
    return;
  }
  Real* const to = kept.mutable_values().data();
  const Real* const from = w.data();
  const auto part = static_cast<Real>(share);
  kernels::parallel_for(w.size(), kernels::grain_of(2), [=](Index begin, Index end, Index) {
    for (Index i = begin; i < end; ++i) to[i] += part * (from[i] - to[i]);
  });
}

#define THALWEG_INSTANTIATE(Real)                                                     \
  template KeptArrays::KeptArrays(const ParameterList<Real>&);                        \
  template void KeptArrays::expect_of(const char*, const ParameterList<Real>&) const; \
  template void move_towards(Tensor<Real>&, const Tensor<Real>&, double);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::optim::detail
