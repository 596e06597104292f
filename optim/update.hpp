#pragma once
/// How an optimizer writes a parameter: one pass, in parts for the threads.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "autodiff/error.hpp"
#include "autodiff/kernels/parallel.hpp"
#include "autodiff/parameter.hpp"

namespace thalweg::optim {

/// Calls rule(w, begin, count), which updates the `count` weights at `w` in place; they are those
/// from `begin` on. Where the old values are still held by a tape or by a user, the new ones go to
/// memory of their own, block by block on the way, so that there is one pass all the same.
template <class Real, class Rule>
void update_each(Parameter<Real>& parameter, Rule&& rule) {
  if (parameter.size() == 0) return;
  const detail::Body& body = *parameter.value().body();
  const bool held = body.buffer.shared() || body.handles.acquire() > 1;
  const Real* const from = parameter.value().data();
  Tensor<Real> fresh = held ? Tensor<Real>::uninitialised(parameter.shape()) : Tensor<Real>();
  Real* const to = held ? fresh.unshared_data() : parameter.mutable_values().data();

  constexpr Index block = 2048;  // weights that stay in the nearest cache between copy and rule
  kernels::parallel_for(parameter.size(), kernels::grain_of(1), [&](Index begin, Index end, Index) {
    for (Index at = begin; at < end; at += block) {
      const Index count = std::min(block, end - at);
      if (held) std::copy_n(from + at, count, to + at);
      rule(to + at, at, count);
    }
  });
  if (held) parameter.assign(std::move(fresh));
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

}  // namespace thalweg::optim
