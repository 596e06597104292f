#pragma once
/// What a report has beyond a page of optim/plot: pictures as data, more style.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::nn::detail {

/// A greyscale PNG as "data:image/png;base64,…". pixels [height, width], row-major.
std::string png_data_uri(std::span<const std::uint8_t> pixels, Index width, Index height);

/// The rules that a report adds to plot::page_style().
extern const std::string_view report_style;

}  // namespace thalweg::nn::detail
