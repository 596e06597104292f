#pragma once
/// The sum of a register's lanes in log₂ steps, for sums over short lines: `sum` adds one lane
/// after another, which takes longer than the additions of a line of 64 numbers.

#include <utility>

#include "thalweg/autodiff/kernels/lines.hpp"

namespace thalweg::kernels {

/// x with lane k + distance on lane k, wrapped around.
template <int distance, class Real, std::size_t... k>
Register<Real> rotated(Register<Real> x, std::index_sequence<k...>) {
  return __builtin_shufflevector(x, x, ((int(k) + distance) % int(sizeof...(k)))...);
}

template <class Real, int distance = Lanes<Real>::width / 2>
Real folded_sum(Lanes<Real> x) {
  if constexpr (distance == 0) {
    return x[0];
  } else {
    constexpr auto lanes = std::make_index_sequence<std::size_t(Lanes<Real>::width)>{};
    return folded_sum<Real, distance / 2>(x + Lanes<Real>(rotated<distance, Real>(x.get(), lanes)));
  }
}

}  // namespace thalweg::kernels
