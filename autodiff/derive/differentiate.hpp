#pragma once
/// Derivatives of functions: value and gradient, and Jacobians.
///
///     auto [value, slope] = value_and_gradient([](auto x) { return x * sin(x); }, 2.0);
///     std::vector<double> g = gradient(rosenbrock, {-1.2, 1.0});
///     auto [dw, db] = gradient(loss, w, b);                  // a tuple for several arguments
///     Tensor<double> j = jacobian(f, {1.0, 2.0});
///
/// An argument is a number, numbers side by side (vector, array, span, braces), a tensor, a
/// parameter, a tuple or struct of these, or a list of parameters: autodiff/derive/arguments.hpp
/// says what f is called with for each. A derivative has the kind and shape of its argument;
/// numbers of integer type become double. f is recorded on a tape of its own and may be
/// differentiated while another one records; a variable of that tape may be neither an argument nor
/// used inside f (TapeError): pass its value, x.detach(). Derivatives are not differentiated again
/// yet: inside a loss they are refused, too (autodiff/tape/gradients.hpp).

#include <initializer_list>

#include "thalweg/autodiff/derive/arguments.hpp"

namespace thalweg {

/// For structured bindings.
template <class Value, class Gradient>
struct ValueAndGradient {
  Value value;
  Gradient gradient;
};

/// f(x...) and its gradient; f gives one number. Cost: a small multiple of f's.
/// Throws ShapeError if f gives several numbers.
template <class F, Argument First, Argument... Rest>
auto value_and_gradient(F&& f, const First& first, const Rest&... rest) {
  const derive::ArgumentList arguments(first, rest...);
  Tape tape;
  const auto variables = arguments.variables(&tape, arguments.values());
  const auto loss = settled(arguments.call(f, variables));
  const Gradients gradients = derive::backward_or_zeros(tape, loss);
  auto slopes = derive::single_or_all(arguments.gradients(gradients, variables));
  return ValueAndGradient<decltype(derive::number_of(loss)), decltype(slopes)>{
      derive::number_of(loss), std::move(slopes)};
}
/// At numbers in braces: value_and_gradient(f, {1.0, 2.0}).
template <class F>
auto value_and_gradient(F&& f, std::initializer_list<double> x) {
  return value_and_gradient(f, std::vector<double>(x));
}

/// The gradient of f at x....
template <class F, Argument First, Argument... Rest>
auto gradient(F&& f, const First& first, const Rest&... rest) {
  return value_and_gradient(std::forward<F>(f), first, rest...).gradient;
}
template <class F>
auto gradient(F&& f, std::initializer_list<double> x) {
  return gradient(f, std::vector<double>(x));
}

/// The Jacobian ∂f/∂x, of the shape of f's result followed by that of x:
///
///     J[i..., j...] = ∂fᵢ/∂xⱼ.
///
/// f gives a number, a vector or array of `Var`, or a tensor. Cost: one recording, and one sweep
/// over it for every number that f gives.
template <class F, Argument X>
auto jacobian(F&& f, const X& x) {
  const derive::ArgumentList arguments(x);
  const std::vector<derive::Block> blocks = arguments.blocks();
  Tape tape;
  const auto variables = arguments.variables(&tape, arguments.values());
  const auto y = as_tensor(arguments.call(f, variables));
  using Real = typename decltype(y)::Real;
  const bool one = blocks.size() == 1;  // several arguments: their numbers side by side
  const Index inner = derive::size_of(blocks);
  Shape shape = y.shape();
  if (one)
    for (const Index size : blocks[0].shape) shape.push_back(size);
  else
    shape.push_back(inner);
  Tensor<Real> rows(shape, std::vector<Real>(shape.size()));
  rows.body()->place = thalweg::detail::gradient_place;
  if (derive::is_constant(y)) return rows;
  std::vector<double> row(inner);
  for (Index k = 0; k < y.size(); ++k) {
    std::vector<Real> seed(y.size());
    seed[k] = 1;
    const Gradients gradients = tape.backward(y, Tensor<Real>(y.shape(), seed));
    arguments.put(arguments.gradients(gradients, variables), row.data());
    for (Index j = 0; j < inner; ++j)
      rows.unshared_data()[k * inner + j] = static_cast<Real>(row[j]);
  }
  return rows;
}
template <class F>
auto jacobian(F&& f, std::initializer_list<double> x) {
  return jacobian(f, std::vector<double>(x));
}

}  // namespace thalweg
