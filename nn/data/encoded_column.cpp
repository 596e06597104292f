#include "thalweg/nn/data/encoded_column.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/number/number_type.hpp"
#include "thalweg/nn/data/statistics.hpp"

namespace thalweg::nn {

std::string to_string(const WideColumn& column) {
  return fmt::format("column '{}' holds {} different {} in {} rows, as '{}'",
                     detail::shortened(column.name), column.levels,
                     column.dates ? "dates" : "texts", column.values,
                     detail::shortened(column.example));
}

std::string to_string(const UnseenText& unseen, const Table& table) {
  return fmt::format("column '{}': '{}' was not among the training rows ({}line {})",
                     detail::shortened(unseen.column), detail::shortened(unseen.text),
                     unseen.rows == 1 ? "" : fmt::format("{} rows, the first in ", unseen.rows),
                     table.line(unseen.first_row));
}

}  // namespace thalweg::nn

namespace thalweg::nn::detail {
namespace {

std::size_t unsigned_of(Index index) { return static_cast<std::size_t>(index); }

Statistics statistics_of(const std::vector<double>& values) {
  return nn::statistics_of(values.data(), static_cast<Index>(values.size()));
}

double most_frequent(const std::vector<double>& sorted) {
  double best = sorted.front();
  std::ptrdiff_t most = 0;
  for (auto first = sorted.begin(); first != sorted.end();) {
    const auto last = std::upper_bound(first, sorted.end(), *first);
    if (last - first > most) {
      most = last - first;
      best = *first;
    }
    first = last;
  }
  return best;
}

/// What stands for missing ones among these values.
double fill_of(std::vector<double> values, Fill fill) {
  if (fill == Fill::mean) return statistics_of(values).mean;
  std::sort(values.begin(), values.end());
  if (fill == Fill::most_frequent) return most_frequent(values);
  if (fill != Fill::median) return std::numeric_limits<double>::quiet_NaN();
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : values[half - 1] / 2 + values[half] / 2;
}

[[noreturn]] void refuse_missing(const Table& table, Index row, Index position) {
  throw DataError(fmt::format("{}: the value is missing; EncoderOptions say what may stand for it",
                              table.place(row, position)));
}

/// False for text, and for a column without any value, which is taken for numbers.
bool has_numbers(const Column& column, Index rows) {
  for (Index row = 0; !column.text && row < rows; ++row)
    if (!column.missing_in(row)) return true;
  return false;
}

/// "Jan", "march", …
bool is_month(std::string_view text) {
  if (text.size() < 3 || text.size() > 9) return false;
  std::string begin;
  for (const char c : text.substr(0, 3)) begin += static_cast<char>(c | 0x20);
  constexpr std::string_view months = "jan feb mar apr may jun jul aug sep oct nov dec";
  return months.find(begin) != months.npos && begin.find(' ') == begin.npos;
}

/// Day, month and year with the same sign between them, and perhaps a time: "2007-11-09",
/// "9.11.2007", "11/9/07 14:30", "9-Nov-2007", "2007-11-09T14:30:00Z".
bool is_date(std::string_view text) {
  const std::size_t end = std::min(text.find_first_of("T "), text.size());
  const std::string_view day = text.substr(0, end), time = text.substr(end);
  if (!time.empty() && (time.find(':') == time.npos ||
                        time.find_first_not_of("T 0123456789:.+-ZAPMapm") != time.npos))
    return false;
  const std::size_t first = day.find_first_of("-/.");
  if (first == day.npos) return false;
  const std::size_t second = day.find(day[first], first + 1);
  if (second == day.npos) return false;
  int years = 0, months = 0;
  for (const std::string_view part :
       {day.substr(0, first), day.substr(first + 1, second - first - 1), day.substr(second + 1)}) {
    const bool digits = part.find_first_not_of("0123456789") == part.npos;
    years += digits && part.size() == 4 ? 1 : 0;
    months += is_month(part) ? 1 : 0;
    if (!is_month(part) && !(digits && (part.size() == 1 || part.size() == 2 || part.size() == 4)))
      return false;
  }
  return years <= 1 && months <= 1;
}

void expect_finite(double number, const Table& table, Index row, Index position) {
  if (!std::isfinite(number))
    throw DataError(
        fmt::format("{}: expected a finite number, got {}", table.place(row, position), number));
}

}  // namespace

std::optional<WideColumn> wide(const Column& column, Index most_levels) {
  constexpr Index few = 10;
  const auto levels = static_cast<Index>(column.levels.size());
  if (!column.text || levels <= std::min(few, most_levels)) return std::nullopt;
  const auto values = static_cast<Index>(column.codes.size()) - column.missing;
  const bool dates = std::all_of(column.levels.begin(), column.levels.end(), is_date);
  if (levels <= most_levels && !dates && 2 * levels <= values) return std::nullopt;
  return WideColumn{column.name, levels, values, dates, column.levels.front()};
}

EncodedColumn::EncodedColumn(const Table& table, Index position, const EncoderRules& rules)
    : name_(table.column(position).name), text_(table.column(position).text) {
  if (text_)
    fit_levels(table, position, rules);
  else
    fit_numbers(table, position, rules);
}

void EncodedColumn::fit_numbers(const Table& table, Index position, const EncoderRules& rules) {
  const std::vector<double>& numbers = table.column(position).numbers;
  std::vector<double> values;
  values.reserve(numbers.size());
  for (Index row = 0; row < table.rows; ++row) {
    const double number = numbers[unsigned_of(row)];
    if (std::isnan(number)) {
      if (rules.missing_numbers == Fill::refuse) refuse_missing(table, row, position);
      continue;
    }
    expect_finite(number, table, row, position);
    values.push_back(number);
  }
  if (values.empty())
    throw DataError(fmt::format("{}: column '{}' has no value in any row", table.source, name_));
  fill_ = fill_of(values, rules.missing_numbers);
  if (!std::isnan(fill_)) values.resize(numbers.size(), fill_);
  if (!rules.standardise) return;
  const Statistics all = statistics_of(values);
  mean_ = all.mean;
  deviation_ = all.deviation;
}

void EncodedColumn::fit_levels(const Table& table, Index position, const EncoderRules& rules) {
  const Column& column = table.column(position);
  levels_ = column.levels;
  if (levels_.empty())
    throw DataError(fmt::format("{}: column '{}' has no value in any row", table.source, name_));
  std::vector<Index> counts(levels_.size(), 0);
  for (Index row = 0; row < table.rows; ++row)
    if (!column.missing_in(row))
      ++counts[unsigned_of(column.codes[unsigned_of(row)])];
    else if (rules.missing_texts == Fill::refuse)
      refuse_missing(table, row, position);
  if (rules.missing_texts == Fill::most_frequent)
    fill_level_ = std::max_element(counts.begin(), counts.end()) - counts.begin();
}

std::vector<UnseenText> EncodedColumn::unseen(const Column& column) const {
  if (!text_ || !column.text) return {};
  std::vector<UnseenText> found(column.levels.size());
  for (std::size_t k = 0; k < found.size(); ++k) found[k] = {name_, column.levels[k], 0, 0};
  for (std::size_t row = 0; row < column.codes.size(); ++row) {
    if (column.codes[row] < 0) continue;
    UnseenText& text = found[unsigned_of(column.codes[row])];
    if (text.rows++ == 0) text.first_row = static_cast<Index>(row);
  }
  const std::unordered_set<std::string_view> known(levels_.begin(), levels_.end());
  std::erase_if(
      found, [&](const UnseenText& each) { return each.rows == 0 || known.contains(each.text); });
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.rows > b.rows; });
  return found;
}

