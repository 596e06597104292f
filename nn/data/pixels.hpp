#pragma once
/// Images as their formats' libraries have them.

#include <string>
#include <string_view>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::nn::detail {

/// Bytes, row by row, the channels of a pixel side by side.
struct Pixels {
  Index height = 0, width = 0, channels = 0;
  std::string bytes;
};

bool is_png(std::string_view bytes);
bool is_jpeg(std::string_view bytes);

/// Throw DataError, which begins with `origin`; before memory is taken if there are more than
/// `largest` pixels.
Pixels parse_png(std::string_view bytes, const std::string& origin, Index largest);
Pixels parse_jpeg(std::string_view bytes, const std::string& origin, Index largest);

std::string png_bytes(const Pixels& pixels);

void expect_size(Index height, Index width, Index largest, const std::string& origin);

}  // namespace thalweg::nn::detail
