// batch_norm and group_norm: both normalise channels, with statistics from different sets.

#include <cmath>

#include "thalweg/autodiff/kernels/channels.hpp"
#include "thalweg/autodiff/ops/normalise.hpp"
#include "thalweg/autodiff/ops/normalise_detail.hpp"
#include "thalweg/autodiff/tensor/channels_last.hpp"

namespace thalweg::detail {
namespace {

using kernels::AxisView;
using kernels::ChannelFactors;
using kernels::ChannelSums;
using kernels::Moments;

double reciprocal_root(double variance, double epsilon) {
  return 1 / std::sqrt(variance + epsilon);
}

/// Element c of a weight or bias.
template <class Real>
double affine_at(const Tensor<Real>& affine, Index c, double otherwise) {
  return affine.size() > 0 ? double(affine.data()[c]) : otherwise;
}

/// Adds f(c) to element c of an adjoint, or stores it.
template <class Real, class F>
void put_each(const Target<Real>& to, Index channels, F&& f) {
  if (to)
    for (Index c = 0; c < channels; ++c)
      to.data[c] = static_cast<Real>((to.accumulate ? double(to.data[c]) : 0) + f(c));
}

void expect_channels(const char* op, const Shape& x) {
  if (x.rank() >= 2) return;
  throw ShapeError(fmt::format("{}: x has shape {}; expected [n, channels, ...]", op, x));
}

/// Where the channels of x lie. Images that are held channels-last stay so: their pixels are rows.
struct Layout {
  AxisView view;
  ChannelsLast order;

  template <class Real>
  explicit Layout(const Tensor<Real>& x) : view{0, x.size(1), 1} {
    if (x.size() == 0) return;
    if (!is_channels_last(x)) {
      view = kernels::view_axis(x.shape(), 1);
      return;
    }
    order = channels_last_of(x.shape());
    view = {order.images * order.pixels, order.channels, 1};
  }
  template <class Real>
  const Real* elements(const Tensor<Real>& x) const {
    return order.channels == 0 ? x.data()
                               : static_cast<const Real*>(x.body()->channels_last.data());
  }
};

/// m and r w of channels c, for the loops; r for the way back.
template <class Real>
struct Channels {
  Tensor<Real> mean, root, scale, shift;

  explicit Channels(Index count)
      : mean(Tensor<Real>::uninitialised({count})),
        root(Tensor<Real>::uninitialised({count})),
        scale(Tensor<Real>::uninitialised({count})),
        shift(Tensor<Real>::uninitialised({count})) {}
  void set(Index c, double m, double r, double w, double b) {
    mean.unshared_data()[c] = static_cast<Real>(m);
    root.unshared_data()[c] = static_cast<Real>(r);
    scale.unshared_data()[c] = static_cast<Real>(r * w);
    shift.unshared_data()[c] = static_cast<Real>(b);
  }
  Tensor<Real> apply(const AxisView& v, const Tensor<Real>& x) const {
    Tensor<Real> y = Tensor<Real>::uninitialised(x.shape());
    kernels::shift_and_scale(v, x.data(), mean.data(), scale.data(), shift.data(),
                             y.unshared_data());
    return y;
  }
  Tensor<Real> apply(const Layout& layout, const Tensor<Real>& x) const {
    if (layout.order.channels == 0) return apply(layout.view, x);
    Tensor<Real> y = make_channels_last<Real>(x.shape());
    kernels::shift_and_scale(layout.view, layout.elements(x), mean.data(), scale.data(),
                             shift.data(), channels_last_data(y));
    return y;
  }
};

/// The record of y = (x − m) r w + b. Where m and r are those of x itself, with means over the n
/// numbers of a channel and x̂ = (x − m) r,
///
///     x̄ = r w (ȳ − mean ȳ − x̂ mean(ȳ x̂))
///       = r w ȳ − r³ w Σ ȳ (x − m) / n · (x − m) − r w Σ ȳ / n;
///
/// where they are given, x̄ = r w ȳ.   w̄ = r Σ ȳ (x − m),  b̄ = Σ ȳ.
template <class Real>
Tensor<Real> record_batch(const Layout& layout, bool given, const Tensor<Real>& x,
                          const Channels<Real>& channels, const Tensor<Real>& weight,
                          const Tensor<Real>& bias, Location where) {
  const bool needed = active(x) || active(weight) || active(bias);
  return record(
      "batch_norm", channels.apply(layout, x), {x, weight, bias},
      [=, x = saved_if(needed, x), w = saved_if(needed && present(weight), weight),
       mean = saved_if(needed, channels.mean),
       root = saved_if(needed, channels.root)](Backward<Real>& back) {
        const auto dx = back.into(0, layout.order), dw = back.into(1), db = back.into(2);
        const AxisView& v = layout.view;
        const Real* const elements = layout.elements(*x);
        const Real* const dy = back.adjoint(layout.order);
        const std::vector<ChannelSums> sums = kernels::channel_sums(v, elements, mean.data(), dy);
        const auto r = [&](Index c) { return double(root.data()[c]); };
        const auto sum = [&](Index c) { return sums[c]; };
        put_each(dw, v.count, [&](Index c) { return r(c) * sum(c).dy_x; });
        put_each(db, v.count, [&](Index c) { return sum(c).dy; });
        if (!dx) return;
        const double n = double(v.before * v.after);
        ChannelFactors<Real> factors(v.count);
        for (Index c = 0; c < v.count; ++c) {
          const double scale = r(c) * affine_at(*w, c, 1);
          const auto k = static_cast<std::size_t>(c);
          factors.of_dy[k] = static_cast<Real>(scale);
          factors.of_x[k] = static_cast<Real>(given ? 0 : -scale * r(c) * r(c) * sum(c).dy_x / n);
          factors.constant[k] = static_cast<Real>(given ? 0 : -scale * sum(c).dy / n);
        }
        kernels::combine(v, elements, mean.data(), dy, factors, dx.accumulate, dx.data);
      },
      where);
}

void expect_batch(const Shape& x, double epsilon, const Shape& weight, bool has_weight,
                  const Shape& bias, bool has_bias) {
  expect_epsilon("batch_norm", epsilon);
  expect_channels("batch_norm", x);
  expect_affine("batch_norm", "weight", weight, {x[1]}, has_weight);
  expect_affine("batch_norm", "bias", bias, {x[1]}, has_bias);
}

}  // namespace

template <class Real>
NormalisedBatch<Real> batch_norm(const Tensor<Real>& x, const Tensor<Real>& weight,
                                 const Tensor<Real>& bias, double epsilon, Location where) {
  expect_batch(x.shape(), epsilon, weight.shape(), present(weight), bias.shape(), present(bias));
  const Layout layout(x);
  const AxisView& v = layout.view;
  if (v.before * v.after < 2)
    throw ShapeError(
        fmt::format("batch_norm: x has shape {}, {} per channel; a variance needs at least two",
                    x.shape(), v.before * v.after));
  const std::vector<Moments> moments = kernels::channel_moments(v, layout.elements(x));
  Channels<Real> channels(v.count);
  Tensor<Real> variance = Tensor<Real>::uninitialised({v.count});
  for (Index c = 0; c < v.count; ++c) {
    const Moments& of = moments[c];
    channels.set(c, of.mean, reciprocal_root(of.variance(), epsilon), affine_at(weight, c, 1),
                 affine_at(bias, c, 0));
    variance.unshared_data()[c] = static_cast<Real>(of.variance());
  }
  return {record_batch(layout, false, x, channels, weight, bias, where), channels.mean, variance};
}

template <class Real>
Tensor<Real> batch_norm_with(const Tensor<Real>& x, const Tensor<Real>& mean,
                             const Tensor<Real>& variance, const Tensor<Real>& weight,
                             const Tensor<Real>& bias, double epsilon, Location where) {
  expect_batch(x.shape(), epsilon, weight.shape(), present(weight), bias.shape(), present(bias));
  const Layout layout(x);
  const AxisView& v = layout.view;
  expect_affine("batch_norm", "mean", mean.shape(), {v.count}, true);
  expect_affine("batch_norm", "variance", variance.shape(), {v.count}, true);
  Channels<Real> channels(v.count);
  for (Index c = 0; c < v.count; ++c)
    channels.set(c, double(mean.data()[c]), reciprocal_root(double(variance.data()[c]), epsilon),
                 affine_at(weight, c, 1), affine_at(bias, c, 0));
  return record_batch(layout, true, x, channels, weight, bias, where);
}

namespace {

/// x [n, c, …] as runs of one channel of one example each, and how they are grouped.
struct Groups {
  AxisView runs;      // [1, n c, …]
  Index channels;     // c
  Index per_group;    // channels in a group
  double group_size;  // numbers in a group