Index EncodedColumn::width(const EncoderRules& rules) const {
  const bool many = text_ && rules.categories == Categories::one_hot;
  return many ? static_cast<Index>(levels_.size()) : 1;
}

std::vector<std::string> EncodedColumn::names(const EncoderRules& rules) const {
  if (!text_ || rules.categories == Categories::codes) return {name_};
  std::vector<std::string> names;
  for (const std::string& level : levels_) names.push_back(name_ + "=" + level);
  return names;
}

double EncodedColumn::number(const Table& table, Index position, Index row,
                             const EncoderRules& rules) const {
  double number = table.columns[unsigned_of(position)].numbers[unsigned_of(row)];
  if (std::isnan(number)) {
    if (rules.missing_numbers == Fill::refuse) refuse_missing(table, row, position);
    if (std::isnan(fill_)) return number;
    number = fill_;
  }
  expect_finite(number, table, row, position);
  return scaled(number, mean_, deviation_);
}

/// For each row the level's number, or that after the last one.
std::vector<Index> EncodedColumn::codes(const Table& table, Index position,
                                        const EncoderRules& rules) const {
  const Column& column = table.column(position);
  if (has_numbers(column, table.rows))
    throw DataError(
        fmt::format("{}: column '{}' was read as numbers; expected text: see CsvOptions::text and "
                    "TableEncoder::read",
                    table.source, name_));
  const auto none = static_cast<Index>(levels_.size());
  std::unordered_map<std::string_view, Index> known;
  for (const std::string& level : levels_) known.emplace(level, static_cast<Index>(known.size()));
  std::vector<Index> result;
  for (Index row = 0; row < table.rows; ++row) {
    if (column.missing_in(row)) {
      if (rules.missing_texts == Fill::refuse) refuse_missing(table, row, position);
      result.push_back(fill_level_ < 0 ? none : fill_level_);
      continue;
    }
    const std::string& text = column.levels[unsigned_of(column.codes[unsigned_of(row)])];
    const auto found = known.find(text);
    if (found == known.end() && rules.unseen == Unseen::refuse)
      throw DataError(fmt::format("{}: '{}' was not among the training rows",
                                  table.place(row, position), shortened(text)));
    result.push_back(found == known.end() ? none : found->second);
  }
  return result;
}

template <class Real>
void EncodedColumn::encode(const Table& table, Index position, const EncoderRules& rules, Real* x,
                           Index stride) const {
  if (!text_) {
    expect_numbers(table, position);
    for (Index row = 0; row < table.rows; ++row) {
      const double value = number(table, position, row, rules);
      x[row * stride] = static_cast<Real>(value);
      if (!std::isnan(value)) expect_finite(x[row * stride], table, row, position);
    }
    return;
  }
  const std::vector<Index> codes = this->codes(table, position, rules);
  const Index width = this->width(rules);
  for (Index row = 0; row < table.rows; ++row) {
    const Index code = codes[unsigned_of(row)];
    if (rules.categories == Categories::codes)
      x[row * stride] = static_cast<Real>(code);
    else
      for (Index k = 0; k < width; ++k) x[row * stride + k] = k == code ? Real(1) : Real(0);
  }
}

#define THALWEG_INSTANTIATE(Real) \
  template void EncodedColumn::encode(const Table&, Index, const EncoderRules&, Real*, Index) const;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn::detail
