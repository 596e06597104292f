#pragma once
/// Tables as tensors, in the way that the training rows decided.
///
///     const nn::Table train = nn::read_csv("train.csv", {.missing = nn::Missing::keep});
///     nn::TableEncoder encoder{{.target = "price", .missing_numbers = nn::Fill::median}};
///     encoder.fit(train);
///     auto data = encoder.regression<float>(train);                // x [n, width], y [n, 1]
///     …
///     nn::save_model(model, "houses.safetensors", encoder);        // nn/weights/model_file.hpp
///
/// and in the program that predicts
///
///     auto [encoder, model] = nn::load_model<nn::TableEncoder>(
///         "houses.safetensors", [&](const auto& stored) { return make_model(stored, random); });
///     Tensor<float> x = encoder(encoder.read("new.csv"));

#include <string>
#include <vector>

#include "thalweg/nn/data/csv.hpp"
#include "thalweg/nn/data/dataset.hpp"
#include "thalweg/nn/data/encoded_column.hpp"

namespace thalweg::nn {

/// What is to be learned of a column.
enum class Task {
  automatic,  ///< `task_of` decides
  classification,
  regression,
};

/// Classification if the column is text, or holds whole numbers alone, of at most 20 different
/// values that come twice or more on average; else regression.
Task task_of(const Column& column);

struct EncoderOptions {
  std::string target = {};  ///< the column to be learned; empty for none
  Task task = Task::automatic;
  std::vector<std::string> ignore = {};  ///< columns that are not used, such as row numbers
  Categories categories = Categories::one_hot;
  Unseen unseen = Unseen::refuse;
  Fill missing_numbers = Fill::refuse;  ///< also nan, mean, median, most_frequent
  Fill missing_texts = Fill::refuse;    ///< also most_frequent, zeros
  bool standardise = true;              ///< numbers: mean 0 and variance 1 in the training rows
  Index most_levels = 50;               ///< ≥ 1, of a column of text that becomes one-hot
  Wide wide = Wide::refuse;             ///< columns with more, dates and identifiers: `WideColumn`
};

/// Columns are matched by name, in whatever order a table has them; its own order is that of the
/// table it was fitted on. All of it is saved and restored, options included.
class TableEncoder {
 public:
  static constexpr auto kind = "TableEncoder";

  TableEncoder() = default;
  /// Throws ValueError for a fill that the kind of column does not know, or most_levels < 1.
  explicit TableEncoder(EncoderOptions options);

  /// Learns from the training rows: levels, means, deviations, what stands for missing values, and
  /// the classes. Throws DataError, naming the cell or column, and then has learned nothing: for
  /// what the options refuse, for a target that is the same in all rows, for a table without rows.
  void fit(const Table& training);

  /// x [rows, width]. Throws ValueError before `fit`, DataError if a column is missing or was not
  /// there when fitted (other than target and ignored ones), naming them, or for a cell that the
  /// options refuse, naming it.
  Tensor<float> operator()(const Table& table) const { return features<float>(table); }
  template <class Real>
  Tensor<Real> features(const Table& table) const;
  /// y [rows]: positions in `classes`. Throws DataError for a class that was not fitted.
  IndexTensor labels(const Table& table) const;
  /// y [rows, 1].
  template <class Real>
  Tensor<Real> targets(const Table& table) const;

  /// x and y together. Throws ValueError if the task is the other one.
  template <class Real>
  Dataset<Real> classification(const Table& table) const;
  template <class Real>
  Dataset<Real, Real> regression(const Table& table) const;

  /// The columns that `EncoderOptions::wide` decided about when fitted. Not saved.
  const std::vector<WideColumn>& wide() const { return wide_; }
  /// The texts of this table that were not among the training rows, column by column: what
  /// Unseen::zeros passes over in silence. Throws as `operator()` does for other columns.
  std::vector<UnseenText> unseen(const Table& table) const;

  /// Reads a file with columns taken for what they were when fitted. What stood for missing values
  /// in the training table does so here, beside what the options say; they are kept: what becomes
  /// of them is for the encoder to say.
  Table read(const std::string& path, CsvOptions options = {}) const;

  Task task() const { return options_.task; }
  const std::vector<std::string>& classes() const { return classes_; }
  /// How many columns x has, and what they are: "age", "city=Oslo", "city=Rome".
  Index width() const;
  std::vector<std::string> names() const;

  void archive(optim::Archive& archive);

 private:
  void expect_fitted() const;
  void expect_task(Task task) const;
  detail::EncoderRules rules() const;
  bool used(const std::string& name) const;
  bool takes(const Table& training, Index position);
  std::vector<Index> matched(const Table& table) const;

  EncoderOptions options_;
  std::vector<detail::EncodedColumn> columns_;
  std::vector<std::string> classes_;
  std::vector<std::string> missing_texts_;  // of the training table
  std::vector<WideColumn> wide_;
};

}  // namespace thalweg::nn
