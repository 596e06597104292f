#include "thalweg/nn/layers/linear.hpp"

#include <fmt/format.h>

#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/model/init.hpp"

namespace thalweg::nn {
namespace {

Shape weight_shape(Index in, Index out) {
  if (in >= 1 && out >= 1) return {out, in};
  throw ValueError(
      fmt::format("Linear: {} inputs and {} outputs; expected at least one of each", in, out));
}

// k
double reach(Index in) { return 1 / std::sqrt(static_cast<double>(in)); }

}  // namespace

template <class Real>
Linear<Real>::Linear(Index in, Index out, Random& random)
    : weight(init::fan_in_uniform<Real>(weight_shape(in, out), random)),
      bias(init::uniform<Real>({out}, -reach(in), reach(in), random)) {}

template <class Real>
Linear<Real>::Linear(Tensor<Real> w, Tensor<Real> b) : weight(std::move(w)), bias(std::move(b)) {
  if (weight.shape().rank() != 2 || bias.shape() != Shape{weight.shape()[0]})
    throw ShapeError(fmt::format("Linear: weight {} and bias {}; expected [out, in] and [out]",
                                 weight.shape(), bias.shape()));
}

#define THALWEG_INSTANTIATE(Real) template struct Linear<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn
