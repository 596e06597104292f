#pragma once
/// Root mean square normalisation.

#include "thalweg/autodiff/ops/normalise.hpp"
#include "thalweg/nn/model/module.hpp"

namespace thalweg::nn {

struct RMSNormOptions {
  double epsilon = 1e-6;  ///< PyTorch's default is the rounding unit of the number type
};

/// y = x w / √(mean x² + ε), over the last axes.
///
///     nn::RMSNorm<float> norm{64};                  // over the last axis, or {Shape{8, 8}}
///
///     x, y [batch…, shape…]    weight [shape…], at first ones
template <class RealType>
class RMSNorm {
 public:
  using Real = RealType;

  /// Throws ValueError unless all sizes are at least 1 and ε ≥ 0.
  explicit RMSNorm(const Shape& shape, const RMSNormOptions& options = {});
  explicit RMSNorm(Index size, const RMSNormOptions& options = {})
      : RMSNorm(Shape{size}, options) {}
  explicit RMSNorm(Tensor<Real> weight, const RMSNormOptions& options = {});

  /// Throws ShapeError unless the last sizes of x are those of the weight.
  template <RealTensorLike X>
  Tensor<Real> operator()(X&& x, Location where = Location::current()) const {
    return rms_norm(std::forward<X>(x), weight.shape(), weight, options_.epsilon, where);
  }

  const RMSNormOptions& options() const { return options_; }

  Parameter<Real> weight;

  static constexpr auto fields = named("weight", &RMSNorm::weight);

 private:
  RMSNormOptions options_;
};

#define THALWEG_DECLARE(Real) extern template class RMSNorm<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace thalweg::nn
