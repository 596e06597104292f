/// Tables made of parts of a table.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/data/shares.hpp"
#include "thalweg/nn/data/table.hpp"

namespace thalweg::nn {
namespace {

template <class T>
std::vector<T> gathered(const std::vector<T>& from, std::span<const Index> rows) {
  std::vector<T> result;
  result.reserve(rows.size());
  for (const Index row : rows) result.push_back(from[static_cast<std::size_t>(row)]);
  return result;
}

/// The levels that codes stand for, in their order, and codes anew.
void drop_unused_levels(Column& column) {
  std::vector<std::int32_t> moved(column.levels.size(), -1);
  for (const std::int32_t code : column.codes)
    if (code >= 0) moved[static_cast<std::size_t>(code)] = 0;
  std::vector<std::string> used;
  for (std::size_t k = 0; k < moved.size(); ++k) {
    if (moved[k] < 0) continue;
    moved[k] = static_cast<std::int32_t>(used.size());
    used.push_back(std::move(column.levels[k]));
  }
  for (std::int32_t& code : column.codes)
    if (code >= 0) code = moved[static_cast<std::size_t>(code)];
  column.levels = std::move(used);
}

/// The first row whose text is no number; −1 if all are.
Index first_text(const Column& column) {
  double value = 0;
  for (std::size_t row = 0; row < column.codes.size(); ++row)
    if (const std::int32_t code = column.codes[row];
        code >= 0 && !detail::number_in(column.levels[static_cast<std::size_t>(code)], value))
      return static_cast<Index>(row);
  return -1;
}

Column taken(const Column& column, std::span<const Index> rows) {
  Column result{.name = column.name, .text = column.text, .position = column.position};
  if (column.text) {
    result.codes = gathered(column.codes, rows);
    result.levels = column.levels;
    drop_unused_levels(result);
    if (column.first_text >= 0) result.first_text = first_text(result);
  } else {
    result.numbers = gathered(column.numbers, rows);
  }
  for (Index row = 0; row < static_cast<Index>(rows.size()); ++row)
    result.missing += result.missing_in(row) ? 1 : 0;
  return result;
}

/// The table without its columns.
Table without_columns(const Table& table) {
  Table result{.source = table.source,
               .rows = table.rows,
               .label = table.label,
               .labels = table.labels,
               .classes = table.classes,
               .missing_texts = table.missing_texts,
               .first_line = table.first_line,
               .lines = table.lines};
  return result;
}

/// A column's copy that knows its place in the file.
Column placed(const Table& table, Index position) {
  Column column = table.columns[static_cast<std::size_t>(position)];
  if (column.position < 0) column.position = position;
  return column;
}

/// A number for each row that is the same for rows with the same value.
std::vector<Index> classes_in(const Table& table, std::string_view name) {
  if (!table.label.empty() && name == table.label) return table.labels;
  const Column& column = table.column(name);
  if (column.text) return {column.codes.begin(), column.codes.end()};
  std::vector<double> values;
  for (const double number : column.numbers)
    if (!std::isnan(number)) values.push_back(number);
  std::sort(values.begin(), values.end());
  std::vector<Index> classes;
  for (const double number : column.numbers)
    classes.push_back(std::isnan(number) ? -1
                                         : std::lower_bound(values.begin(), values.end(), number) -
                                               values.begin());
  return classes;
}

}  // namespace

Table Table::take(std::span<const Index> chosen) const {
  detail::expect_consistent(*this);
  for (const Index row : chosen)
    if (row < 0 || row >= rows)
      throw IndexError(fmt::format("{}: row {} is out of range; there are {}", source, row, rows));
  Table result = without_columns(*this);
  result.rows = static_cast<Index>(chosen.size());
  for (Index k = 0; k < cols(); ++k) result.columns.push_back(taken(placed(*this, k), chosen));
  if (!label.empty()) result.labels = gathered(labels, chosen);
  result.lines.clear();
  for (const Index row : chosen) result.lines.push_back(line(row));
  return result;
}

Table Table::without_missing(const std::vector<std::string>& names) const {
  std::vector<Index> positions;
  for (const std::string& name : names) positions.push_back(find(name));
  for (Index k = 0; names.empty() && k < cols(); ++k) positions.push_back(k);
  detail::expect_consistent(*this);
  return where([&](Index row) {
    return std::none_of(positions.begin(), positions.end(),
                        [&](Index k) { return column(k).missing_in(row); });
  });
}

Table Table::drop(const std::vector<std::string>& names) const {
  std::vector<bool> dropped(columns.size(), false);
  for (const std::string& name : names) dropped[static_cast<std::size_t>(find(name))] = true;
  Table result = without_columns(*this);
  for (Index k = 0; k < cols(); ++k)
    if (!dropped[static_cast<std::size_t>(k)]) result.columns.push_back(placed(*this, k));
  return result;
}

Table Table::keep(const std::vector<std::string>& names) const {
  std::vector<bool> kept(columns.size(), false);
  Table result = without_columns(*this);
  for (const std::string& name : names) {
    const Index k = find(name);
    if (kept[static_cast<std::size_t>(k)])
      throw ValueError(fmt::format("{}: keep: column '{}' is named twice", source,
                                   detail::shortened(column(k).name)));
    kept[static_cast<std::size_t>(k)] = true;
    result.columns.push_back(placed(*this, k));
  }
  return result;
}

TableSplit split(const Table& table, double share, Random& random) {
  const auto [train, test] = detail::shares(std::max(table.rows, Index{0}), share, random);
  return {table.take(train), table.take(test)};
}

TableSplit split_by_class(const Table& table, std::string_view column, double share,
                          Random& random) {
  detail::expect_consistent(table);
  const auto [train, test] = detail::shares_by_class(classes_in(table, column), share, random);
  return {table.take(train), table.take(test)};
}

}  // namespace thalweg::nn
