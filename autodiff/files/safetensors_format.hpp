#pragma once
/// What reading and writing the format safetensors share.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::detail::safetensors {

constexpr std::size_t length_size = 8;               // bytes that hold the header's length
constexpr std::size_t largest_header = 100'000'000;  // the format's own limit
constexpr const char* metadata_key = "__metadata__";

/// Bytes per number; 0 if the format has no such type.
inline std::size_t width_of(std::string_view type) {
  static constexpr std::pair<std::string_view, std::size_t> widths[] = {
      {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E5M2", 1}, {"F8_E4M3", 1},
      {"I16", 2},  {"U16", 2}, {"F16", 2}, {"BF16", 2},    {"I32", 4},
      {"U32", 4},  {"F32", 4}, {"F64", 8}, {"I64", 8},     {"U64", 8},
  };
  for (const auto& [name, width] : widths)
    if (name == type) return width;
  return 0;
}

/// Does the shape take this many bytes? Without forming the product, which may overflow.
inline bool fits(const Shape& shape, std::size_t width, std::size_t bytes) {
  return bytes % width == 0 && static_cast<std::uint64_t>(shape.size()) == bytes / width;
}

/// For messages: in quotes, control characters escaped, cut if long.
std::string quoted(const std::string& name);

}  // namespace thalweg::detail::safetensors
