#include "nn/metrics/numbers.hpp"

#include <algorithm>

namespace thalweg::nn::detail {

template <class Real>
Tensor<double> widened(const Tensor<Real>& x) {
  if constexpr (std::is_same_v<Real, double>) {
    return x.detach();
  } else {
    Tensor<double> y = Tensor<double>::uninitialised(x.shape());
    std::copy_n(x.data(), x.size(), y.unshared_data());
    return y;
  }
}

template Tensor<double> widened(const Tensor<float>&);
template Tensor<double> widened(const Tensor<double>&);

}  // namespace thalweg::nn::detail
