#include "thalweg/nn/data/orientation.hpp"

#include <algorithm>
#include <cstdint>

namespace thalweg::nn::detail {
namespace {

/// Numbers of Exif's byte order at places that may lie beyond the end, where there are zeros.
class Exif {
 public:
  explicit Exif(std::string_view bytes) : bytes_(bytes), little_(bytes.starts_with("II")) {}
  std::uint64_t number(std::size_t at, std::size_t width) const {
    std::uint64_t number = 0;
    for (std::size_t k = 0; k < width; ++k) {
      const std::size_t place = at + (little_ ? width - 1 - k : k);
      const char byte = place < bytes_.size() ? bytes_[place] : '\0';
      number = number << 8 | static_cast<unsigned char>(byte);
    }
    return number;
  }

 private:
  std::string_view bytes_;
  bool little_;
};

}  // namespace

// Behind the byte order and the number 42 stands where the first directory is: a count, and entries
// of 12 bytes, each a tag, a type, a count and the value.
int exif_orientation(std::string_view bytes) {
  constexpr std::uint64_t orientation = 0x0112, whole_number = 3;
  const Exif exif(bytes);
  if ((!bytes.starts_with("II") && !bytes.starts_with("MM")) || exif.number(2, 2) != 42) return 1;
  const std::uint64_t directory = exif.number(4, 4);
  const std::uint64_t count = exif.number(directory, 2);
  for (std::uint64_t k = 0; k < count; ++k) {
    const std::uint64_t entry = directory + 2 + 12 * k;
    if (entry + 12 > bytes.size()) return 1;
    if (exif.number(entry, 2) != orientation) continue;
    const std::uint64_t value = exif.number(entry + 8, 2);
    return exif.number(entry + 2, 2) == whole_number && value >= 1 && value <= 8
               ? static_cast<int>(value)
               : 1;
  }
  return 1;
}

// Segments follow each other up to the scan: FF, a kind, and a length that counts itself.
int jpeg_orientation(std::string_view bytes) {
  constexpr std::string_view mark("Exif\0\0", 6);
  constexpr unsigned char app1 = 0xE1, scan = 0xDA;
  std::size_t at = 2;
  while (at + 4 <= bytes.size() && bytes[at] == '\xFF') {
    const auto kind = static_cast<unsigned char>(bytes[at + 1]);
    const std::size_t length = static_cast<std::size_t>(static_cast<unsigned char>(bytes[at + 2]))
                                   << 8 |
                               static_cast<unsigned char>(bytes[at + 3]);
    if (kind == scan || length < 2) return 1;
    const std::string_view content = bytes.substr(at + 4, length - 2);
    if (kind == app1 && content.starts_with(mark)) return exif_orientation(content.substr(6));
    at += 2 + length;
  }
  return 1;
}

Pixels upright(Pixels pixels, int orientation) {
  if (orientation == 1) return pixels;
  const bool turned = orientation >= 5;  // rows become columns
  const Index h = pixels.height, w = pixels.width, channels = pixels.channels;
  Pixels result{turned ? w : h, turned ? h : w, channels, std::string(pixels.bytes.size(), '\0')};
  const bool from_bottom =
      orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const bool from_right =
      orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  char* to = result.bytes.data();
  for (Index r = 0; r < result.height; ++r)
    for (Index c = 0; c < result.width; ++c, to += channels) {
      const Index row = turned ? c : r, column = turned ? r : c;
      const Index from =
          (from_bottom ? h - 1 - row : row) * w + (from_right ? w - 1 - column : column);
      std::copy_n(pixels.bytes.data() + from * channels, channels, to);
    }
  return result;
}

}  // namespace thalweg::nn::detail
