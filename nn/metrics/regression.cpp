#include "thalweg/nn/metrics/regression.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/losses/elementwise.hpp"

namespace thalweg::nn {
namespace {

/// Σ f(p − y).
template <class F>
double sum_of_errors(const char* metric, const Numbers& prediction, const Numbers& target, F&& f) {
  detail::expect_target(metric, prediction.shape(), target.shape());
  const auto p = prediction.values(), y = target.values();
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) sum += f(p[i] - y[i]);
  return sum;
}

}  // namespace

void MeanAbsoluteError::add(const Numbers& prediction, const Numbers& target) {
  sum_ +=
      sum_of_errors("MeanAbsoluteError", prediction, target, [](double d) { return std::abs(d); });
  count_ += target.size();
}

MeanAbsoluteError& MeanAbsoluteError::operator+=(const MeanAbsoluteError& other) {
  sum_ += other.sum_;
  count_ += other.count_;
  return *this;
}

void MeanSquaredError::add(const Numbers& prediction, const Numbers& target) {
  sum_ += sum_of_errors("MeanSquaredError", prediction, target, [](double d) { return d * d; });
  count_ += target.size();
}

MeanSquaredError& MeanSquaredError::operator+=(const MeanSquaredError& other) {
  sum_ += other.sum_;
  count_ += other.count_;
  return *this;
}

double RootMeanSquareError::value() const { return std::sqrt(MeanSquaredError::value()); }

void R2::Output::merge(const Output& other) {
  if (other.count == 0) return;
  const double both = count + other.count;
  const double apart = other.mean - mean;
  spread += other.spread + apart * apart * count * (other.count / both);
  mean += apart * (other.count / both);
  residual += other.residual;
  count = both;
}

void R2::add(const Numbers& prediction, const Numbers& target) {
  detail::expect_target("R2", prediction.shape(), target.shape());
  const Shape& shape = target.shape();
  if (shape.rank() != 1 && shape.rank() != 2)
    throw ShapeError(fmt::format("R2: targets {}; expected [n] or [n, outputs]", shape));
  const auto outputs = static_cast<std::size_t>(shape.rank() == 2 ? shape[1] : 1);
  if (!outputs_.empty() && outputs_.size() != outputs)
    throw ShapeError(
        fmt::format("R2: targets with {} outputs after some with {}", outputs, outputs_.size()));
  outputs_.resize(outputs);
  for (std::size_t i = 0; i < target.values().size(); ++i) {
    const double y = target.values()[i], d = prediction.values()[i] - y;
    outputs_[i % outputs].merge({1, y, 0, d * d});
  }
}

std::vector<double> R2::per_output() const {
  std::vector<double> all;
  for (const Output& output : outputs_) {
    if (output.count < 2)
      all.push_back(std::numeric_limits<double>::quiet_NaN());
    else if (output.spread == 0 && output.residual == 0)
      all.push_back(1);
    else
      all.push_back(1 - output.residual / output.spread);
  }
  return all;
}

double R2::value() const {
  double sum = 0;
  for (const double each : per_output()) sum += each;
  return sum / static_cast<double>(outputs_.size());
}

R2& R2::operator+=(const R2& other) {
  if (other.outputs_.empty()) return *this;
  if (outputs_.empty()) outputs_.resize(other.outputs_.size());
  if (outputs_.size() != other.outputs_.size())
    throw ShapeError(fmt::format("R2: {} outputs cannot be added to {}", other.outputs_.size(),
                                 outputs_.size()));
  for (std::size_t k = 0; k < outputs_.size(); ++k) {
    const Output part = other.outputs_[k];  // a copy: other may be *this
    outputs_[k].merge(part);
  }
  return *this;
}

}  // namespace thalweg::nn
