#include "thalweg/nn/data/csv_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::nn::detail {

std::int32_t Levels::code_of(std::string_view text) {
  const auto found = codes_.find(text);
  if (found != codes_.end()) return found->second;
  texts_.emplace_back(text);
  const auto code = static_cast<std::int32_t>(codes_.size());
  codes_.emplace(texts_.back(), code);
  return code;
}

std::string ColumnBuilder::place(Index row) const {
  return fmt::format("{}:{}: column {} ('{}')", table_->source, table_->line(row), position_,
                     name_);
}

bool ColumnBuilder::is_missing(std::string_view cell) const {
  const auto& texts = options_->missing_texts;
  return std::find(texts.begin(), texts.end(), cell) != texts.end();
}

void ColumnBuilder::take_slowly(CsvScanner& scanner) {
  const std::string_view cell = scanner.cell();
  if (kind_ == Kind::late_text) return;
  double nan = 0;
  const bool is_nan = options_->nonfinite && kind_ != Kind::text && number_in(cell, nan);
  if (!is_nan && is_missing(cell)) {
    if (missing_++ == 0) first_missing_ = table_->rows;
    if (kind_ == Kind::text)
      codes_.push_back(-1);
    else
      numbers_.push_back(std::numeric_limits<double>::quiet_NaN());
    return;
  }
  if (kind_ != Kind::text) take_number(cell);
  if (kind_ == Kind::text) codes_.push_back(levels_->code_of(cell));
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
  if (static_cast<Index>(numbers_.size()) == missing_) {
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
