#pragma once
/// Floating-point numbers as an argument of a metric.

#include "autodiff/ops/indices.hpp"
#include "autodiff/ops/operand.hpp"

namespace thalweg::nn {

namespace detail {
template <class Real>
Tensor<double> widened(const Tensor<Real>& x);
}

/// A tensor, parameter or expression of float or double, seen as double and without its tape.
/// Numbers in double are shared, those in float are copied: every metric is compiled once, and adds
/// up in double whatever the model computes in.
class Numbers {
 public:
  template <RealTensorLike X>
  Numbers(X&& x) : tensor_(detail::widened(as_tensor(std::forward<X>(x)))) {}

  const Tensor<double>& tensor() const { return tensor_; }
  const Shape& shape() const { return tensor_.shape(); }
  Index size() const { return tensor_.size(); }
  std::span<const double> values() const { return tensor_.values(); }

 private:
  Tensor<double> tensor_;
};

}  // namespace thalweg::nn
