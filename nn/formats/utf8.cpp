#include "thalweg/nn/formats/utf8.hpp"

namespace thalweg::nn::detail {

CodePoint first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t k) {
    return k < text.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(text[k])) : 0;
  };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return {};
  std::uint32_t value = lead & (0x7Fu >> length);
  for (std::size_t k = 1; k < length; ++k) {
    if (byte(k) >> 6 != 0b10) return {};
    value = value << 6 | (byte(k) & 0x3F);
  }
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < least[length] || surrogate || value > 0x10FFFF) return {};
  return {value, length};
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = first_code_point(text).length;
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void append_utf8(std::string& text, std::uint32_t code_point) {
  const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  const auto rest = [&](int shift) { put(0x80 | (code_point >> shift & 0x3F)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
    rest(0);
  } else if (code_point < 0x10000) {
    put(0xE0 | code_point >> 12);
    rest(6);
    rest(0);
  } else {
    put(0xF0 | code_point >> 18);
    rest(12);
    rest(6);
    rest(0);
  }
}

}  // namespace thalweg::nn::detail