  Index channel(Index run) const { return run % channels; }
  Index group(Index run) const { return run / per_group; }
  std::size_t count() const { return static_cast<std::size_t>(runs.count / per_group); }
};

Groups groups_of(const char* op, const Shape& x, Index groups) {
  expect_channels(op, x);
  const Index channels = x[1];
  if (groups < 1 || channels % groups != 0)
    throw ValueError(
        fmt::format("{}: {} groups of {} channels; expected a divisor", op, groups, channels));
  const Index per_group = channels / groups, length = x.size_after(1);
  return {{1, x[0] * channels, length}, channels, per_group, double(per_group * length)};
}

/// x̄ = r (g − mean g − x̂ mean(g x̂)) of each group, as factors of its runs.
template <class Real>
ChannelFactors<Real> factors_of(const Groups& of, const std::vector<ChannelSums>& sums,
                                const Real* root, const Tensor<Real>& weight) {
  std::vector<ChannelSums> group(of.count());  // Σ g, Σ g (x − m)
  for (Index run = 0; run < of.runs.count; ++run) {
    const double w = affine_at(weight, of.channel(run), 1);
    ChannelSums& total = group[of.group(run)];
    total.dy += w * sums[run].dy;
    total.dy_x += w * sums[run].dy_x;
  }
  ChannelFactors<Real> factors(of.runs.count);
  for (Index run = 0; run < of.runs.count; ++run) {
    const auto k = static_cast<std::size_t>(run);
    const ChannelSums& total = group[of.group(run)];
    // Of a group with infinities or NaN Σ g (x − m) is NaN, unless nothing is asked about it.
    const bool idle = root[run] != root[run] && total.dy_x == 0;
    const double r = idle ? 0 : double(root[run]);
    factors.of_dy[k] = static_cast<Real>(r * affine_at(weight, of.channel(run), 1));
    factors.of_x[k] = static_cast<Real>(-r * r * r * total.dy_x / of.group_size);
    factors.constant[k] = static_cast<Real>(-r * total.dy / of.group_size);
  }
  return factors;
}

/// m and r of each run's group, whose moments are joined from those of its runs.
template <class Real>
Channels<Real> statistics_of(const Groups& of, const Tensor<Real>& x, double epsilon,
                             const Tensor<Real>& weight, const Tensor<Real>& bias) {
  const std::vector<Moments> runs = kernels::channel_moments(of.runs, x.data());
  std::vector<Moments> group(of.count());
  for (Index run = 0; run < of.runs.count; ++run) {
    Moments& all = group[of.group(run)];
    all = joined(all, runs[run]);
  }
  Channels<Real> channels(of.runs.count);
  for (Index run = 0; run < of.runs.count; ++run) {
    const Moments& all = group[of.group(run)];
    channels.set(run, all.mean, reciprocal_root(all.variance(), epsilon),
                 affine_at(weight, of.channel(run), 1), affine_at(bias, of.channel(run), 0));
  }
  return channels;
}

}  // namespace

// The same with m and r of groups:  w̄ = Σ ȳ (x − m) r and b̄ = Σ ȳ over all runs of a channel.
template <class Real>
Tensor<Real> group_norm(const char* op, const Tensor<Real>& x, Index groups,
                        const Tensor<Real>& weight, const Tensor<Real>& bias, double epsilon,
                        Location where) {
  expect_epsilon(op, epsilon);
  expect_channels(op, x.shape());
  const Groups of = groups_of(op, x.shape(), groups);
  expect_affine(op, "weight", weight.shape(), {of.channels}, present(weight));
  expect_affine(op, "bias", bias.shape(), {of.channels}, present(bias));
  if (x.size() == 0)
    return record(
        op, Tensor<Real>::uninitialised(x.shape()), {x}, [](Backward<Real>&) {}, where);
  const Channels<Real> channels = statistics_of(of, x, epsilon, weight, bias);
  const bool needed = active(x) || active(weight) || active(bias);
  return record(
      op, channels.apply(of.runs, x), {x, weight, bias},
      [=, x = saved_if(needed, x), w = saved_if(needed && present(weight), weight),
       mean = saved_if(needed, channels.mean),
       root = saved_if(needed, channels.root)](Backward<Real>& back) {
        const auto dx = back.into(0), dw = back.into(1), db = back.into(2);
        const std::vector<ChannelSums> sums =
            kernels::channel_sums(of.runs, x.data(), mean.data(), back.adjoint());
        std::vector<ChannelSums> channel(of.channels);
        for (Index run = 0; run < of.runs.count; ++run) {
          const ChannelSums& sum = sums[run];
          channel[of.channel(run)].dy += sum.dy;
          if (sum.dy_x != 0) channel[of.channel(run)].dy_x += double(root.data()[run]) * sum.dy_x;
        }
        put_each(dw, of.channels, [&](Index c) { return channel[c].dy_x; });
        put_each(db, of.channels, [&](Index c) { return channel[c].dy; });
        if (dx)
          kernels::combine(of.runs, x.data(), mean.data(), back.adjoint(),
                           factors_of(of, sums, root.data(), *w), dx.accumulate, dx.data);
      },
      where);
}

#define THALWEG_INSTANTIATE(Real)                                                                \
  template NormalisedBatch<Real> batch_norm(const Tensor<Real>&, const Tensor<Real>&,            \
                                            const Tensor<Real>&, double, Location);              \
  template Tensor<Real> batch_norm_with(const Tensor<Real>&, const Tensor<Real>&,                \
                                        const Tensor<Real>&, const Tensor<Real>&,                \
                                        const Tensor<Real>&, double, Location);                  \
  template Tensor<Real> group_norm(const char*, const Tensor<Real>&, Index, const Tensor<Real>&, \
                                   const Tensor<Real>&, double, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::detail
