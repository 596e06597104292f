#include "thalweg/nn/layers/rms_norm.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/model/init.hpp"

namespace thalweg::nn {

template <class Real>
RMSNorm<Real>::RMSNorm(const Shape& shape, const RMSNormOptions& options)
    : RMSNorm(init::constant<Real>(shape, 1), options) {}

template <class Real>
RMSNorm<Real>::RMSNorm(Tensor<Real> w, const RMSNormOptions& options)
    : weight(std::move(w)), options_(options) {
  const Shape& shape = weight.shape();
  if (shape.rank() < 1 || shape.size() < 1)
    throw ValueError(fmt::format("RMSNorm: shape {}; expected sizes of at least 1", shape));
  if (!(options.epsilon >= 0))
    throw ValueError(fmt::format("RMSNorm: epsilon is {}; expected at least 0", options.epsilon));
}

#define THALWEG_INSTANTIATE(Real) template class RMSNorm<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn
