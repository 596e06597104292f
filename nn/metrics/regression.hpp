#pragma once
/// How far numbers are from those they should be.
///
///     prediction, target […], of the same shape: nothing is broadcast (ShapeError)
///
/// NaN before the first number.

#include <string>

#include "thalweg/autodiff/base/fields.hpp"
#include "thalweg/autodiff/ops/numbers.hpp"

namespace thalweg::nn {

/// Σ |p − y| / n.
class MeanAbsoluteError {
 public:
  std::string name() const { return "mean_absolute_error"; }
  void add(const Numbers& prediction, const Numbers& target);
  double value() const { return sum_ / static_cast<double>(count_); }
  void reset() { *this = {}; }
  MeanAbsoluteError& operator+=(const MeanAbsoluteError& other);

 private:
  double sum_ = 0;
  Index count_ = 0;

 public:
  static constexpr auto fields =
      named("sum", &MeanAbsoluteError::sum_, "count", &MeanAbsoluteError::count_);
};

/// Σ (p − y)² / n.
class MeanSquaredError {
 public:
  std::string name() const { return "mean_squared_error"; }
  void add(const Numbers& prediction, const Numbers& target);
  double value() const { return sum_ / static_cast<double>(count_); }
  void reset() { *this = {}; }
  MeanSquaredError& operator+=(const MeanSquaredError& other);

 private:
  double sum_ = 0;
  Index count_ = 0;

 public:
  static constexpr auto fields =
      named("sum", &MeanSquaredError::sum_, "count", &MeanSquaredError::count_);
};

/// √(Σ (p − y)² / n): in the unit of y. Of all numbers together, not the mean over batches.
class RootMeanSquareError : public MeanSquaredError {
 public:
  std::string name() const { return "root_mean_square_error"; }
  double value() const;
};

/// The share of the variance that is explained,
///
///     R² = 1 − Σ (p − y)² / Σ (y − ȳ)²,    ȳ the mean of all targets.
///
///     prediction, target [n] or [n, outputs]
///
/// 1 is perfect, 0 as good as the constant ȳ, negative worse. Of several outputs the plain mean
/// over them, `per_output` has each. Where all targets are equal it is 1 if all are predicted
/// exactly, otherwise −∞. NaN with fewer than two examples. The variance is accumulated about a
/// running mean (Chan, Golub, LeVeque 1979): targets far from 0 cost no digits. Throws ShapeError
/// if the shapes differ, have other ranks, or the number of outputs changes.
class R2 {
 public:
  std::string name() const { return "r2"; }
  void add(const Numbers& prediction, const Numbers& target);
  double value() const;
  std::vector<double> per_output() const;
  void reset() { outputs_.clear(); }
  R2& operator+=(const R2& other);

 private:
  struct Output {
    double count = 0;
    double mean = 0;      // of y
    double spread = 0;    // Σ (y − ȳ)²
    double residual = 0;  // Σ (p − y)²
    void merge(const Output& other);
  };
  std::vector<Output> outputs_;

 public:
  static constexpr auto fields = named("outputs", &R2::outputs_);
};

}  // namespace thalweg::nn
