#pragma once
/// The records of a CSV file, before anybody asks what they mean.

#include <charconv>
#include <cmath>
#include <string>
#include <string_view>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::nn::detail {

/// Steps through the cells of a text.
///
///     while (scanner.next_record())
///       do use(scanner.cell());
///       while (scanner.more());
///
/// Blank lines are no records; a cell in quotes may hold separators, line ends and doubled quotes.
class CsvScanner {
 public:
  /// The text has to live as long.
  CsvScanner(std::string_view text, char separator, const std::string& source, Index first_line = 1)
      : begin_(text.data()),
        at_(begin_),
        end_(begin_ + text.size()),
        separator_(separator),
        source_(&source),
        next_line_(first_line) {}

  /// Goes to the first cell of the next record; false at the end.
  bool next_record() {
    if (at_ == end_ || is_blank(*at_) || *at_ == '\n') skip_blank_lines();
    line_ = next_line_;
    return at_ != end_;
  }
  /// Takes the next cell if it is a finite number as std::from_chars reads it; else takes nothing.
  bool number(double& value) {
    const auto [behind, error] = std::from_chars(at_, end_, value);
    if (error != std::errc{} || !ends_cell(behind) || !std::isfinite(value)) return false;
    at_ = behind;
    return true;
  }
  /// Takes the next cell, whatever it is: without surrounding blanks and quotes. Valid until the
  /// next call. Throws DataError for a quote that is left open or followed by text.
  std::string_view cell();
  /// Behind a cell: goes on to the next one, or leaves the record.
  bool more() {
    if (at_ != end_ && *at_ == separator_) {
      ++at_;
      return true;
    }
    while (at_ != end_ && *at_++ != '\n') {
    }
    ++next_line_;
    return false;
  }

  /// The line the record starts on, from 1.
  Index line() const { return line_; }
  /// How many bytes are read, and how many there are.
  std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }
  std::size_t size() const { return static_cast<std::size_t>(end_ - begin_); }

 private:
  bool is_blank(char c) const { return (c == ' ' || c == '\t' || c == '\r') && c != separator_; }
  bool ends_cell(const char* at) const {
    if (at == end_ || *at == separator_ || *at == '\n') return true;
    return *at == '\r' && (at + 1 == end_ || at[1] == '\n');
  }
  std::string_view trimmed(const char* begin, const char* end) const;
  void skip_blank_lines();
  std::string_view quoted_cell();

  const char* begin_;
  const char* at_;
  const char* end_;
  char separator_;
  const std::string* source_;
  Index line_ = 0;
  Index next_line_;
  std::string joined_;  // a cell whose doubled quotes have been joined
};

}  // namespace thalweg::nn::detail
