#include "thalweg/nn/formats/bytes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::nn::detail {

std::string_view ByteReader::take(std::size_t count, const char* what) {
  if (count > rest_.size())
    throw DataError(fmt::format("{}: ends in its {}: {} bytes are left; expected {}", origin_, what,
                                rest_.size(), count));
  const std::string_view taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

std::uint64_t ByteReader::little(std::size_t width, const char* what) {
  const std::string_view bytes = take(width, what);
  std::uint64_t number = 0;
  for (std::size_t k = width; k-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[k]);
  return number;
}

std::uint64_t ByteReader::big(std::size_t width, const char* what) {
  std::uint64_t number = 0;
  for (const char byte : take(width, what)) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

void append_little(std::string& bytes, std::uint64_t number, std::size_t width) {
  for (std::size_t k = 0; k < width; ++k) bytes += static_cast<char>(number >> 8 * k & 0xFF);
}

std::string shown(std::string_view text) {
  constexpr std::size_t limit = 60;
  std::string result;
  for (const char c : text.substr(0, limit)) result += c >= ' ' && c <= '~' ? c : '?';
  return text.size() > limit ? result + "…" : result;
}

void swap_bytes(std::string& bytes, std::size_t width) {
  for (auto at = bytes.begin(); width > 1 && at != bytes.end();
       at += static_cast<std::ptrdiff_t>(width))
    std::reverse(at, at + static_cast<std::ptrdiff_t>(width));
}

}  // namespace thalweg::nn::detail
