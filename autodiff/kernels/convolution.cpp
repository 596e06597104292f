#include "thalweg/autodiff/kernels/convolution.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <vector>

#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/kernels/matmul.hpp"

// As matrix products, image by image and group by group: row i of the windows X [pixels, taps · in]
// is what the window sees at pixel i, W [out, taps · in] and Y [pixels, out]. Then
//
//     Y = X Wᵀ,     X̄ = Ȳ W,     W̄ = Ȳᵀ X,
//
// and x̄ adds up what X̄ says of each of its pixels.
// Source: K. Chellapilla, S. Puri, P. Simard, "High performance convolutional neural networks for
// document processing", 2006.

namespace thalweg::kernels {
namespace {

template <class Real>
std::vector<Real> zeros(Index size) {
  return std::vector<Real>(size);
}

// f(place in the result, place in the window, place in the image) for the places that lie within
// the image; places count pixels.
template <class F>
void each_pixel(const Convolution& c, F&& f) {
  const Index taps = c.window();
  for (Index i = 0; i < c.out_size.height; ++i)
    for (Index j = 0; j < c.out_size.width; ++j)
      for (Index tap = 0; tap < taps; ++tap) {
        const Index row =
            i * c.stride.height - c.padding.height + tap / c.kernel.width * c.dilation.height;
        const Index column =
            j * c.stride.width - c.padding.width + tap % c.kernel.width * c.dilation.width;
        if (row >= 0 && row < c.size.height && column >= 0 && column < c.size.width)
          f(i * c.out_size.width + j, tap, row * c.size.width + column);
      }
}

// The sizes of one group's matrices: the windows [pixels, taps · in], the result [pixels, out].
struct Group {
  explicit Group(const Convolution& c)
      : pixels(c.out_size.height * c.out_size.width),
        image(c.size.height * c.size.width),
        in(c.in / c.groups),
        out(c.out / c.groups),
        width(c.window() * in) {}
  Index pixels, image, in, out, width;
};

// The windows of one image, side by side: [pixels, taps, in].
template <class Real>
void gather(const Convolution& c, Index group, const Real* x, std::vector<Real>& windows) {
  const Group g(c);
  std::fill(windows.begin(), windows.end(), Real(0));
  each_pixel(c, [&](Index pixel, Index tap, Index place) {
    const Real* const from = x + place * c.in + group * g.in;
    std::copy(from, from + g.in, windows.data() + pixel * g.width + tap * g.in);
  });
}

// The adjoint of gather.
template <class Real>
void scatter(const Convolution& c, Index group, const std::vector<Real>& windows, Real* dx) {
  const Group g(c);
  each_pixel(c, [&](Index pixel, Index tap, Index place) {
    const Real* const from = windows.data() + pixel * g.width + tap * g.in;
    Real* const to = dx + place * c.in + group * g.in;
    for (Index k = 0; k < g.in; ++k) to[k] += from[k];
  });
}

// One group's weights [out, in, taps] as a matrix [out, taps, in]; and back.
template <class Real>
void order_weight(const Convolution& c, Index group, const Real* weight, std::vector<Real>& to) {
  const Group g(c);
  const Index taps = c.window();
  for (Index o = 0; o < g.out; ++o)
    for (Index k = 0; k < g.in; ++k)
      for (Index tap = 0; tap < taps; ++tap)
        to[(o * taps + tap) * g.in + k] = weight[((group * g.out + o) * g.in + k) * taps + tap];
}
template <class Real>
void restore_weight(const Convolution& c, Index group, const std::vector<Real>& from,
                    Real* weight) {
  const Group g(c);
  const Index taps = c.window();
  for (Index o = 0; o < g.out; ++o)
    for (Index k = 0; k < g.in; ++k)
      for (Index tap = 0; tap < taps; ++tap)
        weight[((group * g.out + o) * g.in + k) * taps + tap] = from[(o * taps + tap) * g.in + k];
}

// The channels of one group of the result, as a matrix of their own; and back.
template <class Real>
void take_group(const Convolution& c, Index group, const Real* y, std::vector<Real>& to) {
  const Group g(c);
  for (Index pixel = 0; pixel < g.pixels; ++pixel)
    std::copy_n(y + pixel * c.out + group * g.out, g.out, to.data() + pixel * g.out);
}
template <class Real>
void put_group(const Convolution& c, Index group, const std::vector<Real>& from, Real* y) {
  const Group g(c);
  for (Index pixel = 0; pixel < g.pixels; ++pixel)
    std::copy_n(from.data() + pixel * g.out, g.out, y + pixel * c.out + group * g.out);
}

}  // namespace

template <class Real>
void convolve_by_products(const Convolution& c, const Real* x, const Real* weight, const Real* bias,
                          Real* y) {
  const Group g(c);
  auto windows = zeros<Real>(g.pixels * g.width), matrix = zeros<Real>(g.out * g.width),
       result = zeros<Real>(g.pixels * g.out);
  for (Index group = 0; group < c.groups; ++group) {
    order_weight(c, group, weight, matrix);
    for (Index n = 0; n < c.images; ++n) {
      gather(c, group, x + n * g.image * c.in, windows);
      gemm(Use::plain, Use::transposed, g.pixels, g.out, g.width, windows.data(), matrix.data(),
           false, result.data());
      put_group(c, group, result, y + n * g.pixels * c.out);
    }
  }
  if (bias) add_bias(c.images * g.pixels, c.out, bias, y);
}

template <class Real>
void products_to_image(const Convolution& c, const Real* dy, const Real* weight, Real* dx) {
  const Group g(c);
  auto windows = zeros<Real>(g.pixels * g.width), matrix = zeros<Real>(g.out * g.width),
       result = zeros<Real>(g.pixels * g.out);
  std::fill_n(dx, c.in_size(), Real(0));
  for (Index group = 0; group < c.groups; ++group) {
    order_weight(c, group, weight, matrix);
    for (Index n = 0; n < c.images; ++n) {
      take_group(c, group, dy + n * g.pixels * c.out, result);
      gemm(Use::plain, Use::plain, g.pixels, g.width, g.out, result.data(), matrix.data(), false,
           windows.data());
      scatter(c, group, windows, dx + n * g.image * c.in);
    }
  }
}

template <class Real>
void products_to_weight(const Convolution& c, const Real* x, const Real* dy, Real* dweight) {
  const Group g(c);
  auto windows = zeros<Real>(g.pixels * g.width), matrix = zeros<Real>(g.out * g.width),
       result = zeros<Real>(g.pixels * g.out);
  for (Index group = 0; group < c.groups; ++group) {
    std::fill(matrix.begin(), matrix.end(), Real(0));
    for (Index n = 0; n < c.images; ++n) {
      gather(c, group, x + n * g.image * c.in, windows);
      take_group(c, group, dy + n * g.pixels * c.out, result);
      gemm(Use::transposed, Use::plain, g.out, g.width, g.pixels, result.data(), windows.data(),
           true, matrix.data());
    }
    restore_weight(c, group, matrix, dweight);
  }
}

template <class Real>
void convolve(const Convolution& c, const Real* x, const Real* weight, const Real* bias, Real* y) {
  if constexpr (std::is_same_v<Real, float>)
    if (onednn_convolve(c, x, weight, bias, y)) return;
  convolve_by_products(c, x, weight, bias, y);
}
template <class Real>
void convolve_to_image(const Convolution& c, const Real* dy, const Real* weight, Real* dx) {
  if constexpr (std::is_same_v<Real, float>)
    if (onednn_to_image(c, dy, weight, dx)) return;
  products_to_image(c, dy, weight, dx);
}
template <class Real>
void convolve_to_weight(const Convolution& c, const Real* x, const Real* dy, Real* dweight) {
  if constexpr (std::is_same_v<Real, float>)
    if (onednn_to_weight(c, x, dy, dweight)) return;
  products_to_weight(c, x, dy, dweight);
}

template <class Real>
void add_bias(Index rows, Index columns, const Real* bias, Real* y) {
  parallel_for(rows, grain_of(columns), [&](Index begin, Index end, Index) {
    for (Index row = begin; row < end; ++row)
      for (Index k = 0; k < columns; ++k) y[row * columns + k] += bias[k];
  });
}

template void add_bias(Index, Index, const float*, float*);
template void add_bias(Index, Index, const double*, double*);
template void convolve(const Convolution&, const float*, const float*, const float*, float*);
template void convolve(const Convolution&, const double*, const double*, const double*, double*);
template void convolve_to_image(const Convolution&, const float*, const float*, float*);
template void convolve_to_image(const Convolution&, const double*, const double*, double*);
template void convolve_to_weight(const Convolution&, const float*, const float*, float*);
template void convolve_to_weight(const Convolution&, const double*, const double*, double*);
template void convolve_by_products(const Convolution&, const float*, const float*, const float*,
                                   float*);
template void products_to_image(const Convolution&, const float*, const float*, float*);
template void products_to_weight(const Convolution&, const float*, const float*, float*);

}  // namespace thalweg::kernels
