#include "thalweg/nn/layers/group_norm.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/model/init.hpp"

namespace thalweg::nn {

template <class Real>
GroupNorm<Real>::GroupNorm(Index groups, Index channels, const GroupNormOptions& options)
    : GroupNorm(groups, init::constant<Real>({std::max<Index>(channels, 0)}, 1),
                init::constant<Real>({std::max<Index>(channels, 0)}, 0), options) {}

template <class Real>
GroupNorm<Real>::GroupNorm(Index groups, Tensor<Real> w, Tensor<Real> b,
                           const GroupNormOptions& options)
    : weight(std::move(w)), bias(std::move(b)), groups_(groups), options_(options) {
  if (weight.shape().rank() != 1 || bias.shape() != weight.shape())
    throw ShapeError(fmt::format("GroupNorm: weight {} and bias {}; expected [channels] of each",
                                 weight.shape(), bias.shape()));
  if (groups < 1 || channels() < 1 || channels() % groups != 0)
    throw ValueError(
        fmt::format("GroupNorm: {} groups of {} channels; expected a divisor", groups, channels()));
  if (!(options.epsilon >= 0))
    throw ValueError(fmt::format("GroupNorm: epsilon is {}; expected at least 0", options.epsilon));
}

#define THALWEG_INSTANTIATE(Real) template class GroupNorm<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn
