#pragma once
/// The pieces of a page: escaped text, pictures as data, its style.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "autodiff/shape.hpp"

namespace thalweg::nn::detail {

/// Text in which no character has a meaning of its own in HTML, fit for attributes too. Control
/// characters, which no page may hold, become "�".
std::string escaped(std::string_view text);

/// A greyscale PNG as "data:image/png;base64,…". pixels [height, width], row-major.
std::string png_data_uri(std::span<const std::uint8_t> pixels, Index width, Index height);

/// The style sheet of a report.
extern const std::string_view report_style;

}  // namespace thalweg::nn::detail
