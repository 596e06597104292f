#pragma once
/// Examples in memory: splitting, scaling, mini-batches.
///
///     const nn::Table table = nn::read_csv("digits.csv.gz", {.label = "-1"});
///     auto [train, test] = nn::split_by_class(nn::labelled<float>(table), 0.8, random);
///     const nn::Scaling scaling = nn::standardising(train.x);
///     train.x = scaling(train.x);
///     test.x = scaling(test.x);
///     for (const auto& [x, y] : nn::batches(train, 32, random)) { … }

#include <iterator>
#include <span>
#include <vector>

#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/tensor/tensor.hpp"
#include "thalweg/nn/data/csv.hpp"
#include "thalweg/nn/data/statistics.hpp"

namespace thalweg::optim {
class Archive;
}

namespace thalweg::nn {

/// Examples and what is to be learned of them. A mini-batch is a dataset too.
///
///     x [n, …]    y [n], classes 0 … k − 1
///     x [n, …]    y [n, …], numbers, if Target is float or double
template <class Real, class Target = Index>
struct Dataset {
  Tensor<Real> x;
  Tensor<Target> y;

  /// n. Throws ShapeError unless x and y agree on it.
  Index size() const;
  /// A copy of these examples, in this order. Throws IndexError for a row out of range.
  Dataset rows(std::span<const Index> rows) const;
};

/// The table's columns as x [rows, columns] and its label column as y [rows]. Missing values that
/// the table keeps are NaN.
/// Throws DataError, naming the file, without a label column or where a number is too large for
/// Real; if they are refused, where one is missing or not finite.
template <class Real>
Dataset<Real> labelled(const Table& table, Nonfinite nonfinite = Nonfinite::keep);

template <class Real, class Target>
struct Split {
  Dataset<Real, Target> train, test;
};

/// A random share of the examples for training, 0 < share < 1, the rest for testing.
/// Throws ValueError for another share or if a part would be empty.
template <class Real, class Target>
Split<Real, Target> split(const Dataset<Real, Target>& data, double share, Random& random);

/// The same share of each class (to the nearest example): both parts have the whole's mixture.
template <class Real>
Split<Real, Index> split_by_class(const Dataset<Real>& data, double share, Random& random);

/// x ↦ (x − mean) / deviation, per column; 0 for deviation 0. NaN and infinities stay as they are.
/// Saved and restored beside a model, as its input needs it.
template <class Real>
struct Scaling {
  std::vector<Real> mean, deviation;

  /// Throws ShapeError if x has another number of columns.
  Tensor<Real> operator()(const Tensor<Real>& x) const;

  static constexpr auto kind = "Scaling";
  void archive(optim::Archive& archive);
};

/// The scaling after which the finite numbers of these rows have mean 0 and variance 1 in each
/// column; a column whose numbers are all equal becomes 0. Make it of the training examples and
/// apply it to all: the test must not know the test examples.
///
/// Throws DataError for a column without a finite number; if they are refused, for the first number
/// that is not finite, naming its row and column.
template <class Real>
Scaling<Real> standardising(const Tensor<Real>& x, Nonfinite nonfinite = Nonfinite::keep);

/// The scaling after which the finite numbers of these rows lie between 0 and 1, both of which
/// occur, in each column; a column whose numbers are all equal becomes 0. Its `mean` is the least,
/// its `deviation` the range. Throws as `standardising` does, and if the range overflows.
template <class Real>
Scaling<Real> min_max(const Tensor<Real>& x, Nonfinite nonfinite = Nonfinite::keep);

/// The examples in groups of `size`, the last one perhaps smaller, as a range for one loop. Each
/// batch is gathered when the loop reaches it; the dataset is not copied.
template <class Real, class Target>
class Batches {
 public:
  /// In the order of `order`. Throws ValueError if size < 1 or the order is empty.
  Batches(Dataset<Real, Target> data, std::vector<Index> order, Index size);

  class Iterator {
   public:
    using difference_type = Index;
    using value_type = Dataset<Real, Target>;
    Iterator(const Batches& batches, Index position) : batches_(&batches), position_(position) {}
    value_type operator*() const { return (*batches_)[position_]; }
    Iterator& operator++() {
      ++position_;
      return *this;
    }
    void operator++(int) { ++position_; }
    friend bool operator==(const Iterator& a, const Iterator& b) {
      return a.position_ == b.position_;
    }

   private:
    const Batches* batches_;
    Index position_;
  };

  /// The number of batches.
  Index size() const { return (static_cast<Index>(order_.size()) + size_ - 1) / size_; }
  Dataset<Real, Target> operator[](Index batch) const;
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }

 private:
  Dataset<Real, Target> data_;
  std::vector<Index> order_;
  Index size_;
};

/// Shuffled: one epoch of training.
template <class Real, class Target>
Batches<Real, Target> batches(const Dataset<Real, Target>& data, Index size, Random& random);

/// In order: for measuring.
template <class Real, class Target>
Batches<Real, Target> batches(const Dataset<Real, Target>& data, Index size);

}  // namespace thalweg::nn
