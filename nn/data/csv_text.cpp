#include "thalweg/nn/data/csv_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/file_kind.hpp"
#include "thalweg/nn/formats/bytes.hpp"
#include "thalweg/nn/formats/utf8.hpp"

namespace thalweg::nn::detail {
namespace {

/// Bytes that no text has.
bool is_binary(std::string_view bytes) {
  const std::string_view front = bytes.substr(0, 512);
  return std::any_of(front.begin(), front.end(), [](char c) {
    return c >= 0 && c < ' ' && !(c >= '\t' && c <= '\r') && c != '\x1B';
  });
}

void expect_table(std::string_view bytes, const std::string& source) {
  if (!is_markup(bytes) && !is_binary(bytes)) return;
  const std::string kind = file_kind(bytes);
  throw DataError(
      fmt::format("{}: not a table in CSV: it is {}", source, kind.empty() ? "not text" : kind));
}

/// UTF-16 with a byte order mark as UTF-8.
std::string from_utf16(std::string_view bytes, const std::string& source) {
  const bool little = bytes[0] == '\xFF';
  const auto unit = [&](std::size_t at) {
    const auto byte = [&](std::size_t k) {
      return std::uint32_t{static_cast<unsigned char>(bytes[k])};
    };
    return little ? byte(at) | byte(at + 1) << 8 : byte(at) << 8 | byte(at + 1);
  };
  std::string text;
  for (std::size_t at = 2; at < bytes.size(); at += 2) {
    const auto refuse = [&] {
      throw DataError(
          fmt::format("{}: byte {} is not UTF-16, as which the file begins", source, at));
    };
    if (at + 1 == bytes.size()) refuse();
    std::uint32_t code = unit(at);
    if (code >= 0xD800 && code < 0xE000) {  // one of a pair
      if (code >= 0xDC00 || at + 3 >= bytes.size()) refuse();
      const std::uint32_t low = unit(at + 2);
      if (low < 0xDC00 || low >= 0xE000) refuse();
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      at += 2;
    }
    append_utf8(text, code);
  }
  return text;
}

/// Where a CR is that no LF follows; npos if nowhere.
std::size_t find_lone_return(std::string_view text) {
  for (std::size_t at = text.find('\r'); at != text.npos; at = text.find('\r', at + 1))
    if (at + 1 == text.size() || text[at + 1] != '\n') return at;
  return text.npos;
}

/// Each CR that ends a line alone, which those in quotes do not, as an LF.
std::string with_line_feeds(std::string_view text) {
  std::string changed(text);
  bool quoted = false;
  for (std::size_t k = 0; k < changed.size(); ++k) {
    quoted ^= changed[k] == '"';
    const bool alone = k + 1 == changed.size() || changed[k + 1] != '\n';
    if (changed[k] == '\r' && alone && !quoted) changed[k] = '\n';
  }
  return changed;
}

}  // namespace

CsvText::CsvText(std::string_view bytes, const std::string& source) : text_(bytes) {
  const bool utf16 = (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) &&
                     bytes.substr(2, 2) != std::string_view("\0\0", 2);
  if (utf16) take(from_utf16(bytes, source));
  expect_table(text_, source);
  if (find_lone_return(text_) != text_.npos) take(with_line_feeds(text_));
  if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);  // UTF-8's byte order mark
  const std::string_view line = text_.substr(0, text_.find('\n'));
  const std::string_view bare = line.substr(0, line.find('\r'));
  if (bare.size() == 5 && bare.starts_with("sep=")) {
    separator_ = bare[4];
    text_.remove_prefix(std::min(line.size() + 1, text_.size()));
    first_line_ = 2;
  }
}

void expect_utf8(std::string_view text, const std::string& place) {
  if (is_utf8(text)) return;
  throw DataError(fmt::format(
      "{}: '{}' is not UTF-8; convert the file, for example by: iconv -f latin1 -t utf-8", place,
      shown(text)));
}

}  // namespace thalweg::nn::detail
