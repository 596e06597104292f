#pragma once
/// Values for parameters to start from.
///
///     Parameter<float> weight(nn::init::he_normal<float>({128, 784}, random));
///
/// Shapes are those of weights: [out, in], or [out, in, …] with a window, whose size multiplies
/// both fan_in = in and fan_out = out. All throw ShapeError for a fan of a shape of rank below 2.

#include "autodiff/random.hpp"
#include "autodiff/tensor.hpp"

namespace thalweg::nn::init {

/// Uniform on [lo, hi).
template <class Real>
Tensor<Real> uniform(const Shape& shape, double lo, double hi, Random& random);

/// Normal with this mean and standard deviation.
template <class Real>
Tensor<Real> normal(const Shape& shape, double mean, double stddev, Random& random);

/// All elements equal.
template <class Real>
Tensor<Real> constant(const Shape& shape, double value);

/// Uniform on (−k, k), k = 1 / √fan_in: variance 1 / (3 fan_in).
/// Source: Y. LeCun et al., "Efficient BackProp", 1998, asks for variance 1 / fan_in; this is the
/// narrower one that Torch made customary for Linear.
template <class Real>
Tensor<Real> fan_in_uniform(const Shape& shape, Random& random);

/// Variance 2 / (fan_in + fan_out): keeps that of signals and gradients level through tanh and
/// other functions of slope 1 at 0. Uniform on ±√(6 / (fan_in + fan_out)).
/// Source: X. Glorot and Y. Bengio, AISTATS 2010.
template <class Real>
Tensor<Real> glorot_uniform(const Shape& shape, Random& random);
template <class Real>
Tensor<Real> glorot_normal(const Shape& shape, Random& random);

/// Variance 2 / fan_in: the same for relu, which halves the second moment.
/// Source: K. He et al., "Delving Deep into Rectifiers", ICCV 2015.
template <class Real>
Tensor<Real> he_uniform(const Shape& shape, Random& random);
template <class Real>
Tensor<Real> he_normal(const Shape& shape, Random& random);

}  // namespace thalweg::nn::init
