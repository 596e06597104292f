#include "thalweg/nn/data/image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/file_kind.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/nn/data/pixels.hpp"

namespace thalweg::nn {
namespace {

using detail::Pixels;

Pixels parsed(std::string_view bytes, const std::string& origin, Index largest) {
  if (detail::is_png(bytes)) return detail::parse_png(bytes, origin, largest);
  if (detail::is_jpeg(bytes)) return detail::parse_jpeg(bytes, origin, largest);
  throw DataError(fmt::format("{}: neither a PNG nor a JPEG image{}", origin, it_is(bytes)));
}

/// Channel `to` of `channels` of one pixel, in [0, 1].
template <class Real>
Real channel(const unsigned char* pixel, Index has, Index channels, Index to) {
  const bool opacity = channels % 2 == 0 && to == channels - 1;
  if (opacity) return has % 2 == 0 ? static_cast<Real>(pixel[has - 1]) / 255 : Real(1);
  if (has <= 2) return static_cast<Real>(pixel[0]) / 255;
  if (channels >= 3) return static_cast<Real>(pixel[to]) / 255;
  const double grey = 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];
  return static_cast<Real>(grey / 255);
}

template <class Real>
Tensor<Real> tensor_of(const Pixels& pixels, Index channels) {
  const Index size = pixels.height * pixels.width, has = pixels.channels;
  if (channels == 0) channels = has;
  Tensor<Real> image = Tensor<Real>::uninitialised({channels, pixels.height, pixels.width});
  Real* to = image.unshared_data();
  const auto* from = reinterpret_cast<const unsigned char*>(pixels.bytes.data());
  for (Index c = 0; c < channels; ++c)
    for (Index k = 0; k < size; ++k) *to++ = channel<Real>(from + k * has, has, channels, c);
  return image;
}

void expect_options(const ImageOptions& options) {
  if (options.channels < 0 || options.channels > 4)
    throw ValueError(fmt::format("read_image: {} channels; expected 0 to 4", options.channels));
  if (options.largest < 1)
    throw ValueError(
        fmt::format("read_image: at most {} pixels; expected at least 1", options.largest));
}

}  // namespace

void detail::expect_size(Index height, Index width, Index largest, const std::string& origin) {
  if (height < 1 || width < 1 || height > largest / width)
    throw DataError(
        fmt::format("{}: has {} × {} pixels; expected 1 to {}", origin, width, height, largest));
}

template <class Real>
Tensor<Real> parse_image(std::string_view bytes, const std::string& origin,
                         const ImageOptions& options) {
  expect_options(options);
  return tensor_of<Real>(parsed(bytes, origin, options.largest), options.channels);
}

template <class Real>
Tensor<Real> read_image(const std::string& path, const ImageOptions& options) {
  return parse_image<Real>(read_file(path), path, options);
}

template <class Real>
std::string png_bytes(const Tensor<Real>& image) {
  const Shape& shape = image.shape();
  const int rank = shape.rank();
  Pixels pixels;
  if (rank == 2 || rank == 3)
    pixels = {shape[rank - 2], shape[rank - 1], rank == 3 ? shape[0] : 1, {}};
  constexpr Index longest = 1'000'000;  // of libpng
  const auto fine = [](Index size, Index most) { return size >= 1 && size <= most; };
  if (!fine(pixels.channels, 4) || !fine(pixels.height, longest) || !fine(pixels.width, longest))
    throw ShapeError(fmt::format(
        "write_png: an image of shape {}; expected [1 to 4, height, width] or [height, width]",
        shape));
  const Index size = pixels.height * pixels.width;
  pixels.bytes.resize(image.size());
  for (Index c = 0; c < pixels.channels; ++c)
    for (Index k = 0; k < size; ++k) {
      const double value = image.data()[c * size + k];
      if (std::isnan(value)) throw ValueError("write_png: a value is NaN");
      const double level = std::round(255 * std::clamp(value, 0.0, 1.0));
      pixels.bytes[k * pixels.channels + c] = static_cast<char>(static_cast<unsigned char>(level));
    }
  return detail::png_bytes(pixels);
}

template <class Real>
void write_png(const std::string& path, const Tensor<Real>& image) {
  write_file(path, png_bytes(image));
}

#define THALWEG_INSTANTIATE(Real)                                                               \
  template Tensor<Real> parse_image(std::string_view, const std::string&, const ImageOptions&); \
  template Tensor<Real> read_image(const std::string&, const ImageOptions&);                    \
  template std::string png_bytes(const Tensor<Real>&);                                          \
  template void write_png(const std::string&, const Tensor<Real>&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn
