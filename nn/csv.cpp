#include "nn/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <optional>

#include "autodiff/error.hpp"
#include "nn/csv_detail.hpp"

namespace thalweg::nn {

using detail::Records;

namespace {

std::size_t unsigned_of(Index index) { return static_cast<std::size_t>(index); }

/// The whole text as a number. Overflow gives ±∞ and underflow 0 or a subnormal.
std::optional<double> number_in(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || text.empty()) return std::nullopt;
  if (error == std::errc::result_out_of_range)
    return std::strtod(std::string(text).c_str(), nullptr);
  return error == std::errc{} ? std::optional(value) : std::nullopt;
}

std::optional<Index> integer_in(std::string_view text) {
  Index value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string shortened(std::string_view text) {
  constexpr std::size_t limit = 40;
  if (text.size() <= limit) return std::string(text);
  return std::string(text.substr(0, limit)) + "…";
}

/// "a, b, c"; the first dozen of a long list.
std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t limit = 12;
  std::string text;
  for (std::size_t i = 0; i < std::min(limit, names.size()); ++i)
    text += (i == 0 ? "" : ", ") + shortened(names[i]);
  if (names.size() > limit) text += fmt::format(", … ({} in all)", names.size());
  return text;
}

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

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

/// The column most like `name`, if any is alike at all.
std::string nearest(const std::vector<std::string>& names, std::string_view name) {
  std::string best;
  std::size_t least = std::min(name.size() / 2 + 1, name.size() / 3 + 2);
  for (const std::string& candidate : names)
    if (const auto d = edit_distance(lower(candidate), lower(name)); d < least) {
      least = d;
      best = candidate;
    }
  return best;
}

Index position_of(const std::string& source, const std::vector<std::string>& names,
                  std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return found - names.begin();
  const auto count = static_cast<Index>(names.size());
  const std::optional<Index> position = integer_in(name);
  if (position && *position >= -count && *position < count)
    return *position < 0 ? *position + count : *position;
  const std::string alike = nearest(names, name);
  throw DataError(fmt::format("{}: no column '{}'{}; the columns are {}", source, shortened(name),
                              alike.empty() ? "" : fmt::format(", did you mean '{}'?", alike),
                              listed(names)));
}

bool is_header(const std::vector<std::string_view>& cells, Header header) {
  if (header != Header::automatic) return header == Header::yes;
  return std::none_of(cells.begin(), cells.end(),
                      [](std::string_view cell) { return number_in(cell).has_value(); });
}

std::vector<std::string> names_of(const std::vector<std::string_view>& cells, bool header) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < cells.size(); ++i)
    names.push_back(header && !cells[i].empty() ? std::string(cells[i]) : std::to_string(i));
  return names;
}

/// "iris.csv:7: column 2 ('width')"
std::string place(const Records& records, const std::string& column, std::size_t position) {
  return fmt::format("{}:{}: column {} ('{}')", records.source(), records.line(), position, column);
}

double cell_value(const Records& records, const std::string& column, std::size_t position,
                  std::string_view cell, bool nonfinite) {
  const std::optional<double> value = number_in(cell);
  if (value && (nonfinite || std::isfinite(*value))) return *value;
  if (!value)
    throw DataError(fmt::format("{}: expected a number, got '{}'", place(records, column, position),
                                shortened(cell)));
  throw DataError(
      fmt::format("{}: '{}' is not a finite number; set CsvOptions::nonfinite to read it",
                  place(records, column, position), shortened(cell)));
}

std::string label_text(const Records& records, const std::string& column, std::size_t position,
                       std::string_view cell) {
  if (cell.empty())
    throw DataError(fmt::format("{}: the label is missing", place(records, column, position)));
  return std::string(cell);
}

/// The value of a class name that is an integer, also one written as "3.0".
std::optional<double> integral_value(std::string_view text) {
  const std::optional<double> value = number_in(text);
  if (!value || !(std::abs(*value) <= 0x1p53) || *value != std::round(*value)) return std::nullopt;
  return value;
}

/// Numbers the classes in sorted order.
void number_classes(std::vector<std::string> texts, Table& table) {
  std::vector<double> values;
  for (const std::string& text : texts)
    if (const auto value = integral_value(text)) values.push_back(*value + 0.0);  // no −0
  const bool integers = values.size() == texts.size();
  if (integers)
    for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = fmt::format("{:.0f}", values[i]);
  const auto before = [&](const std::string& a, const std::string& b) {
    return integers ? *number_in(a) < *number_in(b) : a < b;
  };
  table.classes = texts;
  std::sort(table.classes.begin(), table.classes.end(), before);
  table.classes.erase(std::unique(table.classes.begin(), table.classes.end()), table.classes.end());
  for (const std::string& text : texts)
    table.labels.push_back(
        std::lower_bound(table.classes.begin(), table.classes.end(), text, before) -
        table.classes.begin());
}

}  // namespace

std::span<const double> Table::row(Index row) const {
  if (row < 0 || row >= rows)
    throw IndexError(fmt::format("{}: row {} is out of range; there are {}", source, row, rows));
  return std::span(values).subspan(unsigned_of(row) * columns.size(), columns.size());
}

std::vector<double> Table::column(Index position) const {
  const Index at = position < 0 ? position + cols() : position;
  if (at < 0 || at >= cols())
    throw IndexError(
        fmt::format("{}: column {} is out of range; there are {}", source, position, cols()));
  std::vector<double> result;
  result.reserve(unsigned_of(rows));
  for (Index i = 0; i < rows; ++i) result.push_back(row(i)[unsigned_of(at)]);
  return result;
}

std::vector<double> Table::column(std::string_view name) const { return column(find(name)); }

Index Table::find(std::string_view name) const { return position_of(source, columns, name); }

Table read_csv(const std::string& path, const CsvOptions& options) {
  Records records(path, options.separator);
  if (!records.next()) throw DataError(fmt::format("{}: the file is empty", path));

  Table table;
  table.source = path;
  const bool header = is_header(records.cells(), options.header);
  const std::vector<std::string> names = names_of(records.cells(), header);
  std::optional<std::size_t> label;
  if (!options.label.empty()) label = unsigned_of(position_of(path, names, options.label));
  if (header && !records.next())
    throw DataError(fmt::format("{}: there are no rows below the header", path));

  std::vector<std::string> texts;
  do {
    const auto& cells = records.cells();
    if (cells.size() != names.size())
      throw DataError(fmt::format("{}:{}: expected {} columns, got {}", path, records.line(),
                                  names.size(), cells.size()));
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (i == label)
        texts.push_back(label_text(records, names[i], i, cells[i]));
      else
        table.values.push_back(cell_value(records, names[i], i, cells[i], options.nonfinite));
    ++table.rows;
  } while (records.next());

  for (std::size_t i = 0; i < names.size(); ++i)
    if (i != label) table.columns.push_back(names[i]);
  if (label) {
    table.label = names[*label];
    number_classes(std::move(texts), table);
  }
  return table;
}

}  // namespace thalweg::nn
