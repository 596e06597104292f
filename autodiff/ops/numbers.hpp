#pragma once
/// Floating-point numbers as an argument that has no gradient: weights, scores to be measured.

#include "thalweg/autodiff/ops/operand.hpp"

namespace thalweg {

namespace detail {
/// x without its tape; shared if it has the type wanted, else copied.
template <class To, class Real>
Tensor<To> converted(const Tensor<Real>& x);

template <class X>
concept NumbersLike =
    RealTensorLike<X> || std::is_same_v<std::remove_cvref_t<X>, std::vector<double>>;
}  // namespace detail

/// A tensor, parameter or expression of float or double, or a vector, seen as double and without
/// its tape. Numbers in double are shared, others are copied: what takes them is compiled once.
class Numbers {
 public:
  Numbers() = default;
  template <RealTensorLike X>
  Numbers(X&& x) : tensor_(detail::converted<double>(as_tensor(std::forward<X>(x)))) {}
  Numbers(const std::vector<double>& x) : tensor_(x) {}

  const Tensor<double>& tensor() const { return tensor_; }
  const Shape& shape() const { return tensor_.shape(); }
  Index size() const { return tensor_.size(); }
  std::span<const double> values() const { return tensor_.values(); }
  template <class Real>
  Tensor<Real> as() const {
    return detail::converted<Real>(tensor_);
  }

 private:
  Tensor<double> tensor_;
};

/// Numbers of an option, which may be left out: {.class_weights = {1, 1, 4}}.
class Weights : public Numbers {
 public:
  Weights() = default;
  Weights(std::initializer_list<double> list) : Numbers(std::vector<double>(list)) {}
  template <detail::NumbersLike X>
  Weights(X&& x) : Numbers(std::forward<X>(x)) {}

  bool given() const { return tensor().body() != nullptr; }
};

}  // namespace thalweg
