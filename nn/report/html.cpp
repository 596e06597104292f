#include "thalweg/nn/report/html.hpp"

#include <zlib.h>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::nn::detail {

namespace {

using Bytes = std::basic_string<char>;

Bytes big_endian(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
          static_cast<char>(value >> 8), static_cast<char>(value)};
}

/// Length, type, data, checksum of type and data.
Bytes png_chunk(std::string_view type, const Bytes& data) {
  const Bytes checked = Bytes(type) + data;
  const auto sum =
      ::crc32(0, reinterpret_cast<const Bytef*>(checked.data()), static_cast<uInt>(checked.size()));
  return big_endian(static_cast<std::uint32_t>(data.size())) + checked +
         big_endian(static_cast<std::uint32_t>(sum));
}

Bytes deflated(const Bytes& data) {
  uLongf size = ::compressBound(static_cast<uLong>(data.size()));
  Bytes result(size, '\0');
  if (::compress2(reinterpret_cast<Bytef*>(result.data()), &size,
                  reinterpret_cast<const Bytef*>(data.data()), static_cast<uLong>(data.size()),
                  Z_BEST_COMPRESSION) != Z_OK)
    throw Error("png: compression failed");
  result.resize(size);
  return result;
}

std::string base64(const Bytes& bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;  // three bytes, four digits
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? static_cast<std::uint8_t>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      text += i + k > bytes.size() ? '=' : digits[group >> (18 - 6 * k) & 63];
  }
  return text;
}

}  // namespace

std::string png_data_uri(std::span<const std::uint8_t> pixels, Index width, Index height) {
  const auto columns = static_cast<std::size_t>(width);
  Bytes rows;  // each behind the number of its filter, 0 for none
  for (std::size_t start = 0; start < pixels.size(); start += columns) {
    rows += '\0';
    rows.append(reinterpret_cast<const char*>(pixels.data() + start), columns);
  }
  // Eight bits of grey; the standard compression, filters and order of rows.
  const Bytes header = big_endian(static_cast<std::uint32_t>(width)) +
                       big_endian(static_cast<std::uint32_t>(height)) + Bytes{8, 0, 0, 0, 0};
  return "data:image/png;base64," +
         base64("\x89PNG\r\n\x1a\n" + png_chunk("IHDR", header) +
                png_chunk("IDAT", deflated(rows)) + png_chunk("IEND", {}));
}

const std::string_view report_style = R"(
:root { --good: #0f7f5f; --bad: #b3261e; --heat: 11, 98, 196; --miss: 194, 80, 12; }
@media (prefers-color-scheme: dark) {
  :root { --good: #52cda5; --bad: #ff8a80; --heat: 108, 176, 255; --miss: 255, 157, 92; }
}
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(165px, 1fr)); gap: 14px 24px;
  margin: 0; }
dt { color: var(--soft); font-size: 13px; }
dd { margin: 0; font-size: 17px; font-weight: 550; font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: separate; border-spacing: 2px; font-size: 14px; margin: 0 auto;
  font-variant-numeric: tabular-nums; }
th { font-weight: 500; color: var(--soft); padding: 3px 8px; white-space: nowrap; }
tbody th { text-align: right; }
td { min-width: 44px; height: 36px; padding: 0 6px; text-align: center; border-radius: 5px; }
td.zero { color: var(--soft); opacity: 0.55; }
td.right { background: rgba(var(--heat), calc(0.10 + 0.40 * var(--v))); font-weight: 600; }
td.wrong { background: rgba(var(--miss), calc(0.14 + 0.36 * var(--v)));
  box-shadow: inset 0 0 0 1.5px rgba(var(--miss), 0.75); }
td.share { text-align: right; color: var(--soft); padding-left: 12px; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(84px, 1fr));
  gap: 16px 14px; }
.gallery figure { margin: 0; text-align: center; }
figure img { width: 100%; aspect-ratio: 1; object-fit: contain; image-rendering: pixelated;
  background: #000; border-radius: 7px; border: 2px solid var(--rule); display: block; }
figure.wrong img { border: 3px dashed var(--bad); }
.gallery figcaption { color: var(--ink); font-size: 14px; line-height: 1.35; margin-top: 6px;
  overflow-wrap: anywhere; }
figcaption b { color: var(--good); font-weight: 600; }
figure.wrong b { color: var(--bad); }
figcaption small { display: block; color: var(--soft); font-size: 13px; }
)";

}  // namespace thalweg::nn::detail
