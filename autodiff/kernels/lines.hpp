#pragma once
/// Loops in SIMD registers over the lines of an AxisView, for the .cpp files of this folder.

#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/kernels/axis_view.hpp"
#include "thalweg/autodiff/number/lanes.hpp"

namespace thalweg::kernels {

/// `count` ≤ width numbers; lanes beyond them repeat the first number.
template <class Real>
Lanes<Real> load_some(const Real* from, int count) {
  return count == Lanes<Real>::width ? Lanes<Real>::load(from)
                                     : Lanes<Real>::load_first(from, count);
}

template <class Real>
void store_some(Lanes<Real> x, Real* to, int count) {
  if (count == Lanes<Real>::width)
    x.store(to);
  else
    x.store_first(to, count);
}

/// Stores, or adds to what is there.
template <class Real>
void put_some(Lanes<Real> x, bool accumulate, Real* to, int count) {
  store_some(accumulate ? x + load_some(to, count) : x, to, count);
}

/// x with zeros beyond the first `count` lanes.
template <class Real>
Lanes<Real> zeros_beyond(Lanes<Real> x, int count) {
  if (count == Lanes<Real>::width) return x;
  Lanes<Real> kept(Real{0});
  for (int lane = 0; lane < count; ++lane) kept.set(lane, x[lane]);
  return kept;
}

/// f(j, count) for every register's worth of 0 … n.
template <class Real, class F>
void each_register(Index n, F&& f) {
  constexpr Index width = Lanes<Real>::width;
  Index j = 0;
  for (; j + width <= n; j += width) f(j, static_cast<int>(width));
  if (j < n) f(j, static_cast<int>(n - j));
}

/// Σ f(j, count) over a line; f gives one register.
template <class Real, class F>
Real sum_registers(Index n, F&& f) {
  Lanes<Real> total(Real{0});
  each_register<Real>(n, [&](Index j, int count) { total += zeros_beyond(f(j, count), count); });
  return sum(total);
}

/// Elements summed in one run before their total moves up one level.
inline constexpr Index summed_block = 1024;

/// Σ f(j, count) over begin … end, by halves down to blocks: the error grows with the logarithm of
/// the count. Source: N. Higham, "The accuracy of floating point summation", 1993.
template <class Real, class F>
Real pairwise_sum(Index begin, Index end, const F& f) {
  if (end - begin <= summed_block)
    return sum_registers<Real>(end - begin,
                               [&](Index j, int count) { return f(begin + j, count); });
  const Index half = begin + (end - begin) / (2 * summed_block) * summed_block;
  const Index middle = half > begin ? half : begin + summed_block;
  return pairwise_sum<Real>(begin, middle, f) + pairwise_sum<Real>(middle, end, f);
}

/// Σ_j f(j) over registers that lie side by side, by halves.
template <class Real, class F>
Lanes<Real> pairwise_stripe(Index begin, Index end, const F& f) {
  if (end - begin <= 64) {
    Lanes<Real> total(Real{0});
    for (Index j = begin; j < end; ++j) total += f(j);
    return total;
  }
  const Index middle = begin + (end - begin) / 2;
  return pairwise_stripe<Real>(begin, middle, f) + pairwise_stripe<Real>(middle, end, f);
}

/// row(b) for every line of a view with after = 1, on all threads.
template <class F>
void each_row(const AxisView& v, F&& row) {
  parallel_for(v.before, grain_of(v.count), [&](Index begin, Index end, Index) {
    for (Index b = begin; b < end; ++b) row(b);
  });
}

/// stripe(b, a, count) for every register's worth of neighbouring lines (b, a …), on all threads.
template <class Real, class F>
void each_stripe(const AxisView& v, F&& stripe) {
  constexpr Index width = Lanes<Real>::width;
  const Index stripes = (v.after + width - 1) / width;
  const Index grain = grain_of(v.count * std::min(width, v.after));
  parallel_for(v.before * stripes, grain, [&](Index begin, Index end, Index) {
    for (Index s = begin; s < end; ++s) {
      const Index a = s % stripes * width;
      stripe(s / stripes, a, static_cast<int>(std::min(width, v.after - a)));
    }
  });
}

/// The larger of both, or NaN if one of them is NaN.
template <class Real>
Lanes<Real> larger(Lanes<Real> a, Lanes<Real> b) {
  return select((b > a) | (b != b), b, a);
}
template <class Real>
Lanes<Real> smaller(Lanes<Real> a, Lanes<Real> b) {
  return select((b < a) | (b != b), b, a);
}

/// The largest of n > 0 numbers; NaN if one of them is NaN.
template <class Real>
Real row_max(Index n, const Real* x) {
  Lanes<Real> best(x[0]);
  each_register<Real>(n, [&](Index j, int count) { best = larger(best, load_some(x + j, count)); });
  Real value = best[0];
  for (int lane = 1; lane < Lanes<Real>::width; ++lane)
    if (best[lane] > value || best[lane] != best[lane]) value = best[lane];
  return value;
}

}  // namespace thalweg::kernels
