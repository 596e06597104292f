#include "thalweg/autodiff/kernels/pooling.hpp"

#include <algorithm>
#include <type_traits>

#include "thalweg/autodiff/kernels/lines.hpp"
#include "thalweg/autodiff/number/number_type.hpp"

namespace thalweg::kernels {
namespace {

// The part of a window that lies within the image; its first place is `tap` of the whole window.
struct Window {
  Index top, bottom, left, right;
  Index tap;
  Index size() const { return (bottom - top) * (right - left); }
};

Window window_at(const Pooling& p, Index i, Index j) {
  const Index row = i * p.stride.height - p.padding.height;
  const Index column = j * p.stride.width - p.padding.width;
  const Index top = std::max<Index>(row, 0), left = std::max<Index>(column, 0);
  return {top, std::min(row + p.kernel.height, p.size.height), left,
          std::min(column + p.kernel.width, p.size.width),
          (top - row) * p.kernel.width + left - column};
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

// f(offset in x, number within the whole window) over the places of a window.
template <class F>
void each_place(const Pooling& p, Index n, const Window& w, F&& f) {
  Index tap = w.tap;
  for (Index row = w.top; row < w.bottom; ++row, tap += p.kernel.width) {
    const Index begin = ((n * p.size.height + row) * p.size.width + w.left) * p.channels;
    for (Index k = 0; k < w.right - w.left; ++k) f(begin + k * p.channels, tap + k);
  }
}

// Do the windows cover the image, each place once?
bool tiles(const Pooling& p) {
  return p.stride == p.kernel && p.padding == Pair{0, 0} &&
         p.out_size.height * p.kernel.height == p.size.height &&
         p.out_size.width * p.kernel.width == p.size.width;
}

// f(first channel, how many, is it a full register?) over the channels of a pixel.
template <class Real, class F>
void each_channel(Index channels, F&& f) {
  constexpr int width = Lanes<Real>::width;
  Index c = 0;
  for (; c + width <= channels; c += width) f(c, width, std::true_type{});
  if (c < channels) f(c, static_cast<int>(channels - c), std::false_type{});
}
template <bool full, class Real>
Lanes<Real> load(const Real* from, int count) {
  if constexpr (full) return Lanes<Real>::load(from);
  return Lanes<Real>::load_first(from, count);
}
template <bool full, class Real>
void store(Lanes<Real> value, Real* to, int count) {
  if constexpr (full)
    value.store(to);
  else
    value.store_first(to, count);
}

// Places are numbers in registers: whole ones, exact up to 2²⁴ in float.
template <bool full, class Real, class Place>
void store_places(Lanes<Real> value, Place* to, int count) {
  constexpr int width = Lanes<Real>::width;
  Real numbers[width];
  value.store(numbers);
  for (int k = 0; k < (full ? width : count); ++k) to[k] = static_cast<Place>(int(numbers[k]));
}
template <bool full, class Real, class Place>
Lanes<Real> load_places(const Place* from, int count) {
  constexpr int width = Lanes<Real>::width;
  Real numbers[width] = {};
  for (int k = 0; k < (full ? width : count); ++k) numbers[k] = static_cast<Real>(int(from[k]));
  return Lanes<Real>::load(numbers);
}

template <class Real>
Real divisor(const Pooling& p, const Window& w) {
  return static_cast<Real>(p.count_padding ? p.kernel.height * p.kernel.width : w.size());
}

}  // namespace

// A number is taken if it is larger than the best so far, or NaN; so the first of equals stays.
template <class Real, class Place>
void max_pool(const Pooling& p, const Real* x, Real* y, Place* places) {
  each_window(p, [&](Index n, Index at, const Window& w) {
    const Index first = ((n * p.size.height + w.top) * p.size.width + w.left) * p.channels;
    each_channel<Real>(p.channels, [&](Index c, int count, auto full) {
      Lanes<Real> best = load<full()>(x + first + c, count), place(static_cast<Real>(w.tap));
      each_place(p, n, w, [&](Index from, Index tap) {
        const Lanes<Real> value = load<full()>(x + from + c, count);
        const auto taken = value > best | value != value;
        best = select(taken, value, best);
        place = select(taken, Lanes<Real>(static_cast<Real>(tap)), place);
      });
      store<full()>(best, y + at + c, count);
      if (places) store_places<full()>(place, places + at + c, count);
    });
  });
}

// x̄ = ȳ where the place is the tap, 0 elsewhere; windows that overlap add up.
template <class Real, class Place>
void max_pool_backward(const Pooling& p, const Place* places, const Real* dy, bool accumulate,
                       Real* dx) {
  const bool stores = !accumulate && tiles(p);
  if (!accumulate && !stores) std::fill_n(dx, p.in_size(), Real(0));
  each_window(p, [&](Index n, Index at, const Window& w) {
    each_channel<Real>(p.channels, [&](Index c, int count, auto full) {
      const Lanes<Real> given = load<full()>(dy + at + c, count);
      const Lanes<Real> place = load_places<full(), Real>(places + at + c, count);
      each_place(p, n, w, [&](Index from, Index tap) {
        Real* const to = dx + from + c;
        Lanes<Real> share =
            select(place == Lanes<Real>(static_cast<Real>(tap)), given, Lanes<Real>(0));
        if (!stores) share += load<full()>(to, count);
        store<full()>(share, to, count);
      });
    });
  });
}

template <class Real>
void average_pool(const Pooling& p, const Real* x, Real* y) {
  each_window(p, [&](Index n, Index at, const Window& w) {
    const Lanes<Real> share(1 / divisor<Real>(p, w));
    each_channel<Real>(p.channels, [&](Index c, int count, auto full) {
      Lanes<Real> total(Real{0});  // row by row, so that the sums stay short
      for (Index row = w.top; row < w.bottom; ++row) {
        const Real* const from = x + (n * p.size.height + row) * p.size.width * p.channels + c;
        const auto at_column = [&](Index column) {
          return load<full()>(from + column * p.channels, count);
        };
        if (w.right - w.left > 64) {
          total += pairwise_stripe<Real>(w.left, w.right, at_column);
          continue;
        }
        Lanes<Real> sum(Real{0});
        for (Index column = w.left; column < w.right; ++column) sum += at_column(column);
        total += sum;
      }
      store<full()>(total * share, y + at + c, count);
    });
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

#define THALWEG_INSTANTIATE(Real)                                                                 \
  template void max_pool(const Pooling&, const Real*, Real*, std::uint8_t*);                      \
  template void max_pool_backward(const Pooling&, const std::uint8_t*, const Real*, bool, Real*); \
  template void max_pool(const Pooling&, const Real*, Real*, std::int32_t*);                      \
  template void max_pool_backward(const Pooling&, const std::int32_t*, const Real*, bool, Real*); \
  template void average_pool(const Pooling&, const Real*, Real*);                                 \
  template void average_pool_backward(const Pooling&, const Real*, Real*);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::kernels
