#include "nn/init.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "autodiff/error.hpp"

namespace thalweg::nn::init {
namespace {

struct Fans {
  double in, out;
};

Fans fans(const Shape& shape) {
  if (shape.rank() < 2)
    throw ShapeError(fmt::format(
        "init: shape {} has no fan; a weight is [out, in] or [out, in, window...]", shape));
  const double window = static_cast<double>(shape.size_after(1));
  return {static_cast<double>(shape[1]) * window, static_cast<double>(shape[0]) * window};
}

/// Uniform on ±k; nothing to draw where there are no elements (and k may be infinite).
template <class Real>
Tensor<Real> symmetric(const Shape& shape, double k, Random& random) {
  return shape.size() == 0 ? Tensor<Real>::uninitialised(shape)
                           : uniform<Real>(shape, -k, k, random);
}

template <class Real>
Tensor<Real> centred(const Shape& shape, double stddev, Random& random) {
  return shape.size() == 0 ? Tensor<Real>::uninitialised(shape)
                           : normal<Real>(shape, 0, stddev, random);
}

}  // namespace

template <class Real>
Tensor<Real> uniform(const Shape& shape, double lo, double hi, Random& random) {
  Tensor<Real> values = Tensor<Real>::uninitialised(shape);
  random.fill_uniform(values.mutable_values(), static_cast<Real>(lo), static_cast<Real>(hi));
  return values;
}

template <class Real>
Tensor<Real> normal(const Shape& shape, double mean, double stddev, Random& random) {
  Tensor<Real> values = Tensor<Real>::uninitialised(shape);
  random.fill_normal(values.mutable_values(), static_cast<Real>(mean), static_cast<Real>(stddev));
  return values;
}

template <class Real>
Tensor<Real> constant(const Shape& shape, double value) {
  Tensor<Real> values = Tensor<Real>::uninitialised(shape);
  std::ranges::fill(values.mutable_values(), static_cast<Real>(value));
  return values;
}

template <class Real>
Tensor<Real> fan_in_uniform(const Shape& shape, Random& random) {
  return symmetric<Real>(shape, 1 / std::sqrt(fans(shape).in), random);
}

template <class Real>
Tensor<Real> glorot_uniform(const Shape& shape, Random& random) {
  const auto [in, out] = fans(shape);
  return symmetric<Real>(shape, std::sqrt(6 / (in + out)), random);
}

template <class Real>
Tensor<Real> glorot_normal(const Shape& shape, Random& random) {
  const auto [in, out] = fans(shape);
  return centred<Real>(shape, std::sqrt(2 / (in + out)), random);
}

template <class Real>
Tensor<Real> he_uniform(const Shape& shape, Random& random) {
  return symmetric<Real>(shape, std::sqrt(6 / fans(shape).in), random);
}

template <class Real>
Tensor<Real> he_normal(const Shape& shape, Random& random) {
  return centred<Real>(shape, std::sqrt(2 / fans(shape).in), random);
}

template Tensor<float> uniform(const Shape&, double, double, Random&);
template Tensor<double> uniform(const Shape&, double, double, Random&);
template Tensor<float> normal(const Shape&, double, double, Random&);
template Tensor<double> normal(const Shape&, double, double, Random&);
template Tensor<float> constant(const Shape&, double);
template Tensor<double> constant(const Shape&, double);
template Tensor<float> fan_in_uniform(const Shape&, Random&);
template Tensor<double> fan_in_uniform(const Shape&, Random&);
template Tensor<float> glorot_uniform(const Shape&, Random&);
template Tensor<double> glorot_uniform(const Shape&, Random&);
template Tensor<float> glorot_normal(const Shape&, Random&);
template Tensor<double> glorot_normal(const Shape&, Random&);
template Tensor<float> he_uniform(const Shape&, Random&);
template Tensor<double> he_uniform(const Shape&, Random&);
template Tensor<float> he_normal(const Shape&, Random&);
template Tensor<double> he_normal(const Shape&, Random&);

}  // namespace thalweg::nn::init
