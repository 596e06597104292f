#pragma once
/// Tables of numbers from CSV files, plain or compressed by gzip.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "autodiff/shape.hpp"

namespace thalweg::nn {

/// Does the first line hold the columns' names?
enum class Header {
  automatic,  ///< yes, if none of its cells is a number
  yes,
  no,
};

struct CsvOptions {
  /// The column that holds classes: its name, or its position, −1 being the last; empty for none.
  std::string label = {};
  Header header = Header::automatic;
  char separator = ',';
  /// Accept "nan", "inf" and numbers beyond the range of double (as ±∞); refused otherwise.
  bool nonfinite = false;
};

/// A matrix of numbers with named columns, and, if a label column was asked for, a class per row.
struct Table {
  std::string source;                ///< the file's path, for messages
  std::vector<std::string> columns;  ///< names, without the label's; "0", "1", … without a header
  Index rows = 0;
  std::vector<double> values;  ///< [rows, columns], row-major

  std::string label;                 ///< the label column's name; empty without one
  std::vector<Index> labels;         ///< [rows], each in 0 … classes − 1; empty without one
  std::vector<std::string> classes;  ///< what the labels stand for

  Index cols() const { return static_cast<Index>(columns.size()); }
  std::span<const double> row(Index row) const;
  /// A copy of one column, by name or position (−1 is the last). Throws DataError, naming the
  /// columns there are, or IndexError.
  std::vector<double> column(std::string_view name) const;
  std::vector<double> column(Index position) const;
  /// The position of a column. A name that no column has but that is an integer is a position.
  Index find(std::string_view name) const;
};

/// Reads a whole file. Cells are numbers, as C++ and every spreadsheet write them (a point, no
/// thousands separators), perhaps in quotes or between blanks. Lines end in LF or CR LF; blank
/// lines and a byte order mark are skipped.
///
/// The label column may hold any text. Classes are numbered in sorted order, by value where all
/// of them are integers ("2" before "10", and "3.0" is "3").
///
/// Throws DataError with the file, and the line and column where there is one, if the file is
/// missing, empty or truncated, if rows differ in length, if a cell is no number, or if no column
/// is called `options.label`.
Table read_csv(const std::string& path, const CsvOptions& options = {});

}  // namespace thalweg::nn
