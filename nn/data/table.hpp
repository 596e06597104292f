#pragma once
/// Tables with named columns, each of numbers or of text.
///
///     nn::Table table = nn::read_csv("penguins.csv", {.missing = nn::Missing::keep});
///     table = table.drop({"id", "comments"}).without_missing({"mass"});
///     const nn::Column& mass = table.column("mass");
///     const nn::Column& island = table.column("island");
///     const nn::Table some = table.where([&](Index row) {
///       return mass.numbers[row] > 3000 && island.text_in(row) == "Biscoe";
///     });
///     const auto [train, test] = nn::split_by_class(some, "species", 0.8, random);

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg {
class Random;
}

namespace thalweg::nn {

/// A column holds numbers, or texts as positions in the sorted list of the different ones.
struct Column {
  std::string name = {};
  bool text = false;
  std::vector<double> numbers = {};      ///< [rows], NaN where missing; empty if text
  std::vector<std::int32_t> codes = {};  ///< [rows], −1 where missing; empty if numbers
  std::vector<std::string> levels = {};  ///< what the codes stand for
  Index missing = 0;                     ///< how many values are
  Index first_text = -1;  ///< the row that made this column text; −1: an option did
  Index position = -1;    ///< in the file; −1: the same as in the table

  /// Is this row's value missing?
  bool missing_in(Index row) const;
  /// This row's text, empty where missing. Throws DataError for a column of numbers.
  std::string_view text_in(Index row) const;
};

/// Columns of equal length, and, if a label column was asked for, a class per row.
struct Table {
  std::string source = {};           ///< the file's path, for messages
  std::vector<Column> columns = {};  ///< without the label's
  Index rows = 0;

  std::string label = {};                 ///< the label column's name; empty without one
  std::vector<Index> labels = {};         ///< [rows], each in 0 … classes − 1
  std::vector<std::string> classes = {};  ///< what the labels stand for

  std::vector<std::string> missing_texts = {};  ///< CsvOptions::missing_texts of its reading
  Index first_line = 1;                         ///< of the file, where row 0 stands
  std::vector<Index> lines = {};  ///< of each row, where they do not follow each other

  Index cols() const { return static_cast<Index>(columns.size()); }
  std::vector<std::string> names() const;
  /// By name or position (−1 is the last). Throws DataError, naming the columns there are, or
  /// IndexError.
  const Column& column(std::string_view name) const;
  const Column& column(Index position) const;
  /// The position of a column. A name that no column has but that is an integer is a position.
  Index find(std::string_view name) const;
  /// The line of the file that a row begins on.
  Index line(Index row) const;
  /// "iris.csv:7: column 2 ('width')", for messages about a cell.
  std::string place(Index row, Index column) const;

  // Each of the following is a table of its own; messages about its cells still name their place in
  // the file. Columns are told by name or position, as for `find`, which throws.

  /// These rows, in this order. Levels that none of them has are gone, classes stay. Throws
  /// IndexError for a row out of range.
  Table take(std::span<const Index> rows) const;
  /// The rows for which `condition(row)` is true.
  template <class Condition>
  Table where(Condition&& condition) const {
    std::vector<Index> chosen;
    for (Index row = 0; row < rows; ++row)
      if (condition(row)) chosen.push_back(row);
    return take(chosen);
  }
  /// The rows in which none of these columns lacks its value; of all columns, if none is named.
  Table without_missing(const std::vector<std::string>& names = {}) const;
  /// Without these columns.
  Table drop(const std::vector<std::string>& names) const;
  /// These columns alone, in this order. Throws ValueError for one that is named twice.
  Table keep(const std::vector<std::string>& names) const;
};

struct TableSplit {
  Table train, test;
};

/// A random share of the rows for training, 0 < share < 1, the rest for testing. Throws ValueError
/// for another share or if a part would be empty.
TableSplit split(const Table& table, double share, Random& random);

/// The same share (to the nearest row) of the rows with each text or number in this column, which
/// may be the label: both parts have the whole's mixture. Rows that lack it are a class, too.
TableSplit split_by_class(const Table& table, std::string_view column, double share,
                          Random& random);

namespace detail {

/// The whole text as a number. Overflow gives ±∞ and underflow 0 or a subnormal. `decimal` is what
/// stands before the decimals: a point, or a comma, and then a point is no part of a number.
bool number_in(std::string_view text, double& value, char decimal = '.');

/// A number that begins with needless zeros, as codes do: "007", but not "0.7".
bool is_padded(std::string_view text);

/// For messages: cut if long; "a, b, c", the first dozen of a long list.
std::string shortened(std::string_view text);
std::string listed(const std::vector<std::string>& names);

/// Where `name` is in `names`; a name that is not there may be a position.
Index position_of(const std::string& source, const std::vector<std::string>& names,
                  std::string_view name);

/// Sorts the levels, by value where all of them are whole numbers ("2" before "10"), and gives the
/// codes anew. `merge`: whole numbers that are written differently ("3", "3.0") are one level.
void sort_levels(std::vector<std::string>& levels, std::vector<std::int32_t>& codes, bool merge);

/// Throws ValueError for a table made by hand whose columns are not `rows` long, whose codes stand
/// for no level or whose labels for no class.
void expect_consistent(const Table& table);

/// Throws DataError at the cell that made it text unless the column is of numbers.
void expect_numbers(const Table& table, Index column);

}  // namespace detail
}  // namespace thalweg::nn
