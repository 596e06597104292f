#include "nn/html.hpp"

#include <zlib.h>

#include "autodiff/error.hpp"

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

std::string escaped(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '"')
      result += "&quot;";
    else if (c == '\'')
      result += "&#39;";
    else if ((c >= 0 && c < ' ' && c != '\n' && c != '\t') || c == 127)
      result += "\xEF\xBF\xBD";
    else
      result += c;
  }
  return result;
}

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
:root {
  color-scheme: light dark;
  --page: #fbfbfa; --card: #ffffff; --ink: #1c2126; --soft: #5d6670; --rule: #e3e5e8;
  --s0: #0b62c4; --s1: #c2500c; --s2: #0f7f5f; --s3: #a02c8c; --s4: #7a6400; --s5: #4a5560;
  --good: #0f7f5f; --bad: #b3261e; --heat: 11, 98, 196; --miss: 194, 80, 12;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --card: #1c2024; --ink: #e8eaed; --soft: #a2abb5; --rule: #32383e;
    --s0: #6cb0ff; --s1: #ff9d5c; --s2: #52cda5; --s3: #ee8fdc; --s4: #dcc04c; --s5: #b4bec8;
    --good: #52cda5; --bad: #ff8a80; --heat: 108, 176, 255; --miss: 255, 157, 92;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
main { max-width: 820px; margin: 0 auto; padding: 48px 20px 72px; }
h1 { font-size: 32px; line-height: 1.2; letter-spacing: -0.015em; margin: 0 0 20px; }
h2 { font-size: 18px; line-height: 1.3; margin: 0 0 14px; }
p { margin: 0 0 20px; max-width: 68ch; white-space: pre-line; }
section { background: var(--card); border: 1px solid var(--rule); border-radius: 10px;
  padding: 20px 22px; margin: 0 0 20px; break-inside: avoid; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(165px, 1fr)); gap: 14px 24px;
  margin: 0; }
dt { color: var(--soft); font-size: 13px; }
dd { margin: 0; font-size: 17px; font-weight: 550; font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: auto; }
.grid { stroke: var(--rule); }
.axis { stroke: var(--soft); }
.tick, .label { fill: var(--soft); font-size: 13px; font-variant-numeric: tabular-nums; }
.line { fill: none; stroke-width: 2.25; stroke-linejoin: round; stroke-linecap: round; }
.s0 { stroke: var(--s0); } .s1 { stroke: var(--s1); stroke-dasharray: 7 5; }
.s2 { stroke: var(--s2); stroke-dasharray: 1 5; }
.s3 { stroke: var(--s3); stroke-dasharray: 10 4 1 4; }
.s4 { stroke: var(--s4); stroke-dasharray: 14 5; } .s5 { stroke: var(--s5); }
.dot { fill: none; stroke-width: 5; stroke-dasharray: none; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 22px; list-style: none; margin: 0 0 8px;
  padding: 0; font-size: 14px; }
.legend svg { display: inline-block; width: 30px; height: 10px; margin-right: 8px; }
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
figure { margin: 0; text-align: center; }
figure img { width: 100%; aspect-ratio: 1; object-fit: contain; image-rendering: pixelated;
  background: #000; border-radius: 7px; border: 2px solid var(--rule); display: block; }
figure.wrong img { border: 3px dashed var(--bad); }
figcaption { font-size: 14px; line-height: 1.35; margin-top: 6px; overflow-wrap: anywhere; }
figcaption b { color: var(--good); font-weight: 600; }
figure.wrong b { color: var(--bad); }
figcaption small { display: block; color: var(--soft); font-size: 13px; }
.note { color: var(--soft); font-size: 14px; margin: 12px 0 0; }
@media (max-width: 560px) { .tick, .label { font-size: 19px; } }
@media print { body { background: none; } main { padding: 0; max-width: none; } }
)";

}  // namespace thalweg::nn::detail
