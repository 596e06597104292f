#include <fmt/format.h>
#include <png.h>

#include <csetjmp>
#include <cstring>
#include <utility>
#include <vector>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/data/orientation.hpp"
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

/// What the chunks say before anything is decoded.
struct Chunks {
  std::size_t compressed = 0;  // bytes of pixels
  int depth = 0;               // bits of a channel
  int orientation = 1;
};

/// Throws DataError unless all chunks are there, to the last.
Chunks chunks_of(std::string_view bytes, const std::string& origin) {
  constexpr std::size_t depth_in_header = 8;
  ByteReader reader(bytes.substr(signature.size()), origin);
  Chunks chunks;
  while (true) {
    const std::uint64_t length = reader.big(4, "chunks");
    const std::string_view type = reader.take(4, "chunks");
    const std::string_view content = reader.take(length, "chunks");
    reader.take(4, "chunks");  // checksum
    if (type == "IHDR" && length > depth_in_header) chunks.depth = content[depth_in_header];
    if (type == "IDAT") chunks.compressed += length;
    if (type == "eXIf") chunks.orientation = exif_orientation(content);
    if (type == "IEND") return chunks;
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

/// libpng's other interface, for images of 16 bits: asked for 8, it makes wrong numbers of
/// interlaced ones. It leaves by longjmp; the functions that it does so from hold nothing that
/// needs an end.
class Deep {
 public:
  explicit Deep(std::string_view bytes) : rest_(bytes) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, note, ignore);
    if (png_) info_ = png_create_info_struct(png_);
    if (info_) png_set_read_fn(png_, this, take);
  }
  ~Deep() { png_destroy_read_struct(&png_, &info_, nullptr); }
  Deep(const Deep&) = delete;
  Deep& operator=(const Deep&) = delete;

  /// Reads the header; false if libpng refuses it.
  bool begin() {
    if (!info_ || setjmp(png_jmpbuf(png_))) return false;
    png_read_info(png_, info_);
    png_set_alpha_mode(png_, PNG_ALPHA_PNG, PNG_DEFAULT_sRGB);
    if (png_get_valid(png_, info_, PNG_INFO_tRNS)) png_set_tRNS_to_alpha(png_);
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    return true;
  }
  Index channels() const { return png_get_channels(png_, info_); }
  /// Reads all rows, 2 bytes a channel, the upper one first.
  bool rows(png_bytepp rows) {
    if (setjmp(png_jmpbuf(png_))) return false;
    png_read_image(png_, rows);
    png_read_end(png_, nullptr);
    return true;
  }
  const char* message() const { return message_; }

 private:
  static void note(png_structp png, png_const_charp message) {
    Deep& self = *static_cast<Deep*>(png_get_error_ptr(png));
    std::strncpy(self.message_, message, sizeof self.message_ - 1);
    png_longjmp(png, 1);
  }
  static void ignore(png_structp, png_const_charp) {}
  static void take(png_structp png, png_bytep to, std::size_t count) {
    std::string_view& rest = static_cast<Deep*>(png_get_io_ptr(png))->rest_;
    if (count > rest.size()) png_error(png, "the data end too early");
    std::memcpy(to, rest.data(), count);
    rest.remove_prefix(count);
  }

  std::string_view rest_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  char message_[128] = "there is no memory";
};

/// Fills `pixels`, whose size is set: 16 bits to the nearest of 8, v · 255 / 65535.
void read_deep(std::string_view bytes, const std::string& origin, Pixels& pixels) {
  Deep png(bytes);
  const auto expect = [&](bool fine) {
    if (!fine)
      throw DataError(fmt::format("{}: cannot be read as a PNG image: {}", origin, png.message()));
  };
  expect(png.begin());
  pixels.channels = png.channels();
  const Index row = pixels.width * pixels.channels;
  std::vector<unsigned char> wide(2 * row * pixels.height);
  std::vector<unsigned char*> rows;
  for (Index k = 0; k < pixels.height; ++k) rows.push_back(wide.data() + 2 * row * k);
  expect(png.rows(rows.data()));
  pixels.bytes.resize(row * pixels.height);
  for (std::size_t k = 0; k < pixels.bytes.size(); ++k) {
    const unsigned value = wide[2 * k] << 8 | wide[2 * k + 1];
    pixels.bytes[k] = static_cast<char>((value * 255 + 32767) / 65535);
  }
}

}  // namespace

bool is_png(std::string_view bytes) { return bytes.starts_with(signature); }

Pixels parse_png(std::string_view bytes, const std::string& origin, Index largest) {
  const Chunks chunks = chunks_of(bytes, origin);
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
  if (static_cast<std::size_t>(pixels.height * pixels.width / 8) / deflate_ratio >
      chunks.compressed)
    throw DataError(fmt::format("{}: {} bytes cannot hold {} × {} pixels", origin,
                                chunks.compressed, pixels.width, pixels.height));
  if (chunks.depth == 16) {
    read_deep(bytes, origin, pixels);
    return upright(std::move(pixels), chunks.orientation);
  }
  pixels.channels = (image.format & PNG_FORMAT_FLAG_COLOR ? 3 : 1) +
                    (image.format & PNG_FORMAT_FLAG_ALPHA ? 1 : 0);
  image.format = format_of(pixels.channels);
  pixels.bytes.resize(PNG_IMAGE_SIZE(image));
  if (!png_image_finish_read(&image, nullptr, pixels.bytes.data(), 0, nullptr))
    refuse(reading, origin);
  return upright(std::move(pixels), chunks.orientation);
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
