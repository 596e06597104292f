#pragma once
/// How one column of a table becomes columns of a tensor.

#include <optional>
#include <string>
#include <vector>

#include "thalweg/autodiff/base/fields.hpp"
#include "thalweg/nn/data/table.hpp"

namespace thalweg::nn {

/// What stands for a text.
enum class Categories {
  one_hot,  ///< a column for each level: 1 where it is the row's, else 0
  codes,    ///< one column: the level's number, for an embedding
};

/// What stands for a text that was not among the training rows.
enum class Unseen {
  refuse,  ///< an error that names the cell
  zeros,   ///< no level: a row of zeros; as code, the number after the last level's
};

/// What becomes of a column of text that would be many columns and tell little: see `WideColumn`.
enum class Wide {
  refuse,  ///< an error that names it and says how many columns it would be
  drop,    ///< it is not used, and `TableEncoder::wide` lists it
  keep,    ///< it is used, and `TableEncoder::wide` lists it
};

/// A column of text of which one-hot encoding makes too many columns: with more levels than
/// `EncoderOptions::most_levels`; or, if it has more than ten, whose texts are dates, or are
/// different in most rows, as identifiers and free text are.
struct WideColumn {
  std::string name = {};
  Index levels = 0;
  Index values = 0;          ///< rows in which it is not missing
  bool dates = false;        ///< are all levels dates?
  std::string example = {};  ///< one of them
};

/// "column 'Date Egg' holds 50 different dates in 344 rows, as '2007-11-09'"
std::string to_string(const WideColumn& column);

/// A text of a table that was not among the training rows.
struct UnseenText {
  std::string column = {}, text = {};
  Index rows = 0;       ///< how many rows hold it
  Index first_row = 0;  ///< the first of them
};

/// "column 'city': 'Bonn' was not among the training rows (3 rows, the first in line 7)"
std::string to_string(const UnseenText& unseen, const Table& table);

/// What stands for a missing value. Means, medians and frequencies are those of the training rows.
enum class Fill {
  refuse,  ///< an error that names the cell
  nan,     ///< numbers: NaN
  mean,
  median,
  most_frequent,  ///< numbers and texts; the first of several in order
  zeros,          ///< texts: no level, as Unseen::zeros
};

namespace detail {

struct EncoderRules {
  Categories categories = Categories::one_hot;
  Unseen unseen = Unseen::refuse;
  Fill missing_numbers = Fill::refuse;
  Fill missing_texts = Fill::refuse;
  bool standardise = true;
};

/// Is this column one to be warned of, before it is encoded?
std::optional<WideColumn> wide(const Column& column, Index most_levels);

class EncodedColumn {
 public:
  EncodedColumn() = default;
  /// Learns from column `position`. Throws DataError, naming the cell, for what is refused.
  EncodedColumn(const Table& table, Index position, const EncoderRules& rules);

  const std::string& name() const { return name_; }
  bool text() const { return text_; }
  /// What of a column's texts was not fitted, the most frequent first.
  std::vector<UnseenText> unseen(const Column& column) const;
  /// How many columns it becomes, and what they are: "age", or "city=Oslo", "city=Rome".
  Index width(const EncoderRules& rules) const;
  std::vector<std::string> names(const EncoderRules& rules) const;
  /// Writes them into x [rows, stride], from `x` on. Throws DataError, naming the cell.
  template <class Real>
  void encode(const Table& table, Index position, const EncoderRules& rules, Real* x,
              Index stride) const;

 private:
  void fit_numbers(const Table& table, Index position, const EncoderRules& rules);
  void fit_levels(const Table& table, Index position, const EncoderRules& rules);
  double number(const Table& table, Index position, Index row, const EncoderRules& rules) const;
  std::vector<Index> codes(const Table& table, Index position, const EncoderRules& rules) const;

  std::string name_;
  bool text_ = false;
  double fill_ = 0, mean_ = 0, deviation_ = 1;  // numbers: (x − mean) / deviation
  Index fill_level_ = -1;
  std::vector<std::string> levels_;

 public:
  static constexpr auto fields = named(
      "name", &EncodedColumn::name_, "text", &EncodedColumn::text_, "fill", &EncodedColumn::fill_,
      "mean", &EncodedColumn::mean_, "deviation", &EncodedColumn::deviation_, "fill_level",
      &EncodedColumn::fill_level_, "levels", &EncodedColumn::levels_);
};

}  // namespace detail
}  // namespace thalweg::nn
