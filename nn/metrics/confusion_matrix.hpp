#pragma once
/// Which classes a classifier takes for which.

#include <span>
#include <string>
#include <vector>

#include "thalweg/autodiff/base/fields.hpp"
#include "thalweg/autodiff/base/shape.hpp"
#include "thalweg/autodiff/base/text_formatter.hpp"
#include "thalweg/autodiff/ops/indices.hpp"
#include "thalweg/autodiff/ops/numbers.hpp"

namespace thalweg::nn {

/// Counts of (true class, predicted class).
///
///     nn::ConfusionMatrix confusion(table.classes);
///     confusion.add(model(x), labels);
///     fmt::print("{}", confusion);
class ConfusionMatrix {
 public:
  /// Classes 0 … n − 1 under these names. Throws ValueError if there are none.
  explicit ConfusionMatrix(std::vector<std::string> classes);
  /// Classes named "0" … "n − 1".
  explicit ConfusionMatrix(Index classes);

  /// Counts one example, or one per element. Throws IndexError for a class out of range and
  /// ShapeError if the lengths differ; counts nothing then.
  void add(Index truth, Index predicted);
  void add(std::span<const Index> truth, std::span<const Index> predicted);
  /// Each example is taken for the class of its largest score, the first of equal ones.
  ///
  ///     scores […, classes]    labels […]
  ///
  /// Throws ValueError for scores among which one is NaN, ShapeError unless there is one label per
  /// line of scores, IndexError for a label that is no class; counts nothing then.
  void add(const Numbers& scores, const Indices& labels);
  /// Adds the counts of another matrix. Throws ShapeError unless the classes are the same.
  ConfusionMatrix& operator+=(const ConfusionMatrix& other);

  const std::vector<std::string>& classes() const { return classes_; }
  Index size() const { return static_cast<Index>(classes_.size()); }
  Index count(Index truth, Index predicted) const;
  Index total() const;
  Index correct() const;

  /// correct / total; NaN before the first example.
  double accuracy() const;
  /// Of the examples of this class, the share that was recognised; NaN if there are none.
  double recall(Index truth) const;
  /// Of the examples taken for this class, the share that belongs to it; NaN if there are none.
  double precision(Index predicted) const;

 private:
  std::size_t at(Index truth, Index predicted) const;

  std::vector<std::string> classes_;
  std::vector<Index> counts_;  // [truth, predicted], row-major

 public:
  static constexpr auto fields =
      named("classes", &ConfusionMatrix::classes_, "counts", &ConfusionMatrix::counts_);
};

/// An aligned table: a row per true class, a column per predicted one, recall at the end of rows.
std::string to_string(const ConfusionMatrix& confusion);

}  // namespace thalweg::nn

template <>
struct fmt::formatter<thalweg::nn::ConfusionMatrix> : thalweg::TextFormatter {
  template <class Context>
  auto format(const thalweg::nn::ConfusionMatrix& confusion, Context& context) const {
    return write(to_string(confusion), context);
  }
};
