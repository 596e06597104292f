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

MissingMarks::MissingMarks(const std::vector<std::string>& texts, char separator)
    : decimal_commas_(separator != ',') {
  for (const std::string& text : texts) {
    const std::size_t begin = text.find_first_not_of(" \t"), end = text.find_last_not_of(" \t");
    texts_.push_back(begin == text.npos ? "" : text.substr(begin, end + 1 - begin));
    double value = 0;
    if (value_of(texts_.back(), value) && !std::isnan(value)) numbers_.push_back(value);
  }
}

bool MissingMarks::value_of(std::string_view text, double& value) const {
  if (number_in(text, value)) return true;
  const std::size_t comma = text.find(',');
  if (!decimal_commas_ || comma == text.npos || text.find('.') != text.npos) return false;
  std::string with_point(text);
  with_point[comma] = '.';
  return number_in(with_point, value);
}

bool MissingMarks::contains(std::string_view cell, bool code) const {
  if (std::find(texts_.begin(), texts_.end(), cell) != texts_.end()) return true;
  const std::size_t digits = cell.find_first_not_of("+-");
  const bool padded = digits != cell.npos && digits + 1 < cell.size() && cell[digits] == '0' &&
                      cell[digits + 1] >= '0' && cell[digits + 1] <= '9';
  double value = 0;
  return !numbers_.empty() && !(code && padded) && value_of(cell, value) && contains(value);
}

std::string ColumnBuilder::place(Index row) const {
  return fmt::format("{}:{}: column {} ('{}')", table_->source, table_->line(row), position_,
                     name_);
}

void ColumnBuilder::take_missing() {
  if (missing_++ == 0) first_missing_ = table_->rows;
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
  const bool asked_for =
      options_->nonfinite && !text && number_in(cell, number) && std::isnan(number);
  if (!asked_for && marks_->contains(cell, text)) return take_missing();
  if (kind_ != Kind::text) take_number(cell);
  if (kind_ != Kind::text) return;
  const std::size_t known = levels_->size();
  codes_.push_back(levels_->code_of(cell));
  if (levels_->size() != known && !is_utf8(cell)) expect_utf8(cell, place(table_->rows));
}

/// Perhaps it makes the column one of text.
void ColumnBuilder::take_number(std::string_view cell) {
  double value = 0;
  if (number_in(cell, value)) {
    if (!std::isfinite(value) && first_nonfinite_ < 0) {
      first_nonfinite_ = table_->rows;
      nonfinite_ = shortened(cell);
    }
    numbers_.push_back(value);
  } else if (kind_ == Kind::only_numbers) {
    throw DataError(
        fmt::format("{}: expected a number, got '{}'", place(table_->rows), shortened(cell)));
  } else {
    become_text();
  }
}

void ColumnBuilder::become_text() {
  first_text_ = table_->rows;
  if (static_cast<Index>(numbers_.size()) == missing_ && !marks_->has_numbers()) {
    kind_ = Kind::text;
    levels_.emplace();
    codes_.assign(numbers_.size(), -1);
  } else {
    kind_ = Kind::late_text;
  }
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
  if (missing_ > 0 && options_->missing == Missing::refuse)
    throw DataError(fmt::format("{}: the value is missing; set CsvOptions::missing to read it",
                                place(first_missing_)));
  if (kind_ != Kind::text && first_nonfinite_ >= 0 && !options_->nonfinite)
    throw DataError(
        fmt::format("{}: '{}' is not a finite number; set CsvOptions::nonfinite to read it",
                    place(first_nonfinite_), nonfinite_));
}

Column ColumnBuilder::finish(bool is_label) {
  expect_allowed(is_label);
  Column column;
  column.name = std::move(name_);
  column.text = kind_ == Kind::text;
  column.numbers = std::move(numbers_);
  column.codes = std::move(codes_);
  if (levels_) column.levels = levels_->take();
  sort_levels(column.levels, column.codes, is_label);
  const auto is_nan = [](double value) { return std::isnan(value); };
  column.missing =
      column.text ? missing_ : std::count_if(column.numbers.begin(), column.numbers.end(), is_nan);
  column.first_text = first_text_;
  column.position = static_cast<Index>(position_);
  return column;
}

}  // namespace thalweg::nn::detail
