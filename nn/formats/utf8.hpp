#pragma once
/// UTF-8, checked.
///
/// Source: The Unicode Standard 15, table 3-7, "Well-Formed UTF-8 Byte Sequences".

#include <cstdint>
#include <string>
#include <string_view>

namespace thalweg::nn::detail {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 0;  ///< in bytes; 0: what begins here is not UTF-8
};

/// The first character of a text that is not empty. Neither overlong forms nor surrogates nor
/// values beyond 10FFFF are UTF-8.
CodePoint first_code_point(std::string_view text);

bool is_utf8(std::string_view text);

void append_utf8(std::string& text, std::uint32_t code_point);

}  // namespace thalweg::nn::detail
