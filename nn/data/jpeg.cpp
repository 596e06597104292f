#include <fmt/format.h>
#include <turbojpeg.h>

#include <utility>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/data/orientation.hpp"
#include "thalweg/nn/data/pixels.hpp"

namespace thalweg::nn::detail {
namespace {

class Decompressor {
 public:
  Decompressor() : handle(tjInitDecompress()) {
    if (!handle) throw DataError("read_image: there is no memory for a JPEG image");
  }
  ~Decompressor() { tjDestroy(handle); }
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;
  const tjhandle handle;
};

}  // namespace

bool is_jpeg(std::string_view bytes) { return bytes.starts_with("\xFF\xD8\xFF"); }

Pixels parse_jpeg(std::string_view bytes, const std::string& origin, Index largest) {
  const Decompressor jpeg;
  const auto expect = [&](int code) {
    if (code != 0)
      throw DataError(fmt::format("{}: cannot be read as a JPEG image: {}", origin,
                                  tjGetErrorStr2(jpeg.handle)));
  };
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  int width = 0, height = 0, subsampling = 0, colours = 0;
  expect(tjDecompressHeader3(jpeg.handle, data, bytes.size(), &width, &height, &subsampling,
                             &colours));
  if (colours == TJCS_CMYK || colours == TJCS_YCCK)
    throw DataError(
        fmt::format("{}: has colours for printing (CMYK), which are not supported", origin));
  expect_size(height, width, largest, origin);
  Pixels pixels{height, width, colours == TJCS_GRAY ? 1 : 3, {}};
  pixels.bytes.resize(height * pixels.width * pixels.channels);
  // A warning is data that are damaged or end too early; scans without end are an attack.
  expect(tjDecompress2(jpeg.handle, data, bytes.size(),
                       reinterpret_cast<unsigned char*>(pixels.bytes.data()), width, 0, height,
                       colours == TJCS_GRAY ? TJPF_GRAY : TJPF_RGB,
                       TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS));
  return upright(std::move(pixels), jpeg_orientation(bytes));
}

}  // namespace thalweg::nn::detail
