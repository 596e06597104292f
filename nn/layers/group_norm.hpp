#pragma once
/// Group normalisation.

#include "thalweg/autodiff/ops/normalise.hpp"
#include "thalweg/nn/model/module.hpp"

namespace thalweg::nn {

struct GroupNormOptions {
  double epsilon = 1e-5;
};

/// Each group of channels of each example gets mean 0 and variance 1, then weight and bias;
/// formulas in autodiff/ops/normalise.hpp. What a batch's other examples are does not matter.
///
///     nn::GroupNorm<float> norm{8, 64};             // 8 groups of 8 channels
///
///     x, y [n, c, …]    weight, bias [c], at first ones and zeros
///
/// One group: LayerNorm without positions of its own; c groups: instance normalisation.
template <class RealType>
class GroupNorm {
 public:
  using Real = RealType;

  /// Throws ValueError unless the groups divide the channels, at least 1 of each, and ε ≥ 0.
  GroupNorm(Index groups, Index channels, const GroupNormOptions& options = {});
  /// From given values. Throws ShapeError unless both are [c].
  GroupNorm(Index groups, Tensor<Real> weight, Tensor<Real> bias,
            const GroupNormOptions& options = {});

  /// Throws ShapeError unless x is [n, c, …].
  template <RealTensorLike X>
  Tensor<Real> operator()(X&& x, Location where = Location::current()) const {
    return group_norm(std::forward<X>(x), groups_, weight, bias, options_.epsilon, where);
  }

  Index groups() const { return groups_; }
  Index channels() const { return weight.size(); }
  const GroupNormOptions& options() const { return options_; }

  Parameter<Real> weight;
  Parameter<Real> bias;

  static constexpr auto fields = named("weight", &GroupNorm::weight, "bias", &GroupNorm::bias);

 private:
  Index groups_;
  GroupNormOptions options_;
};

#define THALWEG_DECLARE(Real) extern template class GroupNorm<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace thalweg::nn
