#include "autodiff/kernels/pooling.hpp"

#include <algorithm>
#include <vector>

#include "autodiff/kernels/parallel.hpp"

namespace thalweg::kernels {
namespace {

// The part of a window that lies within the image.
struct Window {
  Index top, bottom, left, right;
  Index size() const { return (bottom - top) * (right - left); }
};

Window window_at(const Pooling& p, Index i, Index j) {
  const Index row = i * p.stride.height - p.padding.height;
  const Index column = j * p.stride.width - p.padding.width;
  return {std::max<Index>(row, 0), std::min(row + p.kernel.height, p.size.height),
          std::max<Index>(column, 0), std::min(column + p.kernel.width, p.size.width)};
}

// f(image, offset of the result's pixel within y, its window) over all results, image by image.
template <class F>
void each_window(const Pooling& p, F&& f) {
  const Index pixels = p.out_size.height * p.out_size.width;
  parallel_for(p.images, grain_of(pixels * p.channels), [&](Index begin, Index end, Index) {
    for (Index n = begin; n < end; ++n)
      for (Index i = 0; i < p.out_size.height; ++i)
        for (Index j = 0; j < p.out_size.width; ++j)
          f(n, (n * pixels + i * p.out_size.width + j) * p.channels, window_at(p, i, j));
  });
}

// f(offset in x) over the pixels of a window.
template <class F>
void each_pixel(const Pooling& p, Index n, const Window& w, F&& f) {
  for (Index row = w.top; row < w.bottom; ++row)
    for (Index column = w.left; column < w.right; ++column)
      f(((n * p.size.height + row) * p.size.width + column) * p.channels);
}

template <class Real>
Real divisor(const Pooling& p, const Window& w) {
  return static_cast<Real>(p.count_padding ? p.kernel.height * p.kernel.width : w.size());
}

}  // namespace

template <class Real>
void max_pool(const Pooling& p, const Real* x, Real* y) {
  each_window(p, [&](Index n, Index at, const Window& w) {
    Real* const __restrict to = y + at;
    bool first = true;
    each_pixel(p, n, w, [&](Index from) {
      const Real* const __restrict given = x + from;
      if (first)
        std::copy_n(given, p.channels, to);
      else  // a NaN that is there stays, one that comes is taken
        for (Index c = 0; c < p.channels; ++c)
          to[c] = (given[c] > to[c]) | (given[c] != given[c]) ? given[c] : to[c];
      first = false;
    });
  });
}

template <class Real>
void max_pool_backward(const Pooling& p, const Real* x, const Real* y, const Real* dy, Real* dx) {
  std::fill_n(dx, p.in_size(), Real(0));
  each_window(p, [&](Index n, Index at, const Window& w) {
    // What is left of ȳ: 0 once it has found its place. Few channels at a time stay in registers.
    constexpr Index width = 64;
    Real left[width];
    for (Index c0 = 0; c0 < p.channels; c0 += width) {
      const Index count = std::min(width, p.channels - c0);
      std::copy_n(dy + at + c0, count, left);
      const Real* const __restrict result = y + at + c0;
      each_pixel(p, n, w, [&](Index from) {
        const Real* const __restrict given = x + from + c0;
        Real* const __restrict to = dx + from + c0;
        for (Index c = 0; c < count; ++c) {
          const bool here = (given[c] == result[c]) | (given[c] != given[c]);
          to[c] += here ? left[c] : Real(0);
          left[c] = here ? Real(0) : left[c];
        }
      });
    }
  });
}

template <class Real>
void average_pool(const Pooling& p, const Real* x, Real* y) {
  each_window(p, [&](Index n, Index at, const Window& w) {
    Real* const __restrict to = y + at;
    std::fill_n(to, p.channels, Real(0));
    each_pixel(p, n, w, [&](Index from) {
      for (Index c = 0; c < p.channels; ++c) to[c] += x[from + c];
    });
    const Real share = 1 / divisor<Real>(p, w);
    for (Index c = 0; c < p.channels; ++c) to[c] *= share;
  });
}

template <class Real>
void average_pool_backward(const Pooling& p, const Real* dy, Real* dx) {
  std::fill_n(dx, p.in_size(), Real(0));
  each_window(p, [&](Index n, Index at, const Window& w) {
    const Real share = 1 / divisor<Real>(p, w);
    each_pixel(p, n, w, [&](Index from) {
      for (Index c = 0; c < p.channels; ++c) dx[from + c] += dy[at + c] * share;
    });
  });
}

template void max_pool(const Pooling&, const float*, float*);
template void max_pool(const Pooling&, const double*, double*);
template void max_pool_backward(const Pooling&, const float*, const float*, const float*, float*);
template void max_pool_backward(const Pooling&, const double*, const double*, const double*,
                                double*);
template void average_pool(const Pooling&, const float*, float*);
template void average_pool(const Pooling&, const double*, double*);
template void average_pool_backward(const Pooling&, const float*, float*);
template void average_pool_backward(const Pooling&, const double*, double*);

}  // namespace thalweg::kernels
