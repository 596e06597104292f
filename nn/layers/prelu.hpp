#pragma once
/// A relu whose slope is learned.

#include "thalweg/autodiff/ops/views.hpp"
#include "thalweg/nn/model/module.hpp"

namespace thalweg {

namespace op {
/// y = x for x > 0, otherwise w x.     ∂y/∂x = 1 for x > 0, otherwise w;  ∂y/∂w = min(x, 0).
struct Prelu {
  static constexpr auto name = "prelu";
  template <class T>
  static T value(const T& x, const T& w) {
    return select(x > T(0), x, w * x);
  }
  template <class T>
  static Slopes<T, 2> slopes(Input<T> x, Input<T> w) {
    return {select(x > T(0), T(1), T(w)), select(x > T(0), T(0), T(x))};
  }
};
}  // namespace op

namespace nn {

/// y = x for x > 0, otherwise w x, with one w or one per channel.
///
///     nn::PReLU<float> activation{64};
///
///     x, y [n, c, …]    weight [1] or [c], at first 0.25
///
/// Source: K. He et al., "Delving Deep into Rectifiers", ICCV 2015.
template <class RealType>
struct PReLU {
  using Real = RealType;

  /// Throws ValueError for less than one weight.
  explicit PReLU(Index weights = 1, double start = 0.25);

  /// Throws ShapeError unless there is one weight or as many as x has channels.
  template <RealTensorLike X>
  Tensor<Real> operator()(X&& x, Location where = Location::current()) const {
    const Tensor<Real> given = as_tensor(std::forward<X>(x), where);
    return Tensor<Real>(
        apply(op::Prelu{}, given, reshape(weight, along_channels(given.shape()), where)), where);
  }

  Parameter<Real> weight;

  static constexpr auto fields = named("weight", &PReLU::weight);

 private:
  Shape along_channels(const Shape& x) const;
};

#define THALWEG_DECLARE(Real) extern template struct PReLU<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace nn
}  // namespace thalweg
