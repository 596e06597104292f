#pragma once
/// The bytes of a CSV file as text with one kind of line end.

#include <optional>
#include <string>
#include <string_view>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::nn::detail {

/// Takes what programs write and CSV is not quite: UTF-16 with a byte order mark, lines that end in
/// CR alone, a first line `sep=;` that names the separator.
class CsvText {
 public:
  /// `bytes` has to live as long. Throws DataError, which begins with `source`, for bytes that are
  /// no text: another format, named if it is known.
  CsvText(std::string_view bytes, const std::string& source);

  std::string_view text() const { return text_; }
  /// On which line it begins, from 1.
  Index first_line() const { return first_line_; }
  std::optional<char> separator() const { return separator_; }

 private:
  void take(std::string changed) {
    changed_ = std::move(changed);
    text_ = changed_;
  }

  std::string changed_;  // if the bytes could not stay as they are
  std::string_view text_;
  Index first_line_ = 1;
  std::optional<char> separator_;
};

/// Throws DataError "x.csv:3: 'M?nchen' is not UTF-8; …", unless it is.
void expect_utf8(std::string_view text, const std::string& place);

}  // namespace thalweg::nn::detail
