#include "thalweg/nn/data/csv_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/data/csv_text.hpp"
#include "thalweg/nn/formats/utf8.hpp"

namespace thalweg::nn::detail {

std::int32_t Levels::code_of(std::string_view text) {
  const auto found = codes_.find(text);
  if (found != codes_.end()) return found->second;
  texts_.emplace_back(text);
  const auto code = static_cast<std::int32_t>(codes_.size());
  codes_.emplace(texts_.back(), code);
  return code;
}

MissingMarks::MissingMarks(const std::vector<std::string>& texts, char separator, char decimal)
    : decimal_commas_(separator != ',' || decimal == ',') {
  for (const std::string& text : texts) {
    const std::size_t begin = text.find_first_not_of(" \t"), end = text.find_last_not_of(" \t");
    texts_.push_back(begin == text.npos ? "" : text.substr(begin, end + 1 - begin));
    double value = 0;
    if (value_of(texts_.back(), value) && !std::isnan(value)) numbers_.push_back(value);
  }
}

bool MissingMarks::value_of(std::string_view text, double& value) const {
  return number_in(text, value) || (decimal_commas_ && number_in(text, value, ','));
}

bool MissingMarks::contains(std::string_view cell, bool code) const {
  if (std::find(texts_.begin(), texts_.end(), cell) != texts_.end()) return true;
  double value = 0;
  return !numbers_.empty() && !(code && is_padded(cell)) && value_of(cell, value) &&
         contains(value);
}

namespace {

/// "1,234,567", "12,000.5": digits in groups of three, and not all of one group.
bool is_grouped(std::string_view text, char group, char decimal) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t end = text.find(decimal);
  if (end != text.npos && text.find_first_not_of("0123456789", end + 1) != text.npos) return false;
  text = text.substr(0, end);
  std::size_t digits = 0, groups = 0;
  for (const char c : text) {
    if (c == group ? digits < 1 || digits > 3 || (groups > 0 && digits != 3) : c < '0' || c > '9')
      return false;
    digits = c == group ? 0 : digits + 1;
    groups += c == group ? 1 : 0;
  }
  return groups > 0 && digits == 3;
}

/// How many cells of a column are what.
struct Cells {
  Index numbers = 0, grouped = 0, other_decimal = 0, codes = 0, texts = 0;

  Index& of(std::string_view text, char decimal) {
    const char other = decimal == '.' ? ',' : '.';
    double value = 0;
    if (is_padded(text)) return codes;
    if (number_in(text, value, decimal)) return std::isfinite(value) ? numbers : texts;
    if (is_grouped(text, other, decimal)) return grouped;
    return number_in(text, value, other) ? other_decimal : texts;
  }
};

}  // namespace

std::string ColumnBuilder::place(Index row) const {
  return fmt::format("{}:{}: column {} ('{}')", file_->table.source, file_->table.line(row),
                     position_, name_);
}

void ColumnBuilder::take_missing() {
  if (missing_++ == 0) first_missing_ = file_->table.rows;
  if (kind_ == Kind::text)
    codes_.push_back(-1);
  else
    numbers_.push_back(std::numeric_limits<double>::quiet_NaN());
}

void ColumnBuilder::take_slowly(CsvScanner& scanner) {
  const std::string_view cell = scanner.cell();
  if (kind_ == Kind::late_text) return;
  const bool text = kind_ == Kind::text;
  double number = 0;
  const bool asked_for = file_->options.nonfinite && !text &&
                         number_in(cell, number, file_->decimal) && std::isnan(number);
  if (!asked_for && file_->marks.contains(cell, text)) return take_missing();
  if (kind_ != Kind::text) take_number(cell);
  if (kind_ != Kind::text) return;
  const std::size_t known = levels_->size();
  codes_.push_back(levels_->code_of(cell));
  if (levels_->size() != known && !is_utf8(cell)) expect_utf8(cell, place(file_->table.rows));
}

