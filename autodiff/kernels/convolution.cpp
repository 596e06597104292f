#include "thalweg/autodiff/kernels/convolution.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

#include "thalweg/autodiff/base/memory.hpp"
#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/kernels/matmul.hpp"
#include "thalweg/autodiff/number/number_type.hpp"

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

namespace {

// A part of a convolution is one itself, of some of the images or, where there is one, of some of
// its rows. It begins `x` elements into the image and `y` elements into the result.
struct Part {
  Convolution c;
  Index x = 0, y = 0;
};

Part part_of_images(const Convolution& c, Index begin, Index end) {
  Part part{c, begin * (c.in_size() / c.images), begin * (c.result_size() / c.images)};
  part.c.images = end - begin;
  return part;
}

// Rows a … b of the image and i … j of the result.
Part part_of_rows(const Convolution& c, Index a, Index b, Index i, Index j) {
  Part part{c, a * c.size.width * c.in, i * c.out_size.width * c.out};
  part.c.size.height = b - a;
  part.c.out_size.height = j - i;
  part.c.padding.height = c.padding.height + a - i * c.stride.height;
  return part;
}

// Row i of the result sees `extent` rows of the image, from i · stride − padding on.
Index extent(const Convolution& c) { return (c.kernel.height - 1) * c.dilation.height + 1; }

// Rows i … j of the result and what they see of the image.
Part part_of_result(const Convolution& c, Index i, Index j) {
  const Index first = i * c.stride.height - c.padding.height;
  const Index last = (j - 1) * c.stride.height - c.padding.height + extent(c);
  return part_of_rows(c, std::max<Index>(0, first), std::min(c.size.height, last), i, j);
}

// Rows a … b of the image and all of the result that see one of them.
Part part_of_image(const Convolution& c, Index a, Index b) {
  const Index s = c.stride.height, top = a + c.padding.height, bottom = b + c.padding.height;
  return part_of_rows(c, a, b, top < extent(c) ? 0 : (top - extent(c)) / s + 1,
                      std::min(c.out_size.height, (bottom - 1) / s + 1));
}

// Height and width exchanged. Where one of them is 1 all numbers stay where they are.
Convolution turned(Convolution c) {
  for (Pair* pair : {&c.size, &c.kernel, &c.stride, &c.padding, &c.dilation, &c.out_size})
    std::swap(pair->height, pair->width);
  return c;
}

enum class Rows { of_image, of_result };

// How a convolution is cut into parts for threads, and which of one image's rows can be cut. A flat
// one, conv1d's, is turned for that.
struct Cut {
  Cut(const Convolution& c, Rows which)
      : flat(c.size.height == 1 && c.kernel.height == 1 && c.out_size.height == 1),
        whole(flat ? turned(c) : c),
        rows(which),
        // Every window has to touch the image, and every row of it to be seen.
        by_rows(whole.images == 1 && whole.padding.height < extent(whole) &&
                whole.stride.height <= extent(whole)),
        items(!by_rows                 ? whole.images
              : rows == Rows::of_image ? whole.size.height
                                       : whole.out_size.height) {
    constexpr Index work_per_part = Index{1} << 18;  // multiply-adds, in some ten microseconds
    const Index work = c.result_size() * (c.in / c.groups) * c.window();
    const Index each = work / std::max<Index>(1, items);
    grain = std::max<Index>(1, work_per_part / std::max<Index>(1, each));
    count = split(items, grain).count;
  }

  Part part(Index begin, Index end) const {
    Part part = !by_rows                 ? part_of_images(whole, begin, end)
                : rows == Rows::of_image ? part_of_image(whole, begin, end)
                                         : part_of_result(whole, begin, end);
    if (flat) part.c = turned(part.c);
    return part;
  }

  bool flat;
  Convolution whole;
  Rows rows;
  bool by_rows;
  Index items, grain, count;
};

template <class Real>
void convolve_part(const Convolution& c, const Real* x, const Real* weight, const Real* bias,
                   Real* y) {
  if constexpr (std::is_same_v<Real, float>)
    if (onednn_convolve(c, x, weight, bias, y)) return;
  convolve_by_products(c, x, weight, bias, y);
}
template <class Real>
void part_to_image(const Convolution& c, const Real* dy, const Real* weight, Real* dx) {
  if constexpr (std::is_same_v<Real, float>)
    if (onednn_to_image(c, dy, weight, dx)) return;
  products_to_image(c, dy, weight, dx);
}
template <class Real>
void part_to_weight(const Convolution& c, const Real* x, const Real* dy, Real* dweight) {
  if constexpr (std::is_same_v<Real, float>)
    if (onednn_to_weight(c, x, dy, dweight)) return;
  products_to_weight(c, x, dy, dweight);
}

}  // namespace

template <class Real>
void convolve(const Convolution& c, const Real* x, const Real* weight, const Real* bias, Real* y) {
  const Cut cut(c, Rows::of_result);
  if (cut.count <= 1) return convolve_part(c, x, weight, bias, y);
  parallel_for(cut.items, cut.grain, [&](Index begin, Index end, Index) {
    const Part part = cut.part(begin, end);
    convolve_part(part.c, x + part.x, weight, bias, y + part.y);
  });
}

template <class Real>
void convolve_to_image(const Convolution& c, const Real* dy, const Real* weight, Real* dx) {
  const Cut cut(c, Rows::of_image);
  if (cut.count <= 1) return part_to_image(c, dy, weight, dx);
  parallel_for(cut.items, cut.grain, [&](Index begin, Index end, Index) {
    const Part part = cut.part(begin, end);
    part_to_image(part.c, dy + part.y, weight, dx + part.x);
  });
}

// Each part has a sum of its own; these are added in order.
template <class Real>
void convolve_to_weight(const Convolution& c, const Real* x, const Real* dy, Real* dweight) {
  const Cut cut(c, Rows::of_result);
  if (cut.count <= 1) return part_to_weight(c, x, dy, dweight);
  const Index size = c.weight_size();
  const thalweg::detail::Storage buffer(static_cast<std::size_t>(cut.count * size) * sizeof(Real));
  Real* const sums = static_cast<Real*>(buffer.data());
  parallel_for(cut.items, cut.grain, [&](Index begin, Index end, Index number) {
    const Part part = cut.part(begin, end);
    part_to_weight(part.c, x + part.x, dy + part.y, sums + number * size);
  });
  parallel_for(size, grain_of(cut.count), [&](Index begin, Index end, Index) {
    std::copy(sums + begin, sums + end, dweight + begin);
    for (Index number = 1; number < cut.count; ++number)
      for (Index k = begin; k < end; ++k) dweight[k] += sums[number * size + k];
  });
}

template <class Real>
void add_bias(Index rows, Index columns, const Real* bias, Real* y) {
  parallel_for(rows, grain_of(columns), [&](Index begin, Index end, Index) {
    for (Index row = begin; row < end; ++row)
      for (Index k = 0; k < columns; ++k) y[row * columns + k] += bias[k];
  });
}

#define THALWEG_INSTANTIATE(Real)                                                           \
  template void add_bias(Index, Index, const Real*, Real*);                                 \
  template void convolve(const Convolution&, const Real*, const Real*, const Real*, Real*); \
  template void convolve_to_image(const Convolution&, const Real*, const Real*, Real*);     \
  template void convolve_to_weight(const Convolution&, const Real*, const Real*, Real*);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template void convolve_by_products(const Convolution&, const float*, const float*, const float*,
                                   float*);
template void products_to_image(const Convolution&, const float*, const float*, float*);
template void products_to_weight(const Convolution&, const float*, const float*, float*);

}  // namespace thalweg::kernels
