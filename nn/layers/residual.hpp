#pragma once
/// A layer beside which its input passes unchanged.

#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/operand.hpp"
#include "thalweg/nn/model/module.hpp"

namespace thalweg::nn {

namespace detail {
template <class X>
using TensorOf = Tensor<typename std::remove_cvref_t<X>::Real>;
/// What a layer takes, as a tensor, without a mode.
template <class X, class Layer>
concept TensorFor = RealTensorLike<X> && requires(const Layer& layer, const TensorOf<X>& x) {
  layer(x);
};
}  // namespace detail

/// y = x + f(x): the adjoint of y reaches x whatever f does to it.
///
///     nn::Residual block{nn::Sequential{nn::LayerNorm<float>{64},
///                                       nn::Linear<float>{64, 64, random}, nn::GELU{}}};
///
/// f keeps the shape, or makes one that broadcasts with it. The parameters of f are named
/// "inner.…". Source: K. He et al., "Deep Residual Learning for Image Recognition", CVPR 2016.
template <class Layer>
struct Residual {
  Layer inner;

  template <RealTensorLike X>
  auto operator()(X&& x, Mode mode) const {
    using Real = typename std::remove_cvref_t<X>::Real;
    const Tensor<Real> given = as_tensor(std::forward<X>(x));
    return given + call(inner, given, mode);
  }
  /// Where f takes no mode.
  template <detail::TensorFor<Layer> X>
  auto operator()(X&& x) const {
    return (*this)(std::forward<X>(x), evaluation);
  }
};
template <class Layer>
Residual(Layer) -> Residual<Layer>;

}  // namespace thalweg::nn
