#pragma once
/// The mean of numbers as they come, such as the losses of batches.

#include <limits>
#include <string>

#include "thalweg/autodiff/base/fields.hpp"
#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::nn {

/// m = Σ w x / Σ w.
///
///     nn::Mean loss{"loss"};
///     loss.add(batch_loss.item(), batch_size);     // batches of different sizes count by size
///
/// NaN while no weight has been added. Throws ValueError for a negative or NaN weight. Numbers are
/// not trapped: a loss that is NaN makes the mean NaN.
class Mean {
 public:
  explicit Mean(std::string name = "mean") : name_(std::move(name)) {}

  const std::string& name() const { return name_; }
  void add(double x, double weight = 1);
  double value() const;
  double weight() const { return weight_; }
  void reset();
  Mean& operator+=(const Mean& other);

 private:
  std::string name_;
  double sum_ = 0;
  double weight_ = 0;

 public:
  static constexpr auto fields = named("sum", &Mean::sum_, "weight", &Mean::weight_);
};

}  // namespace thalweg::nn
