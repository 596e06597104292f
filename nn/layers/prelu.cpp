#include "thalweg/nn/layers/prelu.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/model/init.hpp"

namespace thalweg::nn {
namespace {

Index expect_one(Index weights) {
  if (weights >= 1) return weights;
  throw ValueError(fmt::format("PReLU: {} weights; expected at least one", weights));
}

}  // namespace

template <class Real>
PReLU<Real>::PReLU(Index weights, double start)
    : weight(init::constant<Real>({expect_one(weights)}, start)) {}

template <class Real>
Shape PReLU<Real>::along_channels(const Shape& x) const {
  const Index weights = weight.size();
  if (weights == 1) return {1};
  if (x.rank() < 2 || x[1] != weights)
    throw ShapeError(fmt::format("PReLU: x has shape {}; expected [n, {}, ...]", x, weights));
  Shape shape{weights};
  while (shape.rank() < x.rank() - 1) shape.push_back(1);
  return shape;
}

#define THALWEG_INSTANTIATE(Real) template struct PReLU<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn
