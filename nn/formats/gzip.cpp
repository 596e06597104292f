#include "thalweg/nn/formats/gzip.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <limits>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/files.hpp"

namespace thalweg::nn {
namespace {

constexpr int gzip_window = 15 + 16;
constexpr int raw_window = -15;

/// zlib's state for one stream.
class Inflater {
 public:
  Inflater(std::string_view bytes, int window, const std::string& origin) : origin_(origin) {
    if (inflateInit2(&stream_, window) != Z_OK)
      throw DataError(fmt::format("{}: there is no memory to unpack it", origin));
    rest_ = bytes;
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Fills `space` as far as the data go; the number of bytes written. zlib counts in 32 bits.
  std::size_t fill(char* space, std::size_t size) {
    constexpr std::size_t most = std::numeric_limits<uInt>::max();
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest_.data()));
    stream_.avail_in = static_cast<uInt>(std::min(rest_.size(), most));
    stream_.next_out = reinterpret_cast<Bytef*>(space);
    stream_.avail_out = static_cast<uInt>(std::min(size, most));
    const uInt given = stream_.avail_in, room = stream_.avail_out;
    const int code = ::inflate(&stream_, Z_NO_FLUSH);
    rest_.remove_prefix(given - stream_.avail_in);
    ended_ = code == Z_STREAM_END;
    if (code == Z_BUF_ERROR || (code == Z_OK && stream_.avail_out > 0 && rest_.empty()))
      throw DataError(fmt::format("{}: the compressed data end too early", origin_));
    if (code != Z_OK && !ended_)
      throw DataError(fmt::format("{}: the compressed data are damaged: {}", origin_,
                                  stream_.msg ? stream_.msg : "unknown format"));
    return room - stream_.avail_out;
  }
  bool ended() const { return ended_; }
  std::string_view rest() const { return rest_; }
  void next_member() {
    inflateReset(&stream_);
    ended_ = false;
  }

 private:
  z_stream stream_{};
  std::string_view rest_;
  const std::string& origin_;
  bool ended_ = false;
};

/// The size of the last member, modulo 2³², if the trailer tells the truth.
std::size_t announced(std::string_view bytes) {
  std::size_t size = 0;
  for (std::size_t k = 0; k < 4 && bytes.size() >= 18; ++k)
    size = size << 8 | static_cast<unsigned char>(bytes[bytes.size() - 1 - k]);
  return std::min(size, bytes.size() * detail::deflate_ratio);
}

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1F\x8B"); }

std::string gunzip(std::string_view bytes, const std::string& origin, std::size_t largest) {
  Inflater inflater(bytes, gzip_window, origin);
  std::string result(std::min(announced(bytes), largest) + 1, '\0');
  std::size_t size = 0;
  while (true) {
    size += inflater.fill(result.data() + size, result.size() - size);
    if (size > largest)
      throw DataError(fmt::format("{}: unpacks to more than {} bytes", origin, largest));
    if (inflater.ended()) {
      if (inflater.rest().empty()) break;
      if (!is_gzip(inflater.rest()))
        throw DataError(
            fmt::format("{}: {} bytes follow the compressed data", origin, inflater.rest().size()));
      inflater.next_member();
    }
    if (size == result.size()) result.resize(std::min(2 * size, largest) + 1);
  }
  result.resize(size);
  return result;
}

std::string read_unpacked(const std::string& path) {
  std::string bytes = read_file(path);
  return is_gzip(bytes) ? gunzip(bytes, path) : bytes;
}

std::string detail::gunzip_front(std::string_view bytes, std::size_t count,
                                 const std::string& origin) {
  Inflater inflater(bytes, gzip_window, origin);
  std::string result(count, '\0');
  std::size_t size = 0;
  while (size < count && !inflater.ended())
    size += inflater.fill(result.data() + size, count - size);
  result.resize(size);
  return result;
}

std::string detail::inflate(std::string_view bytes, std::size_t size, const std::string& origin) {
  if (size / deflate_ratio > bytes.size())
    throw DataError(fmt::format("{}: {} bytes are announced; {} compressed ones cannot make them",
                                origin, size, bytes.size()));
  Inflater inflater(bytes, raw_window, origin);
  std::string result(size + 1, '\0');  // one more, so that too many show themselves
  std::size_t done = 0;
  while (!inflater.ended() && done <= size)
    done += inflater.fill(result.data() + done, result.size() - done);
  if (done != size || !inflater.rest().empty())
    throw DataError(fmt::format("{}: does not unpack to the {} bytes announced", origin, size));
  result.resize(size);
  return result;
}

}  // namespace thalweg::nn
