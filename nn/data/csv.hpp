#pragma once
/// Tables from CSV files, plain or compressed by gzip.
///
///     const nn::Table table = nn::read_csv("people.csv", {.missing = nn::Missing::keep});
///     table.column("age").numbers;      // [rows], NaN where missing
///     table.column("city").levels;      // the different cities, sorted

#include <string>
#include <string_view>
#include <vector>

#include "thalweg/nn/data/table.hpp"

namespace thalweg::nn {

/// Does the first line hold the columns' names?
enum class Header {
  automatic,  ///< yes, if none of its cells is a number, but for three or more years in a row
  yes,
  no,
};

/// What becomes of cells without a value.
enum class Missing {
  refuse,  ///< an error
  keep,    ///< NaN, or code −1: the encoder decides (nn/data/table_encoder.hpp)
};

/// For `CsvOptions::separator`: the one of , ; tab | that makes most columns of the first lines; a
/// blank if only that makes several, of numbers.
constexpr char automatic_separator = '\0';
/// For `CsvOptions::decimal`: the one that more cells of the first 1000 rows are numbers with.
constexpr char automatic_decimal = '\0';

struct CsvOptions {
  /// The column that holds classes: its name, or its position, −1 being the last; empty for none.
  std::string label = {};
  Header header = Header::automatic;
  char separator = ',';
  char decimal = '.';  ///< or ',', as in "3,5"
  /// Accept "nan", "inf" and numbers beyond the range of double (as ±∞); refused otherwise. Then
  /// "nan" is a number that was asked for, not one that is missing.
  bool nonfinite = false;
  Missing missing = Missing::refuse;
  /// Cells that stand for a missing value. One that is a number does so however it is written:
  /// "-999" is "-999.0" and "-9.99e2", too, with a decimal comma where no comma separates cells.
  /// (In a column of text "0999" is another text than "999".)
  std::vector<std::string> missing_texts = {"", "NA", "NaN", "null", "?"};
  /// Columns, by name or position, that are text though their cells be numbers (postcodes), and
  /// columns in which anything but a number is an error.
  std::vector<std::string> text = {};
  std::vector<std::string> numbers = {};
};

/// Reads a whole file. A column whose cells are numbers, as C++ and every spreadsheet write them
/// (a point or `decimal`, no thousands separators), is one of numbers; others are text. A column of
/// which nine cells in ten or more are numbers, but not all, is neither: an error names the first
/// cell that is none, unless `missing_texts` or `text` say what it is. Cells may be in quotes, and
/// then hold separators, line ends and doubled quotes; blanks around them do not count. Lines
/// end in LF, CR LF or CR; blank lines and a byte order mark are skipped. A first line `sep=;`
/// names the separator, whatever the options say. Text is UTF-8, or UTF-16 with a byte order mark.
///
/// The label column may hold any text. Classes are numbered in sorted order, by value where all
/// of them are whole numbers ("2" before "10", and "3.0" is "3").
///
/// Cost: one pass at about the speed of std::from_chars, a second one over columns that begin with
/// numbers and turn out to be text. Memory: the file's text, 8 bytes a number, 4 bytes a text and
/// each different text once.
///
/// Throws DataError with the file, and the line and column where there is one, if the file is
/// missing, empty, truncated or no text (another format is named), if a text is not UTF-8, if rows
/// differ in length, if two columns have one name, if a value is missing and may not be, if a cell
/// is none of the numbers around it, or if no column is called as an option says; ValueError for a
/// separator that may be part of a cell, and for a decimal sign other than these two.
Table read_csv(const std::string& path, const CsvOptions& options = {});

/// The same of the text of a file; `source` begins the messages.
Table parse_csv(std::string_view text, const std::string& source, const CsvOptions& options = {});

/// The names of the columns alone.
std::vector<std::string> csv_columns(std::string_view text, const std::string& source,
                                     const CsvOptions& options = {});

}  // namespace thalweg::nn
