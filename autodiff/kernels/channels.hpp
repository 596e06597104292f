#pragma once
/// Passes over channels: what batch and group normalisation are made of.
///
/// Channel c of x [before, channels, after], an AxisView, is made of `before` runs of `after`
/// neighbouring numbers. Where after = 1 the rows of x are channels side by side: [batch,
/// channels], or images stored with their channels last. Sums are formed block by block, and over
/// the blocks in their order: they do not depend on the number of threads.

#include <vector>

#include "thalweg/autodiff/kernels/axis_view.hpp"
#include "thalweg/autodiff/kernels/moments.hpp"

namespace thalweg::kernels {

/// The moments of each channel.
template <class Real>
std::vector<Moments> channel_moments(const AxisView& v, const Real* x);

/// y = (x − mean_c) scale_c + bias_c.
template <class Real>
void shift_and_scale(const AxisView& v, const Real* x, const Real* mean, const Real* scale,
                     const Real* bias, Real* y);

/// Of one channel.
struct ChannelSums {
  double dy = 0;    ///< Σ ȳ
  double dy_x = 0;  ///< Σ ȳ (x − mean_c)
};
template <class Real>
std::vector<ChannelSums> channel_sums(const AxisView& v, const Real* x, const Real* mean,
                                      const Real* dy);

/// Factors of one channel each.
template <class Real>
struct ChannelFactors {
  std::vector<Real> of_dy, of_x, constant;
  explicit ChannelFactors(Index channels) : of_dy(channels), of_x(of_dy), constant(of_dy) {}
};
/// x̄ (+)= of_dy_c ȳ + of_x_c (x − mean_c) + constant_c.
template <class Real>
void combine(const AxisView& v, const Real* x, const Real* mean, const Real* dy,
             const ChannelFactors<Real>& factors, bool accumulate, Real* dx);

}  // namespace thalweg::kernels
