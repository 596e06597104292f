#pragma once
/// The affine map.

#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/ops/matmul.hpp"
#include "thalweg/nn/model/module.hpp"

namespace thalweg::nn {

/// Affine map y = x Wᵀ + b.
///
///     x [batch, in]    W [out, in]    b [out]    y [batch, out]
///
///     nn::Linear<float> hidden{64, 32, random};
///     Tensor y = relu(hidden(x));
///
/// W is stored as PyTorch stores it, so that weights can be exchanged. W and b start uniform on
/// (−k, k), k = 1/√in. Cost: 2 · batch · in · out flops forward, twice that backward.
template <class RealType>
struct Linear {
  using Real = RealType;

  /// Throws ValueError unless both sizes are at least 1.
  Linear(Index in, Index out, Random& random);
  /// From given values. Throws ShapeError unless they are [out, in] and [out].
  Linear(Tensor<Real> weight, Tensor<Real> bias);

  /// An expression: relu(layer(x)) adds the bias and clips in one pass. x [in] and x […, in] will
  /// do too. Throws ShapeError if the last size of x is not `in`.
  template <TensorLike X>
  auto operator()(X&& x, Location where = Location::current()) const {
    return linear(std::forward<X>(x), weight, bias, where);
  }

  Index in() const { return weight.shape()[1]; }
  Index out() const { return weight.shape()[0]; }

  Parameter<Real> weight;
  Parameter<Real> bias;

  static constexpr auto fields = named("weight", &Linear::weight, "bias", &Linear::bias);
};

#define THALWEG_DECLARE(Real) extern template struct Linear<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace thalweg::nn
