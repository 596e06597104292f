#pragma once
/// Images from PNG and JPEG files.
///
///     auto x = nn::read_image<float>("cat.jpg", {.channels = 3});      // [3, h, w] in [0, 1]
///     nn::write_png("cat.png", x);
///
/// Values are those of the file over 255, as sRGB has them (PNG files that declare another gamma
/// are converted; 16 bits are rounded to 8). Images are turned as Exif data say the camera was
/// held.

#include <string>
#include <string_view>

#include "thalweg/autodiff/tensor/tensor.hpp"

namespace thalweg::nn {

struct ImageOptions {
  /// 0 for as many as the file has; 1 (grey), 2 (grey and opacity), 3 (red, green, blue) or 4 (and
  /// opacity). Grey is 0.299 r + 0.587 g + 0.114 b; opacity is dropped, or 1 where there is none.
  Index channels = 0;
  Index largest = 100'000'000;  ///< pixels; larger images are refused before memory is taken
};

/// An image [c, h, w] of the bytes of a file. Throws DataError, which begins with `origin`, if they
/// are no whole PNG or JPEG image, are damaged, too large, or of colours for printing (CMYK);
/// ValueError for other options.
template <class Real>
Tensor<Real> parse_image(std::string_view bytes, const std::string& origin,
                         const ImageOptions& options = {});
/// The same of a file.
template <class Real>
Tensor<Real> read_image(const std::string& path, const ImageOptions& options = {});

/// The bytes of a PNG file of an image [c, h, w] or [h, w], c being 1 to 4. Values are rounded to
/// the nearest of 256, those outside of [0, 1] to its ends. Throws ShapeError, ValueError for NaN.
template <class Real>
std::string png_bytes(const Tensor<Real>& image);
/// Writes them, in the way of `write_file`.
template <class Real>
void write_png(const std::string& path, const Tensor<Real>& image);

/// Images […, h, w] in another size: every pixel is the mean of those under a triangle around it,
/// one pixel of the source wide to both sides, or one of the result where that is larger (bilinear,
/// antialiased). Throws ShapeError for rank < 2 or sizes below 1.
template <class Real>
Tensor<Real> resize(const Tensor<Real>& images, Index height, Index width);

}  // namespace thalweg::nn
