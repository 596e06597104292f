#include "thalweg/nn/metrics/mean.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::nn {

void Mean::add(double x, double weight) {
  if (!(weight >= 0))
    throw ValueError(fmt::format("Mean: the weight is {}; expected 0 or more", weight));
  if (weight == 0) return;  // 0 · NaN of an empty batch would stay for ever
  sum_ += weight * x;
  weight_ += weight;
}

double Mean::value() const { return sum_ / weight_; }

void Mean::reset() { sum_ = weight_ = 0; }

Mean& Mean::operator+=(const Mean& other) {
  sum_ += other.sum_;
  weight_ += other.weight_;
  return *this;
}

}  // namespace thalweg::nn
