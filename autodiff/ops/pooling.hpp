#pragma once
/// Maxima and means over windows of images.
///
///     Tensor y = max_pool2d(x, 2);                                       // halves both sides
///     Tensor z = avg_pool2d(x, 3, {.stride = 2, .padding = 1});
///
///     x [n, channels, height, width]    y [n, channels, height', width']
///     height' = ⌊(height + 2 padding − kernel) / stride⌋ + 1
///
/// Images stay channels-last between convolutions. ShapeError and ValueError name what does not
/// fit; the padding is at most half of the kernel, so that no window lies outside.

#include "thalweg/autodiff/ops/convolution.hpp"

namespace thalweg {

struct PoolOptions {
  Extent stride = 0;  ///< 0: the kernel's size
  Extent padding = 0;
};

struct AvgPoolOptions {
  Extent stride = 0;
  Extent padding = 0;
  bool count_include_pad = true;  ///< divide by the kernel's size at the borders, too
};

namespace detail {
template <class Real>
Tensor<Real> max_pool2d(const Tensor<Real>& x, Extent kernel, const PoolOptions& options,
                        Location where);
template <class Real>
Tensor<Real> avg_pool2d(const Tensor<Real>& x, Extent kernel, const AvgPoolOptions& options,
                        Location where);
template <class Real>
Tensor<Real> max_pool1d(const Tensor<Real>& x, Index kernel, const PoolOptions& options,
                        Location where);
template <class Real>
Tensor<Real> avg_pool1d(const Tensor<Real>& x, Index kernel, const AvgPoolOptions& options,
                        Location where);
inline Extent whole_image(const Shape& x) { return x.rank() == 4 ? Extent(x[2], x[3]) : Extent(1); }
}  // namespace detail

/// The largest of each window; beyond the borders lies −∞. The adjoint goes to the first largest.
template <RealTensorLike X>
auto max_pool2d(X&& x, Extent kernel, const PoolOptions& options = {},
                Location where = Location::current()) {
  return detail::max_pool2d(as_tensor(std::forward<X>(x), where), kernel, options, where);
}

/// The mean of each window; beyond the borders lie zeros.     x̄ += ȳ / size of the window.
template <RealTensorLike X>
auto avg_pool2d(X&& x, Extent kernel, const AvgPoolOptions& options = {},
                Location where = Location::current()) {
  return detail::avg_pool2d(as_tensor(std::forward<X>(x), where), kernel, options, where);
}

/// The same along one axis: x [n, channels, length]. Of stride and padding the width counts.
template <RealTensorLike X>
auto max_pool1d(X&& x, Index kernel, const PoolOptions& options = {},
                Location where = Location::current()) {
  return detail::max_pool1d(as_tensor(std::forward<X>(x), where), kernel, options, where);
}
template <RealTensorLike X>
auto avg_pool1d(X&& x, Index kernel, const AvgPoolOptions& options = {},
                Location where = Location::current()) {
  return detail::avg_pool1d(as_tensor(std::forward<X>(x), where), kernel, options, where);
}

/// The mean and the largest of each whole image: x [n, channels, height, width] to
/// y [n, channels, 1, 1]; flatten(y, 1) makes them features [n, channels].
template <RealTensorLike X>
auto global_avg_pool2d(X&& x, Location where = Location::current()) {
  const Tensor whole = as_tensor(std::forward<X>(x), where);
  return detail::avg_pool2d(whole, detail::whole_image(whole.shape()), {}, where);
}
template <RealTensorLike X>
auto global_max_pool2d(X&& x, Location where = Location::current()) {
  const Tensor whole = as_tensor(std::forward<X>(x), where);
  return detail::max_pool2d(whole, detail::whole_image(whole.shape()), {}, where);
}

}  // namespace thalweg
