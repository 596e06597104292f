#pragma once
/// How a camera was held, as image files note it.
///
/// Source: CIPA DC-008 (Exif 2.32), tag 0x0112.

#include <string_view>

#include "thalweg/nn/data/pixels.hpp"

namespace thalweg::nn::detail {

/// 1 to 8: what the first row and the first column are in the scene; 1, upright, where Exif data
/// (from "II" or "MM" on) do not say or are damaged.
int exif_orientation(std::string_view exif);
/// That of the Exif segment of a JPEG file.
int jpeg_orientation(std::string_view bytes);

/// The pixels as the scene was.
Pixels upright(Pixels pixels, int orientation);

}  // namespace thalweg::nn::detail
