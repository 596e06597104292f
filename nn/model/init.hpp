#pragma once
/// Values for parameters to start from.
///
///     Parameter<float> weight(nn::init::he_normal<float>({128, 784}, random));
///
/// Shapes are those of weights: [out, in], or [out, in, …] with a window, whose size multiplies
/// both fan_in = in and fan_out = out. All throw ShapeError for a fan of a shape of rank below 2.

#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/tensor/tensor.hpp"

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

/// What an activation function does to the scale of signals, and the factor that undoes it.
enum class Activation { linear, sigmoid, tanh, relu, leaky_relu, selu };
/// As PyTorch has them: 1 for linear and sigmoid, 5/3 for tanh, √2 for relu, √(2 / (1 + slope²))
/// for leaky_relu, 3/4 for selu.
///
///     nn::init::glorot_uniform<float>({128, 784}, random,
///                                     nn::init::gain(nn::init::Activation::tanh));
double gain(Activation activation, double slope = 0.01);

/// Variance gain² · 2 / (fan_in + fan_out): keeps that of signals and gradients level through tanh
/// and other functions of slope 1 at 0. Uniform on ±gain √(6 / (fan_in + fan_out)).
/// Source: X. Glorot and Y. Bengio, AISTATS 2010.
template <class Real>
Tensor<Real> glorot_uniform(const Shape& shape, Random& random, double gain = 1);
template <class Real>
Tensor<Real> glorot_normal(const Shape& shape, Random& random, double gain = 1);

/// Variance gain² / fan_in: the same for relu, which halves the second moment; its gain is √2.
/// Source: K. He et al., "Delving Deep into Rectifiers", ICCV 2015.
template <class Real>
Tensor<Real> he_uniform(const Shape& shape, Random& random, double gain = 1.4142135623730951);
template <class Real>
Tensor<Real> he_normal(const Shape& shape, Random& random, double gain = 1.4142135623730951);

/// Normal with this mean and standard deviation as far as it lies in [lo, hi].
///
///     nn::init::truncated_normal<float>({768, 768}, 0, 0.02, -0.04, 0.04, random);
///
/// Within ±2 σ the variance is 0.774 σ². By drawing again: ValueError unless the interval has at
/// least a hundredth of the probability.
template <class Real>
Tensor<Real> truncated_normal(const Shape& shape, double mean, double stddev, double lo, double hi,
                              Random& random);

/// gain times a matrix [out, in · window] with orthonormal rows or, where it has more rows than
/// columns, columns; all such matrices alike. Signals keep their length through any number of
/// linear layers. Source: A. Saxe, J. McClelland, S. Ganguli, ICLR 2014.
template <class Real>
Tensor<Real> orthogonal(const Shape& shape, Random& random, double gain = 1);

/// Normal with mean 0, but for ⌈sparsity · out⌉ elements of each column, which are 0; a matrix
/// [out, in]. ValueError unless 0 ≤ sparsity ≤ 1. Source: J. Martens, ICML 2010.
template <class Real>
Tensor<Real> sparse(const Shape& shape, double sparsity, double stddev, Random& random);

}  // namespace thalweg::nn::init
