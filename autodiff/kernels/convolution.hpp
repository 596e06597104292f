#pragma once
/// Convolution of images whose channels lie side by side.
///
///     x [images, height, width, in]        w [out, in / groups, kernel height, kernel width]
///     y [images, out height, out width, out]
///
///     y[n, i, j, o] = b[o] + Σ x[n, i s + p d − pad, j s + q d − pad, c] w[o, c, p, q]
///
/// over the channels c of o's group and the window's places p, q, zeros beyond the borders. Float
/// runs on oneDNN, double as a matrix product over the windows, image by image, which is right and
/// slower. Cost: 2 · size(y) · in / groups · window flops, the same for each adjoint.

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::kernels {

/// One of each direction.
struct Pair {
  Index height = 1;
  Index width = 1;
  friend bool operator==(const Pair&, const Pair&) = default;
};

struct Convolution {
  Index images, in, out, groups;
  Pair size, kernel, stride, padding, dilation, out_size;
  friend bool operator==(const Convolution&, const Convolution&) = default;

  Index in_size() const { return images * size.height * size.width * in; }
  Index result_size() const { return images * out_size.height * out_size.width * out; }
  Index window() const { return kernel.height * kernel.width; }
  Index weight_size() const { return out * (in / groups) * window(); }
};

/// `bias` may be null.
template <class Real>
void convolve(const Convolution& c, const Real* x, const Real* weight, const Real* bias, Real* y);
/// x̄, overwritten.
template <class Real>
void convolve_to_image(const Convolution& c, const Real* dy, const Real* weight, Real* dx);
/// w̄, overwritten.
template <class Real>
void convolve_to_weight(const Convolution& c, const Real* x, const Real* dy, Real* dweight);

/// y[row, c] += bias[c].
template <class Real>
void add_bias(Index rows, Index columns, const Real* bias, Real* y);

// By matrix products, for any number type.
template <class Real>
void convolve_by_products(const Convolution& c, const Real* x, const Real* weight, const Real* bias,
                          Real* y);
template <class Real>
void products_to_image(const Convolution& c, const Real* dy, const Real* weight, Real* dx);
template <class Real>
void products_to_weight(const Convolution& c, const Real* x, const Real* dy, Real* dweight);

// By oneDNN; false if it has no implementation worth using.
bool onednn_convolve(const Convolution& c, const float* x, const float* weight, const float* bias,
                     float* y);
bool onednn_to_image(const Convolution& c, const float* dy, const float* weight, float* dx);
bool onednn_to_weight(const Convolution& c, const float* x, const float* dy, float* dweight);

}  // namespace thalweg::kernels
