#pragma once
/// What a metric is, and lists of metrics of any type.
///
///     nn::MetricList metrics = {nn::Accuracy{}, nn::TopK{5}};
///     for (const auto& batch : batches) metrics.add(model(batch.x), batch.labels);
///     for (const nn::AnyMetric& metric : metrics)
///       fmt::print("{} {:.4f}\n", metric.name(), metric.value());
///
/// A metric of one's own is any copyable type with these members:
///
///     struct Positive {
///       std::string name() const { return "positive"; }      // or a static constant
///       void add(const Tensor<double>& scores, const IndexTensor& labels);   // of classes, and/or
///       void add(const Tensor<double>& prediction, const Tensor<double>& target);   // of numbers
///       double value() const;                                    // NaN before the first example
///       void reset();
///       void archive(optim::Archive&);    // may be, or a table `fields`: then `fit` measures an
///     };                                  // epoch that is resumed as a whole, else its rest
///
/// Either `add` may take Tensor<float> instead.

#include <string>
#include <vector>

#include "thalweg/autodiff/ops/indices.hpp"
#include "thalweg/autodiff/ops/numbers.hpp"
#include "thalweg/optim/state/archive.hpp"

namespace thalweg::nn {

using thalweg::Indices;
using thalweg::Numbers;

namespace detail {
template <class M>
concept Named = requires(const M& metric) {
  { metric.name() } -> std::convertible_to<std::string>;
}
|| requires(const M& metric) {
  { metric.name } -> std::convertible_to<std::string_view>;
};
template <class M>
concept Measures = std::copy_constructible<M> && Named<M> && requires(M metric, const M& constant) {
  { constant.value() } -> std::convertible_to<double>;
  metric.reset();
};

template <class M, class Real>
concept TakesLabels = requires(M m, const Tensor<Real>& scores, const IndexTensor& labels) {
  m.add(scores, labels);
};
template <class M, class Real>
concept TakesNumbers = requires(M m, const Tensor<Real>& x) {
  m.add(x, x);
};
}  // namespace detail

/// Measures scores [..., classes] or [n] against labels.
template <class M>
concept ClassificationMetric = detail::Measures<M> &&
    (detail::TakesLabels<M, double> || detail::TakesLabels<M, float>);

/// Measures numbers against numbers of the same shape.
template <class M>
concept RegressionMetric = detail::Measures<M> &&
    (detail::TakesNumbers<M, double> || detail::TakesNumbers<M, float>);

template <class M>
concept Metric = ClassificationMetric<M> || RegressionMetric<M>;

/// A metric that is none of the type `Any`, whose copies are not to be wrapped again.
template <class M, class Any>
concept OtherMetric = !std::is_same_v<M, Any> && Metric<M>;

namespace detail {

/// A metric whose type is forgotten.
class HeldMetric {
 public:
  virtual ~HeldMetric() = default;
  virtual HeldMetric* copy() const = 0;
  virtual std::string name() const = 0;
  virtual double value() const = 0;
  virtual void reset() = 0;
  virtual bool takes_labels() const = 0;
  virtual bool takes_numbers() const = 0;
  virtual void add(const Numbers& scores, const Indices& labels) = 0;
  virtual void add(const Numbers& prediction, const Numbers& target) = 0;
  virtual bool add_part(const HeldMetric& other) = 0;  // false if it is another type
  virtual void archive(optim::Archive& archive) = 0;
};

[[noreturn]] void refuse_target(const std::string& metric, const char* given, const char* wanted);

template <class M>
class Held final : public HeldMetric {
 public:
  explicit Held(M metric) : metric_(std::move(metric)) {}
  HeldMetric* copy() const override { return new Held(*this); }
  std::string name() const override {
    if constexpr (requires { metric_.name(); })
      return std::string(metric_.name());
    else
      return std::string(metric_.name);
  }
  double value() const override { return static_cast<double>(metric_.value()); }
  void reset() override { metric_.reset(); }
  bool takes_labels() const override { return ClassificationMetric<M>; }
  bool takes_numbers() const override { return RegressionMetric<M>; }
  void add(const Numbers& scores, const Indices& labels) override {
    if constexpr (TakesLabels<M, double>)
      metric_.add(scores.tensor(), labels.tensor());
    else if constexpr (TakesLabels<M, float>)
      metric_.add(scores.as<float>(), labels.tensor());
    else
      refuse_target(name(), "labels", "numbers");
  }
  void add(const Numbers& prediction, const Numbers& target) override {
    if constexpr (TakesNumbers<M, double>)
      metric_.add(prediction.tensor(), target.tensor());
    else if constexpr (TakesNumbers<M, float>)
      metric_.add(prediction.as<float>(), target.as<float>());
    else
      refuse_target(name(), "numbers", "labels");
  }
  bool add_part(const HeldMetric& other) override {
    if constexpr (requires(M a, const M& b) { a += b; }) {
      const auto* const same = dynamic_cast<const Held*>(&other);
      if (same) metric_ += same->metric_;
      return same != nullptr;
    }
    return false;
  }
  void archive(optim::Archive& archive) override {
    if constexpr (optim::Archivable<M>) archive(metric_);
  }

 private:
  M metric_;
};

}  // namespace detail

/// A metric of any type; a value, copied with what it has counted.
class AnyMetric {
 public:
  template <OtherMetric<AnyMetric> M>
  AnyMetric(M metric) : held_(new detail::Held<M>(std::move(metric))) {}
  AnyMetric(const AnyMetric& other) : held_(other.held_->copy()) {}
  AnyMetric(AnyMetric&& other) noexcept : held_(other.held_) { other.held_ = nullptr; }
  AnyMetric& operator=(AnyMetric other) noexcept {
    std::swap(held_, other.held_);
    return *this;
  }
  ~AnyMetric() { delete held_; }

  std::string name() const { return held_->name(); }
  double value() const { return held_->value(); }
  void reset() { held_->reset(); }
  /// Which kinds of target it can be given: labels, numbers, or both.
  bool takes_labels() const { return held_->takes_labels(); }
  bool takes_numbers() const { return held_->takes_numbers(); }
  /// Throw ValueError if the metric does not take such targets.
  void add(const Numbers& scores, const Indices& labels) { held_->add(scores, labels); }
  void add(const Numbers& prediction, const Numbers& target) { held_->add(prediction, target); }
  /// Adds what another has counted. Throws ValueError if it is another metric, or one whose type
  /// has no +=.
  AnyMetric& operator+=(const AnyMetric& other);
  void archive(optim::Archive& archive) { held_->archive(archive); }

 private:
  detail::HeldMetric* held_;
};

/// Several metrics of the same predictions.
class MetricList {
 public:
  MetricList() = default;
  MetricList(std::initializer_list<AnyMetric> metrics) : metrics_(metrics) {}

  void push_back(AnyMetric metric) { metrics_.push_back(std::move(metric)); }
  bool empty() const { return metrics_.empty(); }
  std::size_t size() const { return metrics_.size(); }
  const AnyMetric& operator[](std::size_t k) const { return metrics_[k]; }
  auto begin() const { return metrics_.begin(); }
  auto end() const { return metrics_.end(); }

  std::vector<std::string> names() const;
  std::vector<double> values() const;
  void reset();
  void add(const Numbers& scores, const Indices& labels);
  void add(const Numbers& prediction, const Numbers& target);
  /// Adds the counts of each. Throws ValueError unless the lists hold the same metrics.
  MetricList& operator+=(const MetricList& other);
  /// The parts "0", "1", …: restored into a list of the same metrics.
  void archive(optim::Archive& archive);

 private:
  std::vector<AnyMetric> metrics_;
};

}  // namespace thalweg::nn
