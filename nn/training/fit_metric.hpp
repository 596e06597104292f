#pragma once
/// A metric whose type is forgotten, on its way through a run.

#include <memory>
#include <string>

#include "autodiff/tensor.hpp"
#include "optim/archive.hpp"

namespace thalweg::nn {

/// What fit measures by: nn::Accuracy (nn/metrics.hpp), or a class of your own.
///
///     name()                     "accuracy", or a static constant
///     add(prediction, target)    takes note of a batch
///     value()                    of all batches since the last reset
///     reset()
///     archive(Archive&)          may be: then an epoch that is resumed in its middle is measured
///                                as a whole, else its rest
template <class M>
concept MetricClass = std::copy_constructible<M> && requires(M& m) {
  { m.value() } -> std::convertible_to<double>;
  m.reset();
};

/// A copy is a metric of its own.
class FitMetric {
  struct Base {
    virtual ~Base() = default;
    virtual std::unique_ptr<Base> clone() const = 0;
    virtual std::string name() const = 0;
    virtual void add(const Tensor<float>&, const IndexTensor&) = 0;
    virtual void add(const Tensor<double>&, const IndexTensor&) = 0;
    virtual void add(const Tensor<float>&, const Tensor<float>&) = 0;
    virtual void add(const Tensor<double>&, const Tensor<double>&) = 0;
    virtual double value() const = 0;
    virtual void reset() = 0;
    virtual void archive(optim::Archive&) = 0;
  };

 public:
  /// A metric of any class. (The test for its own type comes first: otherwise it would ask itself.)
  template <class M>
  requires(!std::is_same_v<M, FitMetric> && MetricClass<M>) FitMetric(M metric)
      : held_(std::make_unique<Held<M>>(std::move(metric))) {}
  FitMetric(const FitMetric& other) : held_(other.held_->clone()) {}
  FitMetric(FitMetric&&) noexcept = default;
  FitMetric& operator=(FitMetric other) noexcept {
    held_ = std::move(other.held_);
    return *this;
  }

  std::string name() const { return held_->name(); }
  /// Throws ValueError if the metric does not take tensors of these types.
  void add(const auto& prediction, const auto& target) requires requires(Base& base) {
    base.add(prediction, target);
  }
  { held_->add(prediction, target); }
  double value() const { return held_->value(); }
  void reset() { held_->reset(); }
  void archive(optim::Archive& archive) { held_->archive(archive); }

 private:
  [[noreturn]] static void refuse(const std::string& name, bool classes);

  template <class M>
  struct Held final : Base {
    explicit Held(M m) : metric(std::move(m)) {}
    std::unique_ptr<Base> clone() const override { return std::make_unique<Held>(metric); }
    std::string name() const override {
      if constexpr (requires { metric.name(); })
        return std::string(metric.name());
      else
        return std::string(metric.name);
    }
    void add(const Tensor<float>& p, const IndexTensor& y) override { try_add(p, y); }
    void add(const Tensor<double>& p, const IndexTensor& y) override { try_add(p, y); }
    void add(const Tensor<float>& p, const Tensor<float>& y) override { try_add(p, y); }
    void add(const Tensor<double>& p, const Tensor<double>& y) override { try_add(p, y); }
    double value() const override { return static_cast<double>(metric.value()); }
    void reset() override { metric.reset(); }
    void archive(optim::Archive& archive) override {
      if constexpr (optim::Archivable<M>) metric.archive(archive);
    }

    template <class P, class Y>
    void try_add(const P& p, const Y& y) {
      if constexpr (requires { metric.add(p, y); })
        metric.add(p, y);
      else
        refuse(name(), std::is_same_v<Y, IndexTensor>);
    }

    M metric;
  };

  std::unique_ptr<Base> held_;
};

}  // namespace thalweg::nn
