#pragma once
/// Tables with named columns, each of numbers or of text.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "thalweg/autodiff/base/shape.hpp"

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
};

namespace detail {

/// The whole text as a number. Overflow gives ±∞ and underflow 0 or a subnormal.
bool number_in(std::string_view text, double& value);

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
