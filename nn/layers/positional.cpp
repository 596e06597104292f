#include "thalweg/nn/layers/positional.hpp"

#include <fmt/format.h>

#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/slice.hpp"
#include "thalweg/nn/model/init.hpp"

namespace thalweg::nn {
namespace {

void expect(const char* layer, const Shape& x, Index e, Index first) {
  if (x.rank() != 3 || x[2] != e)
    throw ShapeError(fmt::format("{}: x {}; expected [b, t, {}]", layer, x, e));
  if (first < 0)
    throw ValueError(fmt::format("{}: first is {}; positions count from 0", layer, first));
}

Shape table_shape(Index length, Index e) {
  if (length >= 1 && e >= 1) return {length, e};
  throw ValueError(
      fmt::format("LearnedPositions: {} of width {}; expected at least one of each", length, e));
}

}  // namespace

template <class Real>
Tensor<Real> SinusoidalEncoding<Real>::table(Index t, Index e, Index first) {
  auto p = Tensor<Real>::uninitialised({t, e});
  for (Index i = 0; i < t; ++i)
    for (Index c = 0; c < e; ++c) {
      const double exponent = -static_cast<double>(c - c % 2) / static_cast<double>(e);
      const double angle = static_cast<double>(first + i) * std::pow(1e4, exponent);
      p.unshared_data()[i * e + c] =
          static_cast<Real>(c % 2 == 0 ? std::sin(angle) : std::cos(angle));
    }
  return p;
}

template <class Real>
Tensor<Real> SinusoidalEncoding<Real>::operator()(const Tensor<Real>& x, Index first,
                                                  Location where) const {
  expect("SinusoidalEncoding", x.shape(), size, first);
  return Tensor<Real>(x + table(x.size(1), size, first), where);
}

template <class Real>
LearnedPositions<Real>::LearnedPositions(Index length, Index e, Random& random)
    : weight(init::normal<Real>(table_shape(length, e), 0, 0.02, random)) {}

template <class Real>
Tensor<Real> LearnedPositions<Real>::operator()(const Tensor<Real>& x, Index first,
                                                Location where) const {
  expect("LearnedPositions", x.shape(), weight.shape()[1], first);
  const Index end = first + x.size(1);
  if (end > length())
    throw IndexError(fmt::format("LearnedPositions: position {}; there are {}", end - 1, length()));
  return Tensor<Real>(x + slice(weight, 0, {first, end}, where), where);
}

#define THALWEG_INSTANTIATE(Real)           \
  template struct SinusoidalEncoding<Real>; \
  template class LearnedPositions<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn
