#include "thalweg/nn/data/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <optional>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::nn {

namespace detail {

bool number_in(std::string_view text, double& value, char decimal) {
  if (decimal == ',') {
    if (text.find('.') != text.npos) return false;
    const std::size_t comma = text.find(',');
    if (comma == text.npos) return number_in(text, value);
    std::string with_point(text);
    with_point[comma] = '.';
    return number_in(with_point, value);
  }
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || text.empty()) return false;
  if (error == std::errc::result_out_of_range)
    value = std::strtod(std::string(text).c_str(), nullptr);
  return error != std::errc::invalid_argument;
}

bool is_padded(std::string_view text) {
  const std::size_t digits = text.find_first_not_of("+-");
  return digits != text.npos && digits + 1 < text.size() && text[digits] == '0' &&
         text[digits + 1] >= '0' && text[digits + 1] <= '9';
}

std::string shortened(std::string_view text) {
  constexpr std::size_t limit = 40;
  if (text.size() <= limit) return std::string(text);
  return std::string(text.substr(0, limit)) + "…";
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t limit = 12;
  std::string text;
  for (std::size_t i = 0; i < std::min(limit, names.size()); ++i)
    text += (i == 0 ? "" : ", ") + shortened(names[i]);
  if (names.size() > limit) text += fmt::format(", … ({} in all)", names.size());
  return text;
}

}  // namespace detail

namespace {

/// The fewest insertions, deletions and replacements that turn a into b.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
    }
  }
  return row.back();
}

/// Letters and digits, in lower case, and cut: nobody mistypes more.
std::string plain(std::string_view text) {
  std::string result;
  for (const char c : text.substr(0, 100))
    if (c >= 'A' && c <= 'Z')
      result += static_cast<char>(c - 'A' + 'a');
    else if (static_cast<signed char>(c) < 0 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
      result += c;
  return result;
}

/// Names that are alike, and those that hold the other one; the likest first, three at most.
std::vector<std::string> nearest(const std::vector<std::string>& names, std::string_view name) {
  const std::string wanted = plain(name);
  const std::size_t limit = std::min(wanted.size() / 2 + 1, wanted.size() / 3 + 2);
  std::vector<std::pair<std::size_t, std::size_t>> alike;
  for (std::size_t k = 0; k < names.size(); ++k) {
    const std::string candidate = plain(names[k]);
    const std::size_t distance = edit_distance(candidate, wanted);
    const bool part = wanted.size() >= 3 && candidate.find(wanted) != candidate.npos;
    if (distance < limit || part) alike.emplace_back(distance, k);
  }
  std::sort(alike.begin(), alike.end());
  std::vector<std::string> nearest;
  for (std::size_t k = 0; k < std::min(alike.size(), std::size_t{3}); ++k)
    nearest.push_back(fmt::format("'{}'", detail::shortened(names[alike[k].second])));
  return nearest;
}

/// "a", "a or b", "a, b or c".
std::string either(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t k = 0; k < names.size(); ++k)
    text += (k == 0 ? "" : k + 1 == names.size() ? " or " : ", ") + names[k];
  return text;
}

std::optional<Index> integer_in(std::string_view text) {
  Index value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The value of a text that is a whole number, also one written as "3.0".
std::optional<double> integral_value(std::string_view text) {
  double value = 0;
  if (!detail::number_in(text, value) || !(std::abs(value) <= 0x1p53) || value != std::round(value))
    return std::nullopt;
  return value + 0.0;  // no −0
}

}  // namespace

Index detail::position_of(const std::string& source, const std::vector<std::string>& names,
                          std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return found - names.begin();
  const auto count = static_cast<Index>(names.size());
  const std::optional<Index> position = integer_in(name);
  if (position && *position >= -count && *position < count)
    return *position < 0 ? *position + count : *position;
  const std::string alike = either(nearest(names, name));
  throw DataError(fmt::format("{}: no column '{}'{}; the columns are {}", source, shortened(name),
                              alike.empty() ? "" : fmt::format(", did you mean {}?", alike),
                              listed(names)));
}

void detail::sort_levels(std::vector<std::string>& levels, std::vector<std::int32_t>& codes,
                         bool merge) {
  std::vector<double> values;
  for (const std::string& level : levels)
    if (const auto value = integral_value(level)) values.push_back(*value);
  const bool integers = values.size() == levels.size();
  std::vector<std::size_t> order(levels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (integers && values[a] != values[b]) return values[a] < values[b];
    return levels[a] < levels[b];
  });
  std::vector<std::string> sorted;
  std::vector<std::int32_t> moved(levels.size());
  for (std::size_t k = 0; k < order.size(); ++k) {
    const bool same = merge && integers && k > 0 && values[order[k]] == values[order[k - 1]];
    if (!same)
      sorted.push_back(merge && integers ? fmt::format("{:.0f}", values[order[k]])
                                         : std::move(levels[order[k]]));
    moved[order[k]] = static_cast<std::int32_t>(sorted.size() - 1);
  }
  levels = std::move(sorted);
  for (std::int32_t& code : codes)
    if (code >= 0) code = moved[code];
}

bool Column::missing_in(Index row) const {
  const auto k = static_cast<std::size_t>(row);
  return text ? codes[k] < 0 : std::isnan(numbers[k]);
}

std::vector<std::string> Table::names() const {
  std::vector<std::string> names;
  for (const Column& column : columns) names.push_back(column.name);
  return names;
}

const Column& Table::column(Index position) const {
  const Index at = position < 0 ? position + cols() : position;
  if (at < 0 || at >= cols())
    throw IndexError(
        fmt::format("{}: column {} is out of range; there are {}", source, position, cols()));
  return columns[at];
}

const Column& Table::column(std::string_view name) const { return column(find(name)); }

Index Table::find(std::string_view name) const {
  return detail::position_of(source, names(), name);
}

std::string_view Column::text_in(Index row) const {
  if (!text)
    throw DataError(fmt::format("Column '{}' is one of numbers; expected text: see `numbers`",
                                detail::shortened(name)));
  const std::int32_t code = codes[static_cast<std::size_t>(row)];
  return code < 0 ? std::string_view() : levels[static_cast<std::size_t>(code)];
}

Index Table::line(Index row) const { return lines.empty() ? first_line + row : lines[row]; }

std::string Table::place(Index row, Index position) const {
  const Column& column = columns[position];
  return fmt::format("{}:{}: column {} ('{}')", source, line(row),
                     column.position < 0 ? position : column.position, column.name);
}

void detail::expect_consistent(const Table& table) {
  const auto rows = static_cast<std::size_t>(std::max(table.rows, Index{0}));
  const auto expect_rows = [&](const std::string& name, std::size_t size) {
    if (size != rows || table.rows < 0)
      throw ValueError(fmt::format("Table: column '{}' has {} values; expected {}", shortened(name),
                                   size, table.rows));
  };
  const auto expect_codes = [](const std::string& name, const auto& codes, Index least, auto end) {
    for (const auto code : codes)
      if (code < least || code >= static_cast<Index>(end))
        throw ValueError(fmt::format("Table: column '{}' has the code {}; expected {} to {}",
                                     shortened(name), code, least, static_cast<Index>(end) - 1));
  };
  for (const Column& column : table.columns) {
    expect_rows(column.name, column.text ? column.codes.size() : column.numbers.size());
    if (column.text) expect_codes(column.name, column.codes, -1, column.levels.size());
  }
  if (!table.lines.empty()) expect_rows("lines", table.lines.size());
  if (table.label.empty()) return;
  expect_rows(table.label, table.labels.size());
  expect_codes(table.label, table.labels, 0, table.classes.size());
}

void detail::expect_numbers(const Table& table, Index position) {
  const Column& column = table.column(position);
  if (!column.text) return;
  const Index row = std::max(column.first_text, Index{0});
  double value = 0;
  if (row >= table.rows || number_in(column.text_in(row), value))
    throw DataError(fmt::format("{}: column '{}' is one of text; expected numbers", table.source,
                                shortened(column.name)));
  throw DataError(fmt::format("{}: expected a number, got '{}'", table.place(row, position),
                              shortened(column.text_in(row))));
}

}  // namespace thalweg::nn
