#include "thalweg/nn/data/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/data/csv_columns.hpp"
#include "thalweg/nn/data/csv_dialect.hpp"
#include "thalweg/nn/data/csv_scanner.hpp"
#include "thalweg/nn/data/csv_text.hpp"
#include "thalweg/nn/formats/gzip.hpp"

namespace thalweg::nn {
namespace {

using detail::cells_of;
using detail::ColumnBuilder;
using detail::CsvScanner;
using detail::CsvText;
using detail::MissingMarks;
using Strings = std::vector<std::string>;
using Kind = ColumnBuilder::Kind;

std::size_t unsigned_of(Index index) { return static_cast<std::size_t>(index); }

/// "country, 1960, 1961, 1962": years in a row, as names of columns beside others.
bool are_years(const std::vector<double>& numbers) {
  for (std::size_t k = 0; k < numbers.size(); ++k)
    if (numbers[k] < 1000 || numbers[k] > 2999 || numbers[k] != numbers[0] + static_cast<double>(k))
      return false;
  return numbers.size() >= 3;
}

bool is_header(const Strings& cells, Header header, char decimal) {
  if (header != Header::automatic) return header == Header::yes;
  std::vector<double> numbers;
  double value;
  for (const std::string& cell : cells)
    if (detail::number_in(cell, value, decimal)) numbers.push_back(value);
  return numbers.empty() || (numbers.size() < cells.size() && are_years(numbers));
}

Strings names_of(const Strings& cells, bool header) {
  Strings names;
  for (std::size_t i = 0; i < cells.size(); ++i)
    names.push_back(header && !cells[i].empty() ? cells[i] : std::to_string(i));
  return names;
}

/// As the file says, or the option, or as it looks.
char separator_of(const CsvText& text, const std::string& source, char option) {
  if (text.separator()) {
    detail::expect_separator(*text.separator());
    return *text.separator();
  }
  return option == automatic_separator ? detail::found_separator(text.text(), source) : option;
}

/// Names are how columns are found. `cells`: the header's, some perhaps empty.
void expect_different(const Strings& names, const Strings& cells, const std::string& place) {
  std::unordered_map<std::string_view, std::size_t> known;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto [at, fresh] = known.emplace(names[i], i);
    if (fresh) continue;
    const std::size_t first = at->second, unnamed = cells[i].empty() ? i : first;
    if (cells[unnamed].empty())
      throw DataError(
          fmt::format("{}: column {} has no name and would be called '{}', as column {} "
                      "is; give it one",
                      place, unnamed, names[i], unnamed == i ? first : i));
    throw DataError(
        fmt::format("{}: columns {} and {} are both called '{}'; give one another name, or set "
                    "CsvOptions::header to no if this line holds values",
                    place, first, i, detail::shortened(names[i])));
  }
}

/// Notes the line on which row `table.rows` begins.
void note_line(Table& table, Index line) {
  if (table.rows == 0) table.first_line = line;
  if (table.lines.empty() && line == table.first_line + table.rows) return;
  for (auto row = static_cast<Index>(table.lines.size()); row < table.rows; ++row)
    table.lines.push_back(table.first_line + row);
  table.lines.push_back(line);
}

/// One reading of a text.
class Reading {
 public:
  Reading(const CsvText& text, const std::string& source, const CsvOptions& options)
      : options_(options),
        separator_(separator_of(text, source, options.separator)),
        scanner_(text.text(), separator_, source, text.first_line()),
        decimal_(options.decimal == automatic_decimal ? detail::found_decimal(scanner_)
                                                      : options.decimal),
        marks_(options.missing_texts, separator_, decimal_) {
    table_.source = source;
    table_.missing_texts = options.missing_texts;
  }

  Strings names() {
    read_header();
    return names_;
  }

  Table run() {
    read_header();
    make_builders();
    const CsvScanner start = scanner_;
    while (scanner_.next_record()) take_record();
    if (table_.rows == 0)
      throw DataError(fmt::format("{}: there are no rows below the header", table_.source));
    scanner_ = start;
    read_late_texts();
    for (std::size_t i = 0; i < builders_.size(); ++i)
      if (i != label_) table_.columns.push_back(builders_[i].finish(false));
    if (label_) finish_label(builders_[*label_].finish(true));
    return std::move(table_);
  }

