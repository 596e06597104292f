#include "thalweg/nn/model/buffer.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::nn {

template <class Element>
void Buffer<Element>::set(Tensor<Element> value) const {
  if (value.shape() != shape())
    throw ShapeError(
        fmt::format("Buffer: a value of shape {} for one of shape {}", value.shape(), shape()));
  value_ = value.detach();
}

#define THALWEG_INSTANTIATE(Real) template class Buffer<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template class Buffer<Index>;

}  // namespace thalweg::nn
