#pragma once
/// What an elementwise op is: one struct with a name, a value and the slopes.
///
///     /// y = tanh x.     dy/dx = 1 − y².
///     struct Tanh {
///       static constexpr auto name = "tanh";
///       template <class T> static T value(const T& x) { return tanh(x); }
///       template <class T> static T slope(Output<T> y) { return 1 - y * y; }
///     };
///
/// A rule of one argument has `slope`, a rule of several has `slopes`, one per argument. Their
/// signature says what the backward pass reads: `()`, `(Output<T>)`, `(Input<T>...)` or
/// `(Input<T>..., Output<T>)`. What is not read is not kept. T is float, double, `Lanes<Real>` or
/// any other number type with the operations used.
///
/// What does not count contributes exactly 0 to a gradient, whatever it holds: an adjoint that is
/// exactly 0 hands on 0, also where the slope is infinite or NaN. A rule that chooses among its
/// arguments says so, `static constexpr bool chooses = true`: then an argument with the slope 0,
/// which was not chosen, gets 0, also of an adjoint that is infinite or NaN.

#include <array>
#include <cmath>

#include "thalweg/autodiff/number/lanes.hpp"

namespace thalweg {

namespace detail {
template <class T, class Role>
struct Read : T {
  Read(const T& value) : T(value) {}
};
template <class T, class Role>
requires std::is_arithmetic_v<T>
struct Read<T, Role> {
  T value;
  constexpr Read(T v) : value(v) {}
  constexpr operator T() const { return value; }
};
}  // namespace detail

/// An argument of the op, as a slope reads it.
template <class T>
using Input = detail::Read<T, struct InputRole>;

/// The result of the op, as a slope reads it.
template <class T>
using Output = detail::Read<T, struct OutputRole>;

namespace detail {

template <class Op, class... X>
concept SlopeFrom = requires(const Op& op, X... x) {
  op.template slope<double>(x...);
}
|| requires(const Op& op, X... x) { op.template slopes<double>(x...); };

template <class Op, int arity, class... X>
constexpr bool slope_reads_inputs(X... x) {
  if constexpr (sizeof...(X) < arity)
    return slope_reads_inputs<Op, arity>(x..., Input<double>(0));
  else
    return SlopeFrom<Op, X...> || SlopeFrom<Op, X..., Output<double>>;
}
template <class Op, int arity, class... X>
constexpr bool slope_reads_both(X... x) {
  if constexpr (sizeof...(X) < arity)
    return slope_reads_both<Op, arity>(x..., Input<double>(0));
  else
    return SlopeFrom<Op, X..., Output<double>>;
}

/// What the backward pass of `Op` reads.
template <class Op, int arity>
inline constexpr bool reads_inputs = slope_reads_inputs<Op, arity>();
template <class Op, int arity>
inline constexpr bool reads_output = SlopeFrom<Op, Output<double>> || slope_reads_both<Op, arity>();

/// The slopes of `op` at x, whatever they read.
template <class T, class Op, class... X>
inline auto slopes_at(const Op& op, const T& y, const X&... x) {
  constexpr int arity = sizeof...(X);
  const auto call = [&op](auto... read) {
    if constexpr (arity == 1)
      return std::array<T, 1>{op.template slope<T>(read...)};
    else
      return op.template slopes<T>(read...);
  };
  if constexpr (reads_inputs<Op, arity> && reads_output<Op, arity>)
    return call(Input<T>(x)..., Output<T>(y));
  else if constexpr (reads_inputs<Op, arity>)
    return call(Input<T>(x)...);
  else if constexpr (reads_output<Op, arity>)
    return call(Output<T>(y));
  else
    return call();
}

template <class Op>
concept Choosing = Op::chooses;

/// x, and 0 where `factor` is 0. Number types that cannot be compared keep x.
template <class T>
inline T unless_zero(const T& factor, const T& x) {
  // By the bits it is one branch; as a comparison of numbers it would be two.
  if constexpr (std::is_same_v<T, double>)
    return __builtin_bit_cast(unsigned long long, factor) << 1 == 0 ? 0.0 : x;
  else if constexpr (std::is_same_v<T, float>)
    return __builtin_bit_cast(unsigned, factor) << 1 == 0 ? 0.0f : x;
  else if constexpr (requires { select(factor == T(0), T(0), x); })
    return select(factor == T(0), T(0), x);
  else
    return x;
}

/// What `Op` hands on to an argument: adjoint · slope, 0 where nothing counts.
template <class Op, int arity, class T>
inline T handed_on(const T& adjoint, const T& slope) {
  if constexpr (Choosing<Op>)
    return unless_zero<T>(slope, adjoint * slope);
  else if constexpr (reads_inputs<Op, arity> || reads_output<Op, arity>)
    return unless_zero<T>(adjoint, adjoint * slope);
  else  // a constant slope is finite
    return adjoint * slope;
}

}  // namespace detail

namespace op {
/// The slopes of an op of N arguments, in their order.
template <class T, int N>
using Slopes = std::array<T, N>;

/// `which ? a : b`, for numbers as for lanes.
template <class T>
inline T select(bool which, const T& a, const T& b) {
  return which ? a : b;
}
}  // namespace op

}  // namespace thalweg
