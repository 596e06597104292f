#include "thalweg/nn/metrics/metric.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::nn {

void detail::refuse_target(const std::string& metric, const char* given, const char* wanted) {
  throw ValueError(
      fmt::format("{}: the targets are {}; this metric takes {}", metric, given, wanted));
}

AnyMetric& AnyMetric::operator+=(const AnyMetric& other) {
  if (held_->add_part(*other.held_)) return *this;
  throw ValueError(
      fmt::format("Metric: {} cannot be added to {}; expected the same metric, with an operator +=",
                  other.name(), name()));
}

std::vector<std::string> MetricList::names() const {
  std::vector<std::string> all;
  for (const AnyMetric& metric : metrics_) all.push_back(metric.name());
  return all;
}

std::vector<double> MetricList::values() const {
  std::vector<double> all;
  for (const AnyMetric& metric : metrics_) all.push_back(metric.value());
  return all;
}

void MetricList::reset() {
  for (AnyMetric& metric : metrics_) metric.reset();
}

void MetricList::archive(optim::Archive& archive) {
  for (std::size_t k = 0; k < size(); ++k) archive(std::to_string(k), metrics_[k]);
}

void MetricList::add(const Numbers& scores, const Indices& labels) {
  for (AnyMetric& metric : metrics_) metric.add(scores, labels);
}

void MetricList::add(const Numbers& prediction, const Numbers& target) {
  for (AnyMetric& metric : metrics_) metric.add(prediction, target);
}

MetricList& MetricList::operator+=(const MetricList& other) {
  if (size() != other.size())
    throw ValueError(fmt::format("MetricList: a list of {} metrics cannot be added to one of {}",
                                 other.size(), size()));
  for (std::size_t k = 0; k < size(); ++k) metrics_[k] += other[k];
  return *this;
}

}  // namespace thalweg::nn
