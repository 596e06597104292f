#include "thalweg/autodiff/ops/numbers.hpp"

#include <algorithm>

namespace thalweg::detail {

template <class To, class Real>
Tensor<To> converted(const Tensor<Real>& x) {
  if constexpr (std::is_same_v<Real, To>) {
    return x.detach();
  } else {
    Tensor<To> y = Tensor<To>::uninitialised(x.shape());
    std::transform(x.data(), x.data() + x.size(), y.unshared_data(),
                   [](Real number) { return static_cast<To>(number); });
    return y;
  }
}

#define THALWEG_INSTANTIATE(Real) template Tensor<Real> converted(const Tensor<double>&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template Tensor<double> converted(const Tensor<float>&);

}  // namespace thalweg::detail