/// Perhaps it makes the column one of text.
void ColumnBuilder::take_number(std::string_view cell) {
  double value = 0;
  if (number_in(cell, value, file_->decimal)) {
    if (!std::isfinite(value) && first_nonfinite_ < 0) {
      first_nonfinite_ = file_->table.rows;
      nonfinite_ = shortened(cell);
    }
    numbers_.push_back(value);
  } else if (kind_ == Kind::only_numbers) {
    throw DataError(
        fmt::format("{}: expected a number, got '{}'", place(file_->table.rows), shortened(cell)));
  } else {
    become_text();
  }
}

void ColumnBuilder::become_text() {
  first_text_ = file_->table.rows;
  if (static_cast<Index>(numbers_.size()) == missing_ && !file_->marks.has_numbers()) {
    kind_ = Kind::text;
    levels_.emplace();
    codes_.assign(numbers_.size(), -1);
  } else {
    kind_ = Kind::late_text;
  }
  by_cell_ = true;
  numbers_ = {};
}

void ColumnBuilder::restart() {
  kind_ = Kind::text;
  levels_.emplace();
  missing_ = 0;
  first_missing_ = -1;
}

void ColumnBuilder::expect_allowed(bool is_label) const {
  if (missing_ > 0 && is_label)
    throw DataError(fmt::format("{}: the label is missing", place(first_missing_)));
  if (missing_ > 0 && file_->options.missing == Missing::refuse)
    throw DataError(fmt::format("{}: the value is missing; set CsvOptions::missing to read it",
                                place(first_missing_)));
  if (kind_ != Kind::text && first_nonfinite_ >= 0 && !file_->options.nonfinite)
    throw DataError(
        fmt::format("{}: '{}' is not a finite number; set CsvOptions::nonfinite to read it",
                    place(first_nonfinite_), nonfinite_));
}

/// A column is one of numbers with a bad cell if nine in ten could be numbers: a column of text has
/// no such majority but by accident, and then whoever reads it says so.
void ColumnBuilder::expect_texts() const {
  constexpr Index majority = 9;
  Cells cells;
  std::vector<Index> counts(levels_->size(), 0);
  for (const std::int32_t code : codes_)
    if (code >= 0) ++counts[static_cast<std::size_t>(code)];
  for (std::size_t k = 0; k < counts.size(); ++k)
    cells.of(levels_->texts()[k], file_->decimal) += counts[k];
  const Index like_numbers = cells.numbers + cells.grouped + cells.other_decimal;
  if (cells.codes > 0 || like_numbers == 0 || like_numbers < majority * cells.texts) return;
  const std::int32_t code = codes_[static_cast<std::size_t>(first_text_)];
  const std::string_view cell = levels_->texts()[static_cast<std::size_t>(code)];
  const Index others = like_numbers - cells.numbers + cells.texts - 1;
  std::string cure;
  if (cells.other_decimal > cells.texts)
    cure = fmt::format("to read numbers with a decimal {}, set CsvOptions::decimal",
                       file_->decimal == '.' ? "comma" : "point");
  else if (cells.grouped > cells.texts)
    cure = "numbers are read without thousands separators";
  else if (first_text_ == 0 && others == 0 && !file_->header)
    cure = "if the first line holds the columns' names, set CsvOptions::header";
  else
    cure = "if it stands for a missing value, add it to CsvOptions::missing_texts";
  throw DataError(fmt::format(
      "{}: expected a number, as in {} other rows, got '{}'{}; {}; if the column is text, name it "
      "in CsvOptions::text",
      place(first_text_), cells.numbers, shortened(cell),
      others == 0 ? "" : fmt::format(" (and {} more that are none)", others), cure));
}

Column ColumnBuilder::finish(bool is_label) {
  expect_allowed(is_label);
  if (first_text_ >= 0) expect_texts();
  Column column;
  column.name = std::move(name_);
  column.text = kind_ == Kind::text;
  column.numbers = std::move(numbers_);
  column.codes = std::move(codes_);
  if (levels_) column.levels = {levels_->texts().begin(), levels_->texts().end()};
  sort_levels(column.levels, column.codes, is_label);
  const auto is_nan = [](double value) { return std::isnan(value); };
  column.missing =
      column.text ? missing_ : std::count_if(column.numbers.begin(), column.numbers.end(), is_nan);
  column.first_text = first_text_;
  column.position = static_cast<Index>(position_);
  return column;
}

}  // namespace thalweg::nn::detail
