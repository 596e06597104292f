#pragma once
/// Maxima and means over windows of images whose channels lie side by side.
///
///     x [images, height, width, channels]    y [images, out height, out width, channels]

#include <cstdint>

#include "thalweg/autodiff/kernels/convolution.hpp"

namespace thalweg::kernels {

struct Pooling {
  Index images, channels;
  Pair size, kernel, stride, padding, out_size;
  bool count_padding = true;  // a mean's divisor is the window's size, whatever lies beyond borders

  Index in_size() const { return images * size.height * size.width * channels; }
  Index result_size() const { return images * out_size.height * out_size.width * channels; }
};

/// y = the largest of each window, the first of equals; NaN, the last, if one of it is. `places`
/// says which it was, counted within the window row by row: one byte each suffices for windows of
/// up to 256. It may be null.
template <class Real, class Place>
void max_pool(const Pooling& p, const Real* x, Real* y, Place* places);
/// x̄ (+)= ȳ at these places.
template <class Real, class Place>
void max_pool_backward(const Pooling& p, const Place* places, const Real* dy, bool accumulate,
                       Real* dx);

/// y = the mean of each window.
template <class Real>
void average_pool(const Pooling& p, const Real* x, Real* y);
/// x̄, overwritten.
template <class Real>
void average_pool_backward(const Pooling& p, const Real* dy, Real* dx);

}  // namespace thalweg::kernels
