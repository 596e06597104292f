#pragma once
/// Precision, recall and F1 of a classifier, class by class or averaged.

#include "thalweg/nn/metrics/accuracy.hpp"
#include "thalweg/nn/metrics/confusion_matrix.hpp"

namespace thalweg::nn {

/// How the classes become one number.
///
///     macro      the plain mean over the classes that occur, as label or as prediction
///     micro      all decisions together: the share that is right, for each of the three metrics
///     weighted   the mean over the classes, each counted by its examples
///     binary     that of the class `positive` alone
enum class Average { macro, micro, weighted, binary };

struct ClassScoreOptions {
  Average average = Average::macro;
  Index positive = 1;  // the class that `binary` is about
};

/// What the three share: true and predicted classes, counted.
///
///     scores [..., classes]    labels [...]
///
/// The predicted class is that of the largest score, the first of equal ones; an example with a NaN
/// among its scores is taken for none, and makes all values NaN. With TP, FP, FN the
/// examples of a class that were found, wrongly taken for it, and missed,
///
///     precision = TP / (TP + FP),  recall = TP / (TP + FN),  F1 = 2 TP / (2 TP + FP + FN).
///
/// 0/0 counts as 0, but a class that neither occurs nor is predicted is NaN and left out of the
/// averages. The number of classes is that of the first batch. Throws ShapeError if the shapes do
/// not fit or the number of classes changes, IndexError for a label that is no class; counts
/// nothing then.
class ClassScore {
 public:
  void add(const Numbers& scores, const Indices& labels);
  /// NaN before the first example.
  double value() const;
  /// One number for each class; empty before the first batch.
  std::vector<double> per_class() const;
  /// The counts, without examples that were taken for no class; throws ValueError before the first
  /// batch.
  const ConfusionMatrix& confusion() const;
  /// For runs that are saved in the middle of an epoch (optim/state/archive.hpp).
  template <class Archive>
  void archive(Archive& a) {
    Index classes = counts_.empty() ? 0 : counts_[0].size();
    a("classes", classes);
    if (counts_.empty() && classes > 0) counts_.emplace_back(classes);
    if (!counts_.empty()) a("counts", counts_[0]);
    a("without_order", without_order_);
  }
  void reset() {
    counts_.clear();
    without_order_ = 0;
  }

 protected:
  struct Counts {
    double found, wrong, missed;  // TP, FP, FN
  };
  using Score = double (*)(const Counts&);
  /// Throws ValueError if options.positive is negative.
  ClassScore(const char* name, ClassScoreOptions options, Score score);
  void add_part(const ClassScore& other);
  std::string full_name() const;

 private:
  Counts counts(Index c) const;
  double of_class(Index c) const;

  const char* name_;
  ClassScoreOptions options_;
  Score score_;
  std::vector<ConfusionMatrix> counts_;  // one, or none yet
  Index without_order_ = 0;              // examples with a NaN among their scores
};

class Precision : public ClassScore {
 public:
  explicit Precision(ClassScoreOptions options = {});
  std::string name() const { return full_name(); }
  /// Throw ValueError if the averages differ, ShapeError if the classes do.
  Precision& operator+=(const Precision& other) { return add_part(other), *this; }
};

class Recall : public ClassScore {
 public:
  explicit Recall(ClassScoreOptions options = {});
  std::string name() const { return full_name(); }
  Recall& operator+=(const Recall& other) { return add_part(other), *this; }
};

class F1 : public ClassScore {
 public:
  explicit F1(ClassScoreOptions options = {});
  std::string name() const { return full_name(); }
  F1& operator+=(const F1& other) { return add_part(other), *this; }
};

}  // namespace thalweg::nn
