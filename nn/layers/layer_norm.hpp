#pragma once
/// Layer normalisation.

#include "thalweg/autodiff/ops/normalise.hpp"
#include "thalweg/nn/model/module.hpp"

namespace thalweg::nn {

struct LayerNormOptions {
  double epsilon = 1e-5;
  bool affine = true;  ///< has a weight
  bool bias = true;    ///< and a bias
};

/// Each row gets mean 0 and variance 1, then weight and bias; formulas in
/// autodiff/ops/normalise.hpp.
///
///     nn::LayerNorm<float> norm{64};                // over the last axis, or {Shape{8, 8}}
///     Tensor y = norm(x);
///
///     x, y [batch…, shape…]    weight, bias [shape…], at first ones and zeros
template <class RealType>
class LayerNorm {
 public:
  using Real = RealType;

  /// Throws ValueError unless all sizes are at least 1 and ε ≥ 0.
  explicit LayerNorm(const Shape& shape, const LayerNormOptions& options = {});
  explicit LayerNorm(Index size, const LayerNormOptions& options = {})
      : LayerNorm(Shape{size}, options) {}
  /// From given values. Throws ShapeError unless their shapes agree.
  LayerNorm(Tensor<Real> weight, Tensor<Real> bias, const LayerNormOptions& options = {});

  /// Throws ShapeError unless the last sizes of x are the shape.
  template <RealTensorLike X>
  Tensor<Real> operator()(X&& x, Location where = Location::current()) const {
    const bool biased = options_.affine && options_.bias;
    return layer_norm(std::forward<X>(x), shape_, given(weight, options_.affine),
                      given(bias, biased), options_.epsilon, where);
  }

  const Shape& shape() const { return shape_; }
  const LayerNormOptions& options() const { return options_; }

  Parameter<Real> weight;
  Parameter<Real> bias;

  template <class Self, class F>
  static void visit_parts(Self& self, F&& f) {
    if (self.options_.affine) f("weight", self.weight);
    if (self.options_.affine && self.options_.bias) f("bias", self.bias);
  }

 private:
  static Tensor<Real> given(const Parameter<Real>& parameter, bool present) {
    return present ? Tensor<Real>(parameter) : Tensor<Real>();
  }

  Shape shape_;
  LayerNormOptions options_;
};

#define THALWEG_DECLARE(Real) extern template class LayerNorm<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace thalweg::nn
