#pragma once
/// Tensors to begin with.
///
///     Tensor x = zeros({2, 3});                      // double
///     Tensor<float> w = normal<float>({784, 10}, random, 0, 0.01);
///     Tensor t = linspace(0, 1, 11);
///
/// The number type is double unless named: float, double or Index (whole numbers).

#include "thalweg/autodiff/tensor/tensor.hpp"

namespace thalweg {

class Random;

template <class Real = double>
Tensor<Real> full(const Shape& shape, std::type_identity_t<Real> value);
template <class Real = double>
Tensor<Real> zeros(const Shape& shape) {
  return full<Real>(shape, Real(0));
}
template <class Real = double>
Tensor<Real> ones(const Shape& shape) {
  return full<Real>(shape, Real(1));
}

/// Of x's shape and number type.
template <TensorLike X>
auto full_like(const X& x, typename X::Real value) {
  return full<typename X::Real>(x.shape(), value);
}
template <TensorLike X>
auto zeros_like(const X& x) {
  return full_like(x, 0);
}
template <TensorLike X>
auto ones_like(const X& x) {
  return full_like(x, 1);
}

/// Ones on the diagonal, zeros elsewhere; n × n, or rows × columns.
template <class Real = double>
Tensor<Real> eye(Index rows, Index columns);
template <class Real = double>
Tensor<Real> eye(Index n) {
  return eye<Real>(n, n);
}

/// begin, begin + step, …, all before end: ⌈(end − begin) / step⌉ numbers, or none.
/// Throws ValueError for a step of 0 or numbers that are not finite.
template <class Real = double>
Tensor<Real> arange(std::type_identity_t<Real> begin, std::type_identity_t<Real> end,
                    std::type_identity_t<Real> step = 1);
/// 0, 1, …, end − 1.
template <class Real = double>
Tensor<Real> arange(std::type_identity_t<Real> end) {
  return arange<Real>(Real(0), end, Real(1));
}

/// `count` numbers at equal distances, both ends among them. Throws ValueError for count < 0.
template <class Real = double>
Tensor<Real> linspace(std::type_identity_t<Real> begin, std::type_identity_t<Real> end,
                      Index count);

/// Independent numbers, uniform on [lo, hi) or normal, drawn in row-major order. ValueError unless
/// lo < hi, or 0 ≤ stddev, all finite.
template <class Real = double>
Tensor<Real> uniform(const Shape& shape, Random& random, std::type_identity_t<Real> lo = 0,
                     std::type_identity_t<Real> hi = 1);
template <class Real = double>
Tensor<Real> normal(const Shape& shape, Random& random, std::type_identity_t<Real> mean = 0,
                    std::type_identity_t<Real> stddev = 1);

}  // namespace thalweg
