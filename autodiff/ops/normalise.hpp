#pragma once
/// Normalisation: batch_norm, layer_norm, rms_norm, group_norm, instance_norm.
///
///     y = x̂ w + b,     x̂ = (x − m) r,     r = 1 / √(v + ε)
///
/// with m and v the mean and the variance (the mean square distance) of a set of N elements, over
/// which ops differ, and w and b one number per channel or element. Backward, with g = ȳ w and
/// means over the same set,
///
///     x̄ = r (g − mean g − x̂ mean(g x̂)),     w̄ = Σ ȳ x̂,     b̄ = Σ ȳ.
///
/// Each op is one record and keeps x, one m and one r per set. Variances are of distances from the
/// mean, never E x² − m²: equal elements give x̂ = 0, large offsets cost no more digits than they
/// must. A NaN or an infinity makes its set NaN. Without w and b they are ones and zeros; an empty
/// tensor stands for that, too. ShapeError where shapes do not fit; ValueError unless ε ≥ 0.

#include "thalweg/autodiff/ops/operand.hpp"

namespace thalweg {

/// A batch, normalised, and the mean and variance of its channels, which are off the tape.
template <class Real>
struct NormalisedBatch {
  Tensor<Real> y;
  Tensor<Real> mean;      ///< [c]
  Tensor<Real> variance;  ///< [c], the mean square distance: not yet times N / (N − 1)
};

namespace detail {

template <class X>
using RealTensor = Tensor<typename std::remove_cvref_t<X>::Real>;

template <class Real>
NormalisedBatch<Real> batch_norm(const Tensor<Real>& x, const Tensor<Real>& weight,
                                 const Tensor<Real>& bias, double epsilon, Location where);
template <class Real>
Tensor<Real> batch_norm_with(const Tensor<Real>& x, const Tensor<Real>& mean,
                             const Tensor<Real>& variance, const Tensor<Real>& weight,
                             const Tensor<Real>& bias, double epsilon, Location where);
template <class Real>
Tensor<Real> row_norm(const char* op, bool centred, const Tensor<Real>& x, const Shape& normalised,
                      const Tensor<Real>& weight, const Tensor<Real>& bias, double epsilon,
                      Location where);
template <class Real>
Tensor<Real> group_norm(const char* op, const Tensor<Real>& x, Index groups,
                        const Tensor<Real>& weight, const Tensor<Real>& bias, double epsilon,
                        Location where);

}  // namespace detail

/// Per channel, over the batch and all positions: training.
///
///     x [n, c] or [n, c, …]    weight, bias [c]    N = size(x) / c ≥ 2
///
///     auto [y, mean, variance] = batch_norm(x, weight, bias);
///
/// Source: S. Ioffe and C. Szegedy, "Batch Normalization", ICML 2015.
template <RealTensorLike X>
auto batch_norm(X&& x, const detail::RealTensor<X>& weight = {},
                const detail::RealTensor<X>& bias = {}, double epsilon = 1e-5,
                Location where = Location::current()) {
  return detail::batch_norm(as_tensor(std::forward<X>(x), where), weight, bias, epsilon, where);
}

/// Per channel, with a mean and a variance [c] that are given and have no gradient: evaluation.
///
///     x̄ = r ȳ w
template <RealTensorLike X>
auto batch_norm_with(X&& x, const detail::RealTensor<X>& mean,
                     const detail::RealTensor<X>& variance,
                     const detail::RealTensor<X>& weight = {},
                     const detail::RealTensor<X>& bias = {}, double epsilon = 1e-5,
                     Location where = Location::current()) {
  return detail::batch_norm_with(as_tensor(std::forward<X>(x), where), mean, variance, weight, bias,
                                 epsilon, where);
}

/// Over the last axes, those of `normalised`.
///
///     x [batch…, normalised…]    weight, bias [normalised…]
///
///     layer_norm(x, {64}, weight, bias);     // x [batch, time, 64]
///
/// Source: J. Ba, J. Kiros, G. Hinton, "Layer Normalization", 2016.
template <RealTensorLike X>
auto layer_norm(X&& x, const Shape& normalised, const detail::RealTensor<X>& weight = {},
                const detail::RealTensor<X>& bias = {}, double epsilon = 1e-5,
                Location where = Location::current()) {
  return detail::row_norm("layer_norm", true, as_tensor(std::forward<X>(x), where), normalised,
                          weight, bias, epsilon, where);
}

/// The same without mean: x̂ = x r, r = 1 / √(mean x² + ε);  x̄ = r (g − x̂ mean(g x̂)).
/// Source: B. Zhang and R. Sennrich, "Root Mean Square Layer Normalization", NeurIPS 2019.
template <RealTensorLike X>
auto rms_norm(X&& x, const Shape& normalised, const detail::RealTensor<X>& weight = {},
              double epsilon = 1e-6, Location where = Location::current()) {
  return detail::row_norm("rms_norm", false, as_tensor(std::forward<X>(x), where), normalised,
                          weight, detail::RealTensor<X>(), epsilon, where);
}

/// Per example, over groups of c / groups channels and all positions.
///
///     x [n, c, …]    weight, bias [c]
///
/// Source: Y. Wu and K. He, "Group Normalization", ECCV 2018.
template <RealTensorLike X>
auto group_norm(X&& x, Index groups, const detail::RealTensor<X>& weight = {},
                const detail::RealTensor<X>& bias = {}, double epsilon = 1e-5,
                Location where = Location::current()) {
  return detail::group_norm("group_norm", as_tensor(std::forward<X>(x), where), groups, weight,
                            bias, epsilon, where);
}

/// Per example and channel: groups of one channel.     x [n, c, …], weight and bias [c]
/// Source: D. Ulyanov, A. Vedaldi, V. Lempitsky, "Instance Normalization", 2016.
template <RealTensorLike X>
auto instance_norm(X&& x, const detail::RealTensor<X>& weight = {},
                   const detail::RealTensor<X>& bias = {}, double epsilon = 1e-5,
                   Location where = Location::current()) {
  const detail::RealTensor<X> given = as_tensor(std::forward<X>(x), where);
  const Index channels = given.rank() < 2 ? 1 : given.size(1);
  return detail::group_norm("instance_norm", given, channels, weight, bias, epsilon, where);
}

}  // namespace thalweg
