#include "thalweg/nn/data/combine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::nn {
namespace {

template <class T>
Tensor<T> joined(const Tensor<T>& a, const Tensor<T>& b) {
  Shape rest = b.shape(), shape = a.shape();
  if (rest.rank() > 0 && shape.rank() > 0) rest[0] = shape[0];
  if (rest != shape)
    throw ShapeError(fmt::format(
        "concatenate: {} and {} differ in more than the number of examples", a.shape(), b.shape()));
  shape[0] += b.shape()[0];
  Tensor<T> result = Tensor<T>::uninitialised(shape);
  T* const middle = std::copy_n(a.data(), a.size(), result.unshared_data());
  std::copy_n(b.data(), b.size(), middle);
  return result;
}

}  // namespace

template <class Real, class Target>
Dataset<Real, Target> concatenate(const Dataset<Real, Target>& a, const Dataset<Real, Target>& b) {
  a.size();  // throws
  b.size();
  return {joined(a.x, b.x), joined(a.y, b.y)};
}

#define THALWEG_INSTANTIATE(Real)                                                 \
  template Dataset<Real> concatenate(const Dataset<Real>&, const Dataset<Real>&); \
  template Dataset<Real, Real> concatenate(const Dataset<Real, Real>&, const Dataset<Real, Real>&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template Dataset<Index> concatenate(const Dataset<Index>&, const Dataset<Index>&);

}  // namespace thalweg::nn
