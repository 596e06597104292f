#pragma once
/// Columns as they grow from cell to cell.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "thalweg/nn/data/csv.hpp"
#include "thalweg/nn/data/csv_scanner.hpp"

namespace thalweg::nn::detail {

/// Different texts and their numbers, in order of appearance.
class Levels {
 public:
  std::int32_t code_of(std::string_view text);
  std::size_t size() const { return texts_.size(); }
  const std::deque<std::string>& texts() const { return texts_; }

 private:
  std::deque<std::string> texts_;  // whose elements never move
  std::unordered_map<std::string_view, std::int32_t> codes_;
};

/// What stands for a missing value: texts, and the numbers that some of them are.
class MissingMarks {
 public:
  MissingMarks(const std::vector<std::string>& texts, char separator, char decimal);

  bool has_numbers() const { return !numbers_.empty(); }
  bool contains(double number) const {
    for (const double mark : numbers_)
      if (mark == number) return true;
    return false;
  }
  /// By text or by value. `code`: of a column of text, in which a number that begins with
  /// needless zeros is none.
  bool contains(std::string_view cell, bool code) const;

 private:
  bool value_of(std::string_view text, double& value) const;

  std::vector<std::string> texts_;
  std::vector<double> numbers_;
  bool decimal_commas_;
};

/// One column: taken for numbers until a cell is none, unless told before.
class ColumnBuilder {
 public:
  enum class Kind {
    numbers,
    only_numbers,  ///< anything else is an error
    text,
    late_text,  ///< began with numbers: to be read anew as text
  };

  /// What all columns of a file have in common.
  struct File {
    const Table& table;  // says where rows stand, for messages
    const CsvOptions& options;
    const MissingMarks& marks;
    char decimal;
    bool header;
  };

  ColumnBuilder(const File& file, std::string name, std::size_t position, Kind kind)
      : file_(&file),
        name_(std::move(name)),
        position_(position),
        kind_(kind),
        by_cell_(kind > Kind::only_numbers || file.decimal != '.') {
    if (kind == Kind::text) levels_.emplace();
  }

  /// Takes the next cell, as that of row `table.rows`.
  void take(CsvScanner& scanner) {
    double number;
    if (by_cell_ || !scanner.number(number))
      take_slowly(scanner);
    else if (file_->marks.contains(number))
      take_missing();
    else
      numbers_.push_back(number);
  }
  void reserve(std::size_t rows) { numbers_.reserve(kind_ <= Kind::only_numbers ? rows : 0); }
  Kind kind() const { return kind_; }
  /// Begins anew, as text.
  void restart();
  /// The column. Throws DataError if it holds what the options refuse; a label may not be missing.
  Column finish(bool is_label);

 private:
  void take_slowly(CsvScanner& scanner);
  void take_missing();
  void take_number(std::string_view cell);
  void become_text();
  void expect_allowed(bool is_label) const;
  void expect_texts() const;
  std::string place(Index row) const;

  const File* file_;
  std::string name_;
  std::size_t position_;
  Kind kind_;
  bool by_cell_;  // text, or numbers that the scanner does not know
  std::vector<double> numbers_;
  std::vector<std::int32_t> codes_;
  std::optional<Levels> levels_;  // once the column is text
  Index missing_ = 0, first_missing_ = -1, first_text_ = -1, first_nonfinite_ = -1;
  std::string nonfinite_;  // how the first one is written
};

}  // namespace thalweg::nn::detail