 private:
  void read_header() {
    const CsvScanner start = scanner_;
    if (!scanner_.next_record())
      throw DataError(fmt::format("{}: the file is empty", table_.source));
    const Strings cells = cells_of(scanner_);
    file_.header = is_header(cells, options_.header, decimal_);
    const std::string place = fmt::format("{}:{}", table_.source, scanner_.line());
    for (std::size_t i = 0; file_.header && i < cells.size(); ++i)
      detail::expect_utf8(cells[i], fmt::format("{}: the name of column {}", place, i));
    names_ = names_of(cells, file_.header);
    expect_different(names_, cells, place);
    if (!file_.header) scanner_ = start;
  }

  std::size_t position(const std::string& name) const {
    return unsigned_of(detail::position_of(table_.source, names_, name));
  }

  void make_builders() {
    std::vector<Kind> kinds(names_.size(), Kind::numbers);
    for (const std::string& name : options_.numbers) kinds[position(name)] = Kind::only_numbers;
    for (const std::string& name : options_.text) kinds[position(name)] = Kind::text;
    if (!options_.label.empty()) {
      label_ = position(options_.label);
      kinds[*label_] = Kind::text;
    }
    builders_.reserve(names_.size());
    for (std::size_t i = 0; i < names_.size(); ++i)
      builders_.emplace_back(file_, names_[i], i, kinds[i]);
  }

  void take_record() {
    note_line(table_, scanner_.line());
    std::size_t width = 0;
    bool more = true;
    for (; more && width < builders_.size(); ++width) {
      builders_[width].take(scanner_);
      more = scanner_.more();
    }
    for (; more; ++width) {
      scanner_.cell();
      more = scanner_.more();
    }
    if (width != builders_.size())
      throw DataError(fmt::format("{}:{}: expected {} columns, got {}", table_.source,
                                  scanner_.line(), builders_.size(), width));
    if (++table_.rows == rows_to_judge_by) reserve();
  }

  /// Room for as many rows as there will be if the rest is like the beginning.
  void reserve() {
    const double rows = static_cast<double>(scanner_.size()) /
                        static_cast<double>(scanner_.position()) * rows_to_judge_by;
    for (ColumnBuilder& builder : builders_) builder.reserve(static_cast<std::size_t>(1.02 * rows));
  }

  /// A second pass, over columns that began with numbers and are text.
  void read_late_texts() {
    std::vector<bool> late;
    for (ColumnBuilder& builder : builders_) {
      late.push_back(builder.kind() == Kind::late_text);
      if (late.back()) builder.restart();
    }
    if (std::find(late.begin(), late.end(), true) == late.end()) return;
    for (table_.rows = 0; scanner_.next_record(); ++table_.rows) {
      std::size_t i = 0;
      do {
        if (late[i])
          builders_[i].take(scanner_);
        else
          scanner_.cell();
        ++i;
      } while (scanner_.more());
    }
  }

  void finish_label(Column column) {
    table_.label = column.name;
    table_.labels.assign(column.codes.begin(), column.codes.end());
    table_.classes = std::move(column.levels);
  }

  static constexpr Index rows_to_judge_by = 1000;
  const CsvOptions& options_;
  const char separator_;
  CsvScanner scanner_;
  const char decimal_;
  const MissingMarks marks_;
  Table table_;
  ColumnBuilder::File file_{table_, options_, marks_, decimal_, false};
  Strings names_;
  std::vector<ColumnBuilder> builders_;
  std::optional<std::size_t> label_;
};

}  // namespace

Table parse_csv(std::string_view text, const std::string& source, const CsvOptions& options) {
  detail::expect_separator(options.separator);
  detail::expect_decimal(options.decimal);
  return Reading(CsvText(text, source), source, options).run();
}

Strings csv_columns(std::string_view text, const std::string& source, const CsvOptions& options) {
  detail::expect_separator(options.separator);
  detail::expect_decimal(options.decimal);
  return Reading(CsvText(text, source), source, options).names();
}

Table read_csv(const std::string& path, const CsvOptions& options) {
  return parse_csv(read_unpacked(path), path, options);
}

}  // namespace thalweg::nn
