#include "thalweg/autodiff/kernels/channels.hpp"

#include <algorithm>

#include "thalweg/autodiff/kernels/fold.hpp"
#include "thalweg/autodiff/number/number_type.hpp"

namespace thalweg::kernels {
namespace {

/// run(c, at) for every run of neighbouring numbers of a channel, on all threads.
template <class F>
void each_run(const AxisView& v, F&& run) {
  parallel_for(v.before * v.count, grain_of(v.after), [&](Index begin, Index end, Index) {
    for (Index r = begin; r < end; ++r) run(r % v.count, r * v.after, r);
  });
}

/// Rows per block, where channels lie side by side: a block stays in cache for a second pass, and
/// sums in float stay short.
Index block_rows(const AxisView& v) {
  return std::clamp<Index>(8192 / std::max<Index>(1, v.count), 16, 512);
}

/// block(first row, rows, number of the block), on all threads.
template <class F>
void each_block(const AxisView& v, F&& block) {
  const Index rows = block_rows(v), blocks = (v.before + rows - 1) / rows;
  parallel_for(blocks, grain_of(rows * v.count), [&](Index begin, Index end, Index) {
    for (Index b = begin; b < end; ++b) block(b * rows, std::min(rows, v.before - b * rows), b);
  });
}

/// In how many pieces a channel is summed: its runs, or blocks of rows.
Index pieces(const AxisView& v) {
  const Index rows = block_rows(v);
  return v.after > 1 ? v.before : (v.before + rows - 1) / rows;
}

/// w x, and 0 where w = 0: what is not asked about has no influence.
template <class Real>
Lanes<Real> weighted(Lanes<Real> w, Lanes<Real> x) {
  const Lanes<Real> zero(Real{0});
  return select(w == zero, zero, w * x);
}

/// Σ ȳ and Σ ȳ (x − m) of `count` channels side by side, over some rows.
template <class Real>
void sums_of_columns(Index rows, Index step, int count, const Real* x, const Real* mean,
                     const Real* dy, ChannelSums* out) {
  const Lanes<Real> m = load_some(mean, count);
  Lanes<Real> sum(Real{0}), product(Real{0});
  for (Index i = 0; i < rows; ++i) {
    const Lanes<Real> g = load_some(dy + i * step, count);
    sum += g;
    product += weighted(g, load_some(x + i * step, count) - m);
  }
  for (int k = 0; k < count; ++k) out[k] = {double(sum[k]), double(product[k])};
}

/// The same of one channel, over neighbouring numbers.
template <class Real>
ChannelSums sums_of_run(Index n, const Real* x, Real mean, const Real* dy) {
  const Lanes<Real> m(mean);
  ChannelSums total;
  constexpr Index block = 1024;  // sums in float stay short
  for (Index at = 0; at < n; at += block) {
    Lanes<Real> of_dy(Real{0}), product(Real{0});
    each_register<Real>(std::min(block, n - at), [&](Index j, int count) {
      const Lanes<Real> g = zeros_beyond(load_some(dy + at + j, count), count);
      of_dy += g;
      product += weighted(g, load_some(x + at + j, count) - m);
    });
    total.dy += double(folded_sum(of_dy));
    total.dy_x += double(folded_sum(product));
  }
  return total;
}

/// step(factors, position, count) for every register's worth of numbers. `prepare` makes the
/// factors, given a function that loads the channels' values for that register.
template <class Real, class Prepare, class Step>
void each_number(const AxisView& v, Prepare&& prepare, Step&& step) {
  if (v.after > 1)
    return each_run(v, [&](Index c, Index at, Index) {
      const auto factors = prepare([c](const Real* values) { return Lanes<Real>(values[c]); });
      each_register<Real>(v.after, [&](Index j, int count) { step(factors, at + j, count); });
    });
  parallel_for(v.before, grain_of(v.count), [&](Index begin, Index end, Index) {
    for (Index i = begin; i < end; ++i)
      each_register<Real>(v.count, [&](Index c, int count) {
        const auto factors =
            prepare([c, count](const Real* values) { return load_some(values + c, count); });
        step(factors, i * v.count + c, count);
      });
  });
}

}  // namespace

template <class Real>
std::vector<Moments> channel_moments(const AxisView& v, const Real* x) {
  std::vector<Moments> parts(pieces(v) * v.count);
  Moments* const out = parts.data();
  if (v.after > 1)
    each_run(v, [=](Index, Index at, Index r) { out[r] = moments_of(v.after, x + at); });
  else
    each_block(v, [=](Index first, Index rows, Index b) {
      each_register<Real>(v.count, [=](Index c, int count) {
        moments_of_columns(rows, v.count, count, x + first * v.count + c, out + b * v.count + c);
      });
    });
  std::vector<Moments> all(v.count);
  for (std::size_t k = 0; k < parts.size(); ++k) {
    Moments& channel = all[k % all.size()];
    channel = joined(channel, parts[k]);
  }
  return all;
}

template <class Real>
void shift_and_scale(const AxisView& v, const Real* x, const Real* mean, const Real* scale,
                     const Real* bias, Real* y) {
  struct Factors {
    Lanes<Real> mean, scale, bias;
  };
  each_number<Real>(
      v,
      [=](auto of) {
        return Factors{of(mean), of(scale), of(bias)};
      },
      [=](const Factors& f, Index at, int count) {
        store_some(fma(load_some(x + at, count) - f.mean, f.scale, f.bias), y + at, count);
      });
}

template <class Real>
std::vector<ChannelSums> channel_sums(const AxisView& v, const Real* x, const Real* mean,
                                      const Real* dy) {
  std::vector<ChannelSums> parts(pieces(v) * v.count);
  ChannelSums* const out = parts.data();
  if (v.after > 1)
    each_run(v, [=](Index c, Index at, Index r) {
      out[r] = sums_of_run(v.after, x + at, mean[c], dy + at);
    });
  else
    each_block(v, [=](Index first, Index rows, Index b) {
      each_register<Real>(v.count, [=](Index c, int count) {
        const Index at = first * v.count + c;
        sums_of_columns(rows, v.count, count, x + at, mean + c, dy + at, out + b * v.count + c);
      });
    });
  std::vector<ChannelSums> all(v.count);
  for (std::size_t k = 0; k < parts.size(); ++k) {
    all[k % all.size()].dy += parts[k].dy;
    all[k % all.size()].dy_x += parts[k].dy_x;
  }
  return all;
}

template <class Real>
void combine(const AxisView& v, const Real* x, const Real* mean, const Real* dy,
             const ChannelFactors<Real>& factors, bool accumulate, Real* dx) {
  struct Factors {
    Lanes<Real> mean, of_dy, of_x, constant;
  };
  const Real* const of_dy = factors.of_dy.data();
  const Real* const of_x = factors.of_x.data();
  const Real* const constant = factors.constant.data();
  each_number<Real>(
      v,
      [=](auto of) {
        return Factors{of(mean), of(of_dy), of(of_x), of(constant)};
      },
      [=](const Factors& f, Index at, int count) {
        const Lanes<Real> of_mean =
            weighted(f.of_x, load_some(x + at, count) - f.mean) + f.constant;
        put_some(fma(load_some(dy + at, count), f.of_dy, of_mean), accumulate, dx + at, count);
      });
}

#define THALWEG_INSTANTIATE(Real)                                                           \
  template std::vector<Moments> channel_moments(const AxisView&, const Real*);              \
  template void shift_and_scale(const AxisView&, const Real*, const Real*, const Real*,     \
                                const Real*, Real*);                                        \
  template std::vector<ChannelSums> channel_sums(const AxisView&, const Real*, const Real*, \
                                                 const Real*);                              \
  template void combine(const AxisView&, const Real*, const Real*, const Real*,             \
                        const ChannelFactors<Real>&, bool, Real*);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::kernels
