#include "thalweg/nn/layers/layer_norm.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/model/init.hpp"

namespace thalweg::nn {
namespace {

void expect_epsilon(double epsilon) {
  if (!(epsilon >= 0))
    throw ValueError(fmt::format("LayerNorm: epsilon is {}; expected at least 0", epsilon));
}

const Shape& expect_sizes(const Shape& shape) {
  if (shape.rank() >= 1 && shape.size() >= 1) return shape;
  throw ValueError(fmt::format("LayerNorm: shape {}; expected sizes of at least 1", shape));
}

}  // namespace

template <class Real>
LayerNorm<Real>::LayerNorm(const Shape& shape, const LayerNormOptions& options)
    : weight(init::constant<Real>(expect_sizes(shape), 1)),
      bias(init::constant<Real>(shape, 0)),
      shape_(shape),
      options_(options) {
  expect_epsilon(options.epsilon);
}

template <class Real>
LayerNorm<Real>::LayerNorm(Tensor<Real> w, Tensor<Real> b, const LayerNormOptions& options)
    : weight(std::move(w)), bias(std::move(b)), shape_(weight.shape()), options_(options) {
  expect_epsilon(options.epsilon);
  expect_sizes(shape_);
  if (bias.shape() != shape_)
    throw ShapeError(fmt::format("LayerNorm: weight {} and bias {}; expected the same shape",
                                 shape_, bias.shape()));
}

#define THALWEG_INSTANTIATE(Real) template class LayerNorm<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn
