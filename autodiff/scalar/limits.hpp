#pragma once
/// `std::numeric_limits<Var<Real>>`: those of Real, as passive variables. Generic code starts a
/// search for a minimum at `max()`, and Eigen takes its tolerances from `epsilon()`.

#include <limits>

#include "thalweg/autodiff/scalar/var.hpp"

template <class Real>
struct std::numeric_limits<thalweg::Var<Real>> : std::numeric_limits<Real> {
 private:
  using Var = thalweg::Var<Real>;
  using Of = std::numeric_limits<Real>;

 public:
  static constexpr Var min() noexcept { return Of::min(); }
  static constexpr Var max() noexcept { return Of::max(); }
  static constexpr Var lowest() noexcept { return Of::lowest(); }
  static constexpr Var epsilon() noexcept { return Of::epsilon(); }
  static constexpr Var round_error() noexcept { return Of::round_error(); }
  static constexpr Var infinity() noexcept { return Of::infinity(); }
  static constexpr Var quiet_NaN() noexcept { return Of::quiet_NaN(); }
  static constexpr Var signaling_NaN() noexcept { return Of::signaling_NaN(); }
  static constexpr Var denorm_min() noexcept { return Of::denorm_min(); }
};
