#pragma once
/// How a rule writes a parameter: one pass over weights, gradient and moments, in parts for the
/// threads. Included by the rules' sources.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/optim/rules/optimizer.hpp"

namespace thalweg::optim {

/// Weights that stay in the nearest cache from one use to the next.
inline constexpr Index block_of_weights = 2048;

/// Calls pass(w, begin, count), which updates the `count` weights at `w` in place, at most a block;
/// they are those from `begin` on. Where the old values are still held by a tape or by a user, the
/// new ones go to memory of their own, block by block on the way, so that there is one pass all the
/// same.
template <class Real, class Pass>
void update_blocks(Parameter<Real>& parameter, Pass&& pass) {
  if (parameter.size() == 0) return;
  const bool held = parameter.shared();
  const Real* const from = parameter.value().data();
  Tensor<Real> fresh = held ? Tensor<Real>::uninitialised(parameter.shape()) : Tensor<Real>();
  Real* const to = held ? fresh.unshared_data() : parameter.mutable_values().data();

  constexpr Index block = block_of_weights;
  kernels::parallel_for(parameter.size(), kernels::grain_of(1), [&](Index begin, Index end, Index) {
    for (Index at = begin; at < end; at += block) {
      const Index count = std::min(block, end - at);
      if (held) std::copy_n(from + at, count, to + at);
      pass(to + at, at, count);
    }
  });
  if (held) parameter.assign(std::move(fresh));
}

namespace detail {

template <class Real, class Formula, class... M>
void each_of(Index n, const Formula& formula, Real* __restrict w, const Real* __restrict g,
             M* __restrict... m) {
  for (Index i = 0; i < n; ++i) formula(w[i], g[i], m[i]...);
}

template <class Real, class Formula, std::size_t... K>
void each_weight(const Update<Real>& update, const Formula& formula, std::index_sequence<K...>) {
  const Real* const g = update.gradient.data();
  const std::array<Real*, sizeof...(K)> m = {update.moments[K].value.mutable_values().data()...};
  update_blocks(update.parameter, [&](Real* w, Index at, Index count) {
    each_of(count, formula, w, g + at, (m[K] + at)...);
  });
}

}  // namespace detail

/// formula(w, g, m₀, m₁, …) for each weight w, its gradient g and its `moments` moments:
/// references, to be changed in place.
template <int moments, class Real, class Formula>
void each_weight(const Update<Real>& update, const Formula& formula) {
  detail::each_weight(update, formula, std::make_index_sequence<moments>());
}

/// Σ part(begin, end) over 0 … n − 1 in parts for the threads; part returns a double.
template <class Part>
double sum_of_parts(Index n, Part&& part) {
  std::vector<double> sums(threads());
  kernels::parallel_for(n, kernels::grain_of(1),
                        [&](Index begin, Index end, Index k) { sums[k] = part(begin, end); });
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

/// Σ xᵢ².
template <class Real>
double sum_of_squares(Index n, const Real* x) {
  return sum_of_parts(n, [=](Index begin, Index end) {
    double sum = 0;
    for (Index at = begin; at < end; at += 1024) {  // blocks keep the error small
      double part = 0;
      for (Index i = at; i < std::min(end, at + 1024); ++i)
        part += static_cast<double>(x[i]) * static_cast<double>(x[i]);
      sum += part;
    }
    return sum;
  });
}

/// √Σ xᵢ², with the largest |xᵢ| taken out where the squares leave the range of numbers.
template <class Real>
double norm_of(Index n, const Real* x) {
  const double squares = sum_of_squares(n, x);
  if ((squares > 1e-280 && squares < 1e300) || squares != squares) return std::sqrt(squares);
  double largest = 0;
  for (Index i = 0; i < n; ++i) largest = std::max(largest, std::abs(static_cast<double>(x[i])));
  if (largest == 0 || std::isinf(largest)) return largest;
  double sum = 0;
  for (Index i = 0; i < n; ++i) {
    const double part = static_cast<double>(x[i]) / largest;
    sum += part * part;
  }
  return largest * std::sqrt(sum);
}

/// −1, 0 or 1; NaN of NaN.
template <class Real>
Real sign_of(Real x) {
  return x > 0 ? Real(1) : x < 0 ? Real(-1) : x;
}

/// Throws ValueError "Adam: rate is -1; expected a finite number, at least 0".
inline void expect_nonnegative(const char* optimizer, const char* option, double value) {
  if (std::isfinite(value) && value >= 0) return;
  throw ValueError(
      fmt::format("{}: {} is {}; expected a finite number, at least 0", optimizer, option, value));
}

/// Throws ValueError "Adam: beta1 is 1; expected a number in [0, 1)".
inline void expect_fraction(const char* optimizer, const char* option, double value) {
  if (value >= 0 && value < 1) return;
  throw ValueError(
      fmt::format("{}: {} is {}; expected a number in [0, 1)", optimizer, option, value));
}

template <class Derived, class Options>
void Rule<Derived, Options>::set_rate(double rate) {
  expect_nonnegative(kind(), "rate", rate);
  options_.rate = rate;
}
template <class Derived, class Options>
void Rule<Derived, Options>::update(AnyPointer<UpdateRule::ConstUpdate> update) {
  std::visit([this](const auto* one) { static_cast<Derived&>(*this).apply(*one); }, update);
}

}  // namespace thalweg::optim
