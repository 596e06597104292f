#pragma once
/// Convolution: conv1d, conv2d, and conv_transpose2d, its adjoint.
///
///     Tensor y = conv2d(x, weight, bias, {.padding = 1});
///     Tensor z = conv2d(x, weight, {.stride = 2, .padding = {1, 2}, .groups = 4});
///
/// Images have their channels first, as in PyTorch; inside they are held channels-last from one
/// convolution to the next, and put in order only for ops that do not know it. Float runs on
/// oneDNN. Cost: 2 · size(y) · in / groups · window flops, twice that backward. ShapeError and
/// ValueError name the sizes that do not fit.

#include "thalweg/autodiff/ops/operand.hpp"

namespace thalweg {

/// One number for both directions, or {height, width}.
struct Extent {
  Index height;
  Index width;
  constexpr Extent(Index both) : height(both), width(both) {}
  constexpr Extent(Index vertical, Index horizontal) : height(vertical), width(horizontal) {}
  friend bool operator==(const Extent&, const Extent&) = default;
};

/// Along one axis the widths count.
struct ConvOptions {
  Extent stride = 1;          ///< ≥ 1
  Extent padding = 0;         ///< ≥ 0, zeros beyond each border; conv_transpose2d: cut off there
  Extent output_padding = 0;  ///< conv_transpose2d only: < stride, added at the far borders
  Extent dilation = 1;        ///< ≥ 1, distance of the window's places
  Index groups = 1;           ///< divides in and out: channels are mixed within their group only
};

/// What layers call; the bias may be null.
namespace op {
template <class Real>
Tensor<Real> conv2d(const Tensor<Real>& x, const Tensor<Real>& weight, const Tensor<Real>* bias,
                    const ConvOptions& options, Location where);
template <class Real>
Tensor<Real> conv1d(const Tensor<Real>& x, const Tensor<Real>& weight, const Tensor<Real>* bias,
                    const ConvOptions& options, Location where);
template <class Real>
Tensor<Real> conv_transpose2d(const Tensor<Real>& x, const Tensor<Real>& weight,
                              const Tensor<Real>* bias, const ConvOptions& options, Location where);
}  // namespace op

/// y[n, o, i, j] = b[o] + Σ x[n, c, i s + p d − pad, j s + q d − pad] w[o, c, p, q]
///
///     x [n, in, height, width]    w [out, in / groups, kernel, kernel]    b [out]
///     y [n, out, height', width'],    height' = ⌊(height + 2 pad − d (kernel − 1) − 1) / s⌋ + 1
template <RealTensorLike X, RealTensorLike W, RealTensorLike B>
auto conv2d(X&& x, W&& weight, B&& bias, const ConvOptions& options = {},
            Location where = Location::current()) {
  using Real = op::ElementOf<X, W, B>;
  const Tensor<Real> b = as_tensor(std::forward<B>(bias), where);
  return op::conv2d<Real>(as_tensor(std::forward<X>(x), where),
                          as_tensor(std::forward<W>(weight), where), &b, options, where);
}
template <RealTensorLike X, RealTensorLike W>
auto conv2d(X&& x, W&& weight, const ConvOptions& options = {},
            Location where = Location::current()) {
  using Real = op::ElementOf<X, W>;
  return op::conv2d<Real>(as_tensor(std::forward<X>(x), where),
                          as_tensor(std::forward<W>(weight), where), nullptr, options, where);
}

/// The same along one axis: x [n, in, length], w [out, in / groups, kernel], y [n, out, length'].
template <RealTensorLike X, RealTensorLike W, RealTensorLike B>
auto conv1d(X&& x, W&& weight, B&& bias, const ConvOptions& options = {},
            Location where = Location::current()) {
  using Real = op::ElementOf<X, W, B>;
  const Tensor<Real> b = as_tensor(std::forward<B>(bias), where);
  return op::conv1d<Real>(as_tensor(std::forward<X>(x), where),
                          as_tensor(std::forward<W>(weight), where), &b, options, where);
}
template <RealTensorLike X, RealTensorLike W>
auto conv1d(X&& x, W&& weight, const ConvOptions& options = {},
            Location where = Location::current()) {
  using Real = op::ElementOf<X, W>;
  return op::conv1d<Real>(as_tensor(std::forward<X>(x), where),
                          as_tensor(std::forward<W>(weight), where), nullptr, options, where);
}

/// The adjoint of conv2d in x, as an op of its own: it enlarges images.
///
///     y[n, o, i s + p d − pad, j s + q d − pad] += x[n, c, i, j] w[c, o, p, q],    then + b[o]
///
///     x [n, in, height, width]    w [in, out / groups, kernel, kernel]    b [out]
///     y [n, out, height', …],  height' = (height − 1) s − 2 pad + d (kernel − 1) + output_pad + 1
template <RealTensorLike X, RealTensorLike W, RealTensorLike B>
auto conv_transpose2d(X&& x, W&& weight, B&& bias, const ConvOptions& options = {},
                      Location where = Location::current()) {
  using Real = op::ElementOf<X, W, B>;
  const Tensor<Real> b = as_tensor(std::forward<B>(bias), where);
  return op::conv_transpose2d<Real>(as_tensor(std::forward<X>(x), where),
                                    as_tensor(std::forward<W>(weight), where), &b, options, where);
}
template <RealTensorLike X, RealTensorLike W>
auto conv_transpose2d(X&& x, W&& weight, const ConvOptions& options = {},
                      Location where = Location::current()) {
  using Real = op::ElementOf<X, W>;
  return op::conv_transpose2d<Real>(as_tensor(std::forward<X>(x), where),
                                    as_tensor(std::forward<W>(weight), where), nullptr, options,
                                    where);
}

}  // namespace thalweg
