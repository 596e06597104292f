#include <fmt/format.h>
#include <png.h>

#include <cstring>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/data/pixels.hpp"
#include "thalweg/nn/formats/bytes.hpp"
#include "thalweg/nn/formats/gzip.hpp"

namespace thalweg::nn::detail {
namespace {

constexpr std::string_view signature{"\x89PNG\r\n\x1A\n", 8};

/// libpng's interface that neither jumps nor calls back.
class Image {
 public:
  Image() {
    std::memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
  }
  ~Image() { png_image_free(&image); }
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;
  png_image image;
};

/// The size of the compressed pixels. Throws DataError unless all chunks are there, to the last.
std::size_t data_size(std::string_view bytes, const std::string& origin) {
  ByteReader reader(bytes.substr(signature.size()), origin);
  std::size_t size = 0;
  while (true) {
    const std::uint64_t length = reader.big(4, "chunks");
    const std::string_view type = reader.take(4, "chunks");
    reader.take(length, "chunks");
    reader.take(4, "chunks");  // checksum
    if (type == "IDAT") size += length;
    if (type == "IEND") return size;
  }
}

png_uint_32 format_of(Index channels) {
  constexpr png_uint_32 formats[] = {PNG_FORMAT_GRAY, PNG_FORMAT_GA, PNG_FORMAT_RGB,
                                     PNG_FORMAT_RGBA};
  return formats[channels - 1];
}

[[noreturn]] void refuse(const Image& image, const std::string& origin) {
  throw DataError(
      fmt::format("{}: cannot be read as a PNG image: {}", origin, image.image.message));
}

}  // namespace

bool is_png(std::string_view bytes) { return bytes.starts_with(signature); }

Pixels parse_png(std::string_view bytes, const std::string& origin, Index largest) {
  const std::size_t compressed = data_size(bytes, origin);
  Image reading;
  png_image& image = reading.image;
  if (!png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()))
    refuse(reading, origin);
  image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;  // do not take 16 bits for linear light
  Pixels pixels;
  pixels.height = image.height;
  pixels.width = image.width;
  expect_size(pixels.height, pixels.width, largest, origin);
  // At least a bit a pixel has to come out of the compressed data.
  if (static_cast<std::size_t>(pixels.height * pixels.width / 8) / deflate_ratio > compressed)
    throw DataError(fmt::format("{}: {} bytes cannot hold {} × {} pixels", origin, compressed,
                                pixels.width, pixels.height));
  pixels.channels = (image.format & PNG_FORMAT_FLAG_COLOR ? 3 : 1) +
                    (image.format & PNG_FORMAT_FLAG_ALPHA ? 1 : 0);
  image.format = format_of(pixels.channels);
  pixels.bytes.resize(PNG_IMAGE_SIZE(image));
  if (!png_image_finish_read(&image, nullptr, pixels.bytes.data(), 0, nullptr))
    refuse(reading, origin);
  return pixels;
}

std::string png_bytes(const Pixels& pixels) {
  Image writing;
  png_image& image = writing.image;
  image.width = static_cast<png_uint_32>(pixels.width);
  image.height = static_cast<png_uint_32>(pixels.height);
  image.format = format_of(pixels.channels);
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string bytes(size, '\0');
  if (!png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.bytes.data(), 0, nullptr))
    throw ValueError(fmt::format("write_png: {}", image.message));
  bytes.resize(size);
  return bytes;
}

}  // namespace thalweg::nn::detail
