#include "thalweg/nn/data/csv_dialect.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/data/csv.hpp"

namespace thalweg::nn::detail {

using Strings = std::vector<std::string>;

Strings cells_of(CsvScanner& scanner) {
  Strings cells;
  do cells.emplace_back(scanner.cell());
  while (scanner.more());
  return cells;
}

void expect_separator(char separator) {
  const std::string_view forbidden = "\"\r\n.+-";
  const bool letter = (separator | 0x20) >= 'a' && (separator | 0x20) <= 'z';
  const bool digit = separator >= '0' && separator <= '9';
  if (letter || digit || forbidden.find(separator) != forbidden.npos)
    throw ValueError(
        fmt::format("read_csv: {:?} cannot separate cells", std::string(1, separator)));
}

void expect_decimal(char decimal) {
  if (decimal != '.' && decimal != ',' && decimal != automatic_decimal)
    throw ValueError(fmt::format("read_csv: the decimal sign is {:?}; expected \".\" or \",\"",
                                 std::string(1, decimal)));
}

namespace {

/// The first lines as a separator cuts them: how many cells the first one has and whether all have
/// as many, and how many of the cells are numbers. No cells if they cannot be read.
struct FirstLines {
  std::size_t width = 0, cells = 0, numbers = 0;
  bool even = true;

  /// Columns that they agree on.
  std::size_t columns() const { return even ? width : 0; }
};

FirstLines first_lines(std::string_view text, char separator, const std::string& source) {
  constexpr int lines = 20;
  FirstLines found;
  CsvScanner scanner(text, separator, source);
  try {
    for (int k = 0; k < lines && scanner.next_record(); ++k) {
      const Strings cells = cells_of(scanner);
      if (k == 0) found.width = cells.size();
      found.even = found.even && cells.size() == found.width;
      found.cells += cells.size();
      double value;
      for (const std::string& cell : cells)
        if (number_in(cell, value) || number_in(cell, value, ',')) ++found.numbers;
    }
  } catch (const DataError&) {
    return {};
  }
  return found;
}

}  // namespace

char found_separator(std::string_view text, const std::string& source) {
  char best = ',', ragged = ',';
  FirstLines most;
  std::size_t widest = 1;
  for (const char candidate : {',', ';', '\t', '|'}) {
    const FirstLines found = first_lines(text, candidate, source);
    // "1,5;2,5" in every line: commas would make more columns, but no numbers.
    const bool all_numbers = found.columns() > 1 && found.numbers == found.cells;
    if (found.columns() > most.columns() || (all_numbers && most.numbers < most.cells)) {
      most = found;
      best = candidate;
    }
    if (found.width > widest) {
      widest = found.width;
      ragged = candidate;
    }
  }
  if (most.columns() > 1) return best;
  if (widest > 1) return ragged;  // the line that differs will be named
  const FirstLines blanks = first_lines(text, ' ', source);
  return blanks.columns() > 1 && 2 * blanks.numbers > blanks.cells ? ' ' : best;
}

char found_decimal(CsvScanner scanner) {
  constexpr int lines = 1000;
  Index points = 0, commas = 0;
  double value;
  for (int k = 0; k < lines && scanner.next_record(); ++k)
    for (const std::string& cell : cells_of(scanner))
      if (cell.find('.') != cell.npos)
        points += number_in(cell, value) ? 1 : 0;
      else if (cell.find(',') != cell.npos)
        commas += number_in(cell, value, ',') ? 1 : 0;
  return commas > points ? ',' : '.';
}

}  // namespace thalweg::nn::detail
