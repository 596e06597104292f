#include "thalweg/nn/data/csv_scanner.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::nn::detail {

std::string_view CsvScanner::trimmed(const char* begin, const char* end) const {
  while (begin != end && is_blank(*begin)) ++begin;
  while (begin != end && is_blank(end[-1])) --end;
  return {begin, static_cast<std::size_t>(end - begin)};
}

void CsvScanner::skip_blank_lines() {
  for (;;) {
    const char* end = at_;
    while (end != end_ && is_blank(*end)) ++end;
    if (end != end_ && *end != '\n') return;
    at_ = end;
    if (end == end_) return;
    ++at_;
    ++next_line_;
  }
}

std::string_view CsvScanner::cell() {
  const char* start = at_;
  while (start != end_ && is_blank(*start)) ++start;
  if (start != end_ && *start == '"') {
    at_ = start + 1;
    return quoted_cell();
  }
  while (at_ != end_ && *at_ != '\n' && *at_ != separator_) ++at_;
  return trimmed(start, at_);
}

/// `at_` stands behind the opening quote.
std::string_view CsvScanner::quoted_cell() {
  const char* start = at_;
  bool doubled = false;
  joined_.clear();
  for (;; ++at_) {
    if (at_ == end_)
      throw DataError(fmt::format("{}:{}: a quote is opened and never closed", *source_, line_));
    if (*at_ == '\n') ++next_line_;
    if (*at_ != '"') continue;
    if (at_ + 1 == end_ || at_[1] != '"') break;
    joined_.append(start, ++at_);  // with one of the two
    start = at_ + 1;
    doubled = true;
  }
  const char* const closing = at_++;
  const char* const behind = at_;
  while (at_ != end_ && *at_ != '\n' && *at_ != separator_) ++at_;
  if (!trimmed(behind, at_).empty())
    throw DataError(fmt::format("{}:{}: text follows a closing quote", *source_, next_line_));
  if (!doubled) return trimmed(start, closing);
  joined_.append(start, closing);
  return trimmed(joined_.data(), joined_.data() + joined_.size());
}

}  // namespace thalweg::nn::detail
