#include "thalweg/autodiff/ops/cast.hpp"

namespace thalweg::detail {

// y = x,  x̄ = ȳ, each rounded to its type.
template <class To, class From>
Tensor<To> cast(const Tensor<From>& x, Location where) {
  Tensor<To> y = Tensor<To>::uninitialised(x.shape());
  for (Index k = 0; k < x.size(); ++k) y.unshared_data()[k] = static_cast<To>(x.data()[k]);
  if constexpr (!std::is_floating_point_v<To> || !std::is_floating_point_v<From>)
    return y;
  else
    return record(
        "cast", y, {x},
        [](Backward<To>& back) {
          const auto to = back.template into<From>(0);
          const To* const dy = back.adjoint();
          for (Index k = 0; k < back.size(0); ++k)
            to.data[k] = static_cast<From>(dy[k]) + (to.accumulate ? to.data[k] : From(0));
        },
        where);
}

#define THALWEG_INSTANTIATE(Real)                             \
  template Tensor<Real> cast(const Tensor<Index>&, Location); \
  template Tensor<Index> cast(const Tensor<Real>&, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template Tensor<float> cast(const Tensor<double>&, Location);
template Tensor<double> cast(const Tensor<float>&, Location);

}  // namespace thalweg::detail
