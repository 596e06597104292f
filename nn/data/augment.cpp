#include "thalweg/nn/data/augment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/data/statistics.hpp"

namespace thalweg::nn {
namespace {

/// n images of c planes of h rows and w columns.
struct Sizes {
  Index n, c, h, w;
  Index image() const { return c * h * w; }
};

Sizes sizes_of(const char* op, const Shape& shape) {
  if (shape.rank() == 3) return {1, shape[0], shape[1], shape[2]};
  if (shape.rank() == 4) return {shape[0], shape[1], shape[2], shape[3]};
  throw ShapeError(
      fmt::format("{}: x has shape {}; expected [n, c, h, w] or [c, h, w]", op, shape));
}

void expect_range(const char* op, const char* what, double value, double most) {
  if (!(value >= 0 && value <= most))
    throw ValueError(fmt::format("{}: {} is {}; expected 0 to {}", op, what, value, most));
}

/// A copy in which `flip(row or image)` has changed the images that were drawn.
template <class Real, class Flip>
Tensor<Real> flipped(const char* op, const Tensor<Real>& x, Random& random, double probability,
                     Flip&& flip) {
  const Sizes sizes = sizes_of(op, x.shape());
  expect_range(op, "the probability", probability, 1);
  Tensor<Real> y = Tensor<Real>::uninitialised(x.shape());
  Real* image = std::copy_n(x.data(), x.size(), y.unshared_data()) - x.size();
  for (Index k = 0; k < sizes.n; ++k, image += sizes.image())
    if (random.uniform() < probability) flip(image, sizes);
  return y;
}

/// The pixel at (row, column) of a plane, between pixels and 0 outside.
template <class Real>
double bilinear(const Real* plane, const Sizes& sizes, double row, double column) {
  const auto at = [&](Index i, Index j) {
    const bool inside = i >= 0 && i < sizes.h && j >= 0 && j < sizes.w;
    return inside ? static_cast<double>(plane[i * sizes.w + j]) : 0.0;
  };
  const double top = std::floor(row), left = std::floor(column);
  const auto i = static_cast<Index>(top), j = static_cast<Index>(left);
  const double down = row - top, right = column - left;
  return (1 - down) * ((1 - right) * at(i, j) + right * at(i, j + 1)) +
         down * ((1 - right) * at(i + 1, j) + right * at(i + 1, j + 1));
}

/// One image turned: each pixel comes from where the turn backwards leads.
template <class Real>
void turn(const Real* from, Real* to, const Sizes& sizes, double degrees) {
  const double angle = degrees * std::numbers::pi / 180;
  const double sine = std::sin(angle), cosine = std::cos(angle);
  const double middle_row = static_cast<double>(sizes.h - 1) / 2;
  const double middle_column = static_cast<double>(sizes.w - 1) / 2;
  for (Index plane = 0; plane < sizes.c; ++plane, from += sizes.h * sizes.w)
    for (Index i = 0; i < sizes.h; ++i)
      for (Index j = 0; j < sizes.w; ++j) {
        const double down = static_cast<double>(i) - middle_row;
        const double right = static_cast<double>(j) - middle_column;
        *to++ = static_cast<Real>(bilinear(from, sizes, middle_row + cosine * down + sine * right,
                                           middle_column - sine * down + cosine * right));
      }
}

template <class Real, class Angle>
Tensor<Real> turned(const char* op, const Tensor<Real>& x, Angle&& angle) {
  const Sizes sizes = sizes_of(op, x.shape());
  Tensor<Real> y = Tensor<Real>::uninitialised(x.shape());
  for (Index k = 0; k < sizes.n; ++k)
    turn(x.data() + k * sizes.image(), y.unshared_data() + k * sizes.image(), sizes, angle());
  return y;
}

/// x ↦ m + f (x − m) for each image, m = centre(image), cut to [0, 1]. NaN and infinities stay.
template <class Real, class Centre>
Tensor<Real> stretched(const char* op, const Tensor<Real>& x, double most, Random& random,
                       Centre&& centre) {
  const Sizes sizes = sizes_of(op, x.shape());
  expect_range(op, "the most", most, 1);
  Tensor<Real> y = Tensor<Real>::uninitialised(x.shape());
  for (Index k = 0; k < sizes.n; ++k) {
    const Real* from = x.data() + k * sizes.image();
    const double factor = 1 + most * (2 * random.uniform() - 1), m = centre(from, sizes.image());
    std::transform(from, from + sizes.image(), y.unshared_data() + k * sizes.image(), [&](Real v) {
      if (!std::isfinite(v)) return v;
      return static_cast<Real>(std::clamp(m + factor * (static_cast<double>(v) - m), 0.0, 1.0));
    });
  }
  return y;
}

/// Rows and columns of `from` that begin at (top, left), perhaps outside, into h × w of `to`.
template <class Real>
void crop(const Real* from, const Sizes& sizes, Index top, Index left, Real* to, Index h, Index w) {
  for (Index plane = 0; plane < sizes.c; ++plane, from += sizes.h * sizes.w)
    for (Index i = top; i < top + h; ++i)
      for (Index j = left; j < left + w; ++j) {
        const bool inside = i >= 0 && i < sizes.h && j >= 0 && j < sizes.w;
        *to++ = inside ? from[i * sizes.w + j] : Real(0);
      }
}

Index any_of(Index count, Random& random) {
  return static_cast<Index>(random.below(static_cast<std::uint64_t>(count)));
}

}  // namespace

template <class Real>
Tensor<Real> random_horizontal_flip(const Tensor<Real>& x, Random& random, double probability) {
  return flipped("random_horizontal_flip", x, random, probability, [](Real* image, const Sizes& s) {
    for (Index row = 0; row < s.c * s.h; ++row, image += s.w) std::reverse(image, image + s.w);
  });
}

template <class Real>
Tensor<Real> random_vertical_flip(const Tensor<Real>& x, Random& random, double probability) {
  return flipped("random_vertical_flip", x, random, probability, [](Real* image, const Sizes& s) {
    for (Index plane = 0; plane < s.c; ++plane, image += s.h * s.w)
      for (Index row = 0; row < s.h / 2; ++row)
        std::swap_ranges(image + row * s.w, image + (row + 1) * s.w, image + (s.h - 1 - row) * s.w);
  });
}

template <class Real>
Tensor<Real> random_crop(const Tensor<Real>& x, const CropOptions& options, Random& random) {
  const Sizes sizes = sizes_of("random_crop", x.shape());
  const Index h = options.height == 0 ? sizes.h : options.height;
  const Index w = options.width == 0 ? sizes.w : options.width, padding = options.padding;
  constexpr Index most = Index{1} << 30;
  const bool sane = padding >= 0 && padding <= most && h >= 0 && h <= most && w >= 0 && w <= most;
  const Index room_h = sane ? sizes.h + 2 * padding - h : -1;
  const Index room_w = sane ? sizes.w + 2 * padding - w : -1;
  if (room_h < 0 || room_w < 0)
    throw ValueError(
        fmt::format("random_crop: {} × {} of images {} × {} with padding {}; expected no more "
                    "than there is",
                    h, w, sizes.h, sizes.w, padding));
  Shape shape = x.shape();
  shape[shape.rank() - 2] = h;
  shape[shape.rank() - 1] = w;
  Tensor<Real> y = Tensor<Real>::uninitialised(shape);
  for (Index k = 0; k < sizes.n; ++k) {
    const Index top = any_of(room_h + 1, random) - padding;
    const Index left = any_of(room_w + 1, random) - padding;
    crop(x.data() + k * sizes.image(), sizes, top, left, y.unshared_data() + k * sizes.c * h * w, h,
         w);
  }
  return y;
}

template <class Real>
Tensor<Real> random_rotate(const Tensor<Real>& x, double degrees, Random& random) {
  expect_range("random_rotate", "the angle", degrees, 180);
  return turned("random_rotate", x, [&] { return degrees * (2 * random.uniform() - 1); });
}

template <class Real>
Tensor<Real> rotate(const Tensor<Real>& x, double degrees) {
  if (!std::isfinite(degrees))
    throw ValueError(fmt::format("rotate: the angle is {}; expected a finite one", degrees));
  return turned("rotate", x, [&] { return degrees; });
}

template <class Real>
Tensor<Real> random_brightness(const Tensor<Real>& x, double most, Random& random) {
  return stretched("random_brightness", x, most, random, [](const Real*, Index) { return 0.0; });
}

template <class Real>
Tensor<Real> random_contrast(const Tensor<Real>& x, double most, Random& random) {
  return stretched("random_contrast", x, most, random,
                   [](const Real* image, Index size) { return statistics_of(image, size).mean; });
}

template <class Real>
Tensor<Real> normalise(const Tensor<Real>& x, const std::vector<std::type_identity_t<Real>>& mean,
                       const std::vector<std::type_identity_t<Real>>& deviation) {
  const Sizes sizes = sizes_of("normalise", x.shape());
  const auto channels = static_cast<std::size_t>(sizes.c);
  if (mean.size() != channels || deviation.size() != channels)
    throw ShapeError(fmt::format("normalise: {} means and {} deviations for {} channels",
                                 mean.size(), deviation.size(), channels));
  for (std::size_t c = 0; c < channels; ++c)
    if (!std::isfinite(mean[c]) || !std::isfinite(deviation[c]) || !(deviation[c] > 0))
      throw ValueError(fmt::format(
          "normalise: channel {} has mean {} and deviation {}; expected finite numbers, "
          "the deviation above 0",
          c, mean[c], deviation[c]));
  Tensor<Real> y = Tensor<Real>::uninitialised(x.shape());
  const Index plane = sizes.h * sizes.w;
  const Real* from = x.data();
  Real* to = y.unshared_data();
  for (Index k = 0; k < sizes.n * sizes.c; ++k) {
    const auto c = static_cast<std::size_t>(k % sizes.c);
    for (Index i = 0; i < plane; ++i) *to++ = (*from++ - mean[c]) / deviation[c];
  }
  return y;
}

// ---- What there is. ----

#define THALWEG_INSTANTIATE(Real)                                                      \
  template Tensor<Real> random_horizontal_flip(const Tensor<Real>&, Random&, double);  \
  template Tensor<Real> random_vertical_flip(const Tensor<Real>&, Random&, double);    \
  template Tensor<Real> random_crop(const Tensor<Real>&, const CropOptions&, Random&); \
  template Tensor<Real> random_rotate(const Tensor<Real>&, double, Random&);           \
  template Tensor<Real> rotate(const Tensor<Real>&, double);                           \
  template Tensor<Real> random_brightness(const Tensor<Real>&, double, Random&);       \
  template Tensor<Real> random_contrast(const Tensor<Real>&, double, Random&);         \
  template Tensor<Real> normalise(const Tensor<Real>&, const std::vector<Real>&,       \
                                  const std::vector<Real>&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn
