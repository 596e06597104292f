#pragma once
/// Derivatives of functions: value and gradient, and Jacobians.
///
///     auto [value, slope] = value_and_gradient([](auto x) { return x * sin(x); }, 2.0);
///     std::vector<double> g = gradient(rosenbrock, std::vector{-1.2, 1.0});
///     auto [dw, db] = gradient(loss, w, b);                  // a tuple for several arguments
///     Tensor<double> j = jacobian(f, std::vector{1.0, 2.0});
///
/// An argument is a number, a vector of numbers, a tensor or a parameter; f is called with a `Var`,
/// a vector of them or a `Tensor`, recorded on a tape of its own. Numbers of integer type become
/// double. A derivative has the type and shape of its argument. f may be evaluated while another
/// tape records; a variable of that tape may not be used inside f (TapeError): pass its value.

#include <tuple>
#include <utility>
#include <vector>

#include "thalweg/autodiff/statement/expression.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

namespace thalweg {

/// For structured bindings.
template <class Value, class Gradient>
struct ValueAndGradient {
  Value value;
  Gradient gradient;
};

namespace detail {

template <class X>
inline constexpr bool is_number_vector = false;
template <class Real>
requires std::is_floating_point_v<Real>
inline constexpr bool is_number_vector<std::vector<Real>> = true;
template <class X>
inline constexpr bool is_var_vector = false;
template <class Real>
inline constexpr bool is_var_vector<std::vector<Var<Real>>> = true;

}  // namespace detail

/// What functions are differentiated with respect to.
template <class X>
concept Argument =
    detail::Arithmetic<X> || Variable<X> || detail::is_number_vector<std::remove_cvref_t<X>> ||
    detail::is_var_vector<std::remove_cvref_t<X>>;

namespace detail {

/// The argument as a fresh variable of `tape`.
template <class X>
auto argument_on(Tape& tape, const X& x) {
  if constexpr (Arithmetic<X>)
    return tape.variable(x);
  else if constexpr (Scalar<X>)
    return tape.variable(x.value());
  else if constexpr (is_number_vector<X>)
    return tape.variable(x);
  else if constexpr (is_parameter<X>)
    return tape.variable(x.value());
  else if constexpr (TensorLike<X>)
    return tape.variable(x.detach());
  else
    return [&] {
      auto variables = x;
      for (auto& variable : variables) variable = tape.variable(variable.value());
      return variables;
    }();
}

/// What f computed, as something that `backward` takes: its value, and whether it was recorded.
template <class Real>
Var<Real> loss_of(const Var<Real>& y) {
  return y;
}
template <ScalarExpressionType E>
auto loss_of(const E& y) {
  return y.node();
}
template <TensorLike Y>
auto loss_of(const Y& y) {
  return as_tensor(y);
}
template <Arithmetic Y>
auto loss_of(Y y) {
  return Var(y);
}

template <class Real>
Real value_of(const Var<Real>& y) {
  return y.value();
}
template <class Real>
Real value_of(const Tensor<Real>& y) {
  return y.item();
}

/// Zeros for a loss that depends on nothing: the gradient of a constant.
template <class Loss>
Gradients backward_or_zeros(Tape& tape, const Loss& loss) {
  if (loss.place().generation != 0) return tape.backward(loss);
  value_of(loss);  // one number?
  const Var zero = tape.variable(0.0);
  return tape.backward(zero);
}

}  // namespace detail

/// f(x...) and its gradient; f gives one number. Cost: a small multiple of f's.
/// Throws ShapeError if f gives several numbers.
template <class F, Argument... X>
requires(sizeof...(X) > 0) auto value_and_gradient(F&& f, const X&... x) {
  Tape tape;
  const std::tuple variables(detail::argument_on(tape, x)...);
  const auto loss = detail::loss_of(std::apply(f, variables));
  const Gradients gradients = detail::backward_or_zeros(tape, loss);
  auto slopes = std::apply(
      [&](const auto&... variable) {
        if constexpr (sizeof...(X) == 1)
          return (gradients[variable], ...);
        else
          return std::tuple(gradients[variable]...);
      },
      variables);
  return ValueAndGradient<decltype(detail::value_of(loss)), decltype(slopes)>{
      detail::value_of(loss), std::move(slopes)};
}

/// The gradient of f at x....
template <class F, Argument... X>
requires(sizeof...(X) > 0) auto gradient(F&& f, const X&... x) {
  return value_and_gradient(std::forward<F>(f), x...).gradient;
}

namespace detail {

/// What f computed, as a tensor.
template <class Y>
auto tensor_of(const Y& y) {
  if constexpr (is_var_vector<Y>)
    return Tensor<typename Y::value_type::Real>(y);
  else if constexpr (TensorLike<Y>)
    return as_tensor(y);
  else
    return [](const auto& number) {
      return Tensor<typename std::remove_cvref_t<decltype(number)>::Real>(number);
    }(loss_of(y));
}

template <class Real>
std::span<const Real> numbers_of(const Real& x) {
  return {&x, 1};
}
template <class Real>
std::span<const Real> numbers_of(const std::vector<Real>& x) {
  return x;
}
template <class Real>
std::span<const Real> numbers_of(const Tensor<Real>& x) {
  return x.values();
}

template <class X>
Shape argument_shape(const X& x) {
  if constexpr (Scalar<X>)
    return {};
  else if constexpr (TensorLike<X>)
    return x.shape();
  else
    return {static_cast<Index>(x.size())};
}

}  // namespace detail

/// The Jacobian ∂f/∂x, of the shape of f's result followed by that of x:
///
///     J[i..., j...] = ∂fᵢ/∂xⱼ.
///
/// f gives a number, a `std::vector<Var>` or a tensor. Cost: one recording, and one sweep over it
/// for every number that f gives.
template <class F, Argument X>
auto jacobian(F&& f, const X& x) {
  Tape tape;
  const auto variable = detail::argument_on(tape, x);
  const auto y = detail::tensor_of(f(variable));
  using Real = typename decltype(y)::Real;
  const Shape inner = detail::argument_shape(variable);
  Shape shape = y.shape();
  for (const Index size : inner) shape.push_back(size);
  std::vector<Real> rows(static_cast<std::size_t>(shape.size()));
  if (y.place().generation == 0) return Tensor<Real>(shape, rows);  // f is constant
  for (Index k = 0; k < y.size(); ++k) {
    std::vector<Real> seed(static_cast<std::size_t>(y.size()));
    seed[static_cast<std::size_t>(k)] = 1;
    const auto slope = tape.backward(y, Tensor<Real>(y.shape(), seed))[variable];
    Real* to = rows.data() + k * inner.size();
    for (const Real& number : detail::numbers_of(slope)) *to++ = number;
  }
  return Tensor<Real>(shape, rows);
}

}  // namespace thalweg
