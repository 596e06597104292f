#include "thalweg/nn/model/init.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/kernels/orthonormal.hpp"

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
Tensor<Real> glorot_uniform(const Shape& shape, Random& random, double gain) {
  const auto [in, out] = fans(shape);
  return symmetric<Real>(shape, gain * std::sqrt(6 / (in + out)), random);
}

template <class Real>
Tensor<Real> glorot_normal(const Shape& shape, Random& random, double gain) {
  const auto [in, out] = fans(shape);
  return centred<Real>(shape, gain * std::sqrt(2 / (in + out)), random);
}

template <class Real>
Tensor<Real> he_uniform(const Shape& shape, Random& random, double gain) {
  return symmetric<Real>(shape, gain * std::sqrt(3 / fans(shape).in), random);
}

template <class Real>
Tensor<Real> he_normal(const Shape& shape, Random& random, double gain) {
  return centred<Real>(shape, gain / std::sqrt(fans(shape).in), random);
}

double gain(Activation activation, double slope) {
  switch (activation) {
    case Activation::tanh:
      return 5.0 / 3;
    case Activation::relu:
      return std::sqrt(2.0);
    case Activation::leaky_relu:
      return std::sqrt(2 / (1 + slope * slope));
    case Activation::selu:
      return 0.75;
    case Activation::linear:
    case Activation::sigmoid:
      break;
  }
  return 1;
}

template <class Real>
Tensor<Real> truncated_normal(const Shape& shape, double mean, double stddev, double lo, double hi,
                              Random& random) {
  // Φ((hi − mean) / σ) − Φ((lo − mean) / σ)
  const double root = stddev * std::sqrt(2.0);
  const double inside = (std::erf((hi - mean) / root) - std::erf((lo - mean) / root)) / 2;
  if (!(stddev > 0) || !(inside >= 0.01))
    throw ValueError(fmt::format(
        "init: between {} and {} lies {:.3g} of the normal distribution with mean {} and standard "
        "deviation {}; expected at least 0.01",
        lo, hi, inside, mean, stddev));
  Tensor<Real> values = Tensor<Real>::uninitialised(shape);
  const Real low = static_cast<Real>(lo), high = static_cast<Real>(hi);
  for (Real& value : values.mutable_values()) {
    double draw = mean + stddev * random.normal();
    while (draw < lo || draw > hi) draw = mean + stddev * random.normal();
    value = std::clamp(static_cast<Real>(draw), low, high);
  }
  return values;
}

template <class Real>
Tensor<Real> orthogonal(const Shape& shape, Random& random, double gain) {
  fans(shape);
  const Index rows = shape[0], columns = shape.size_after(0);
  const Index few = std::min(rows, columns), many = std::max(rows, columns);
  const Tensor<double> q = normal<double>({few, many}, 0, 1, random);
  kernels::orthonormal_rows(few, many, q.unshared_data());
  Tensor<Real> values = Tensor<Real>::uninitialised(shape);
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < columns; ++j)
      values.unshared_data()[i * columns + j] =
          static_cast<Real>(gain * q.data()[rows <= columns ? i * many + j : j * many + i]);
  return values;
}

template <class Real>
Tensor<Real> sparse(const Shape& shape, double sparsity, double stddev, Random& random) {
  if (shape.rank() != 2)
    throw ShapeError(fmt::format("init: shape {}; sparse makes matrices [out, in]", shape));
  if (!(sparsity >= 0 && sparsity <= 1))
    throw ValueError(fmt::format("init: sparsity is {}; expected 0 to 1", sparsity));
  Tensor<Real> values = normal<Real>(shape, 0, stddev, random);
  const auto zeros = static_cast<std::size_t>(std::ceil(sparsity * static_cast<double>(shape[0])));
  for (Index column = 0; column < shape[1]; ++column) {
    const auto order = random.permutation(shape[0]);
    for (std::size_t k = 0; k < zeros; ++k)
      values.unshared_data()[order[k] * shape[1] + column] = 0;
  }
  return values;
}

#define THALWEG_INSTANTIATE(Real)                                                                \
  template Tensor<Real> uniform(const Shape&, double, double, Random&);                          \
  template Tensor<Real> normal(const Shape&, double, double, Random&);                           \
  template Tensor<Real> constant(const Shape&, double);                                          \
  template Tensor<Real> fan_in_uniform(const Shape&, Random&);                                   \
  template Tensor<Real> glorot_uniform(const Shape&, Random&, double);                           \
  template Tensor<Real> glorot_normal(const Shape&, Random&, double);                            \
  template Tensor<Real> he_uniform(const Shape&, Random&, double);                               \
  template Tensor<Real> he_normal(const Shape&, Random&, double);                                \
  template Tensor<Real> truncated_normal(const Shape&, double, double, double, double, Random&); \
  template Tensor<Real> orthogonal(const Shape&, Random&, double);                               \
  template Tensor<Real> sparse(const Shape&, double, double, Random&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn::init
