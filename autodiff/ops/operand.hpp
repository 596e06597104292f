#pragma once
/// What ops on whole tensors share: operands that can have a gradient, and what is kept of them. In
/// namespace `op` stands what authors of ops and layers use, here and in the headers of the ops.

#include <array>

#include "thalweg/autodiff/statement/expression.hpp"

namespace thalweg {

/// A tensor, a parameter or an expression of floating-point numbers.
template <class X>
concept RealTensorLike =
    TensorLike<X> && std::is_floating_point_v<typename std::remove_cvref_t<X>::Real>;

namespace op {

/// The number type of a tensor's elements; the common one of several tensors.
template <class... X>
using ElementOf = typename detail::CommonReal<X...>::Type;

/// True if a gradient of `x` will be asked for.
template <class Real>
bool active(const Tensor<Real>& x) {
  const detail::Operand operand[] = {x};
  return detail::any_active(operand);
}

/// The shape of a tensor, or of an expression, which stays unevaluated. Throws ShapeError, naming
/// the op whose operands do not broadcast.
///
///     const auto losses = apply(rule::Huber{delta}, p, y);   // a statement, not yet evaluated
///     const Shape shape = op::shape_of(losses);
///     return op::scaled_sum(losses, 1.0 / shape.size(), where);   // one pass; ops/reduce.hpp
template <TensorLike X>
Shape shape_of(const X& x) {
  if constexpr (is_tensor_expression<X>)
    return detail::shape_of(x.tree());
  else
    return x.shape();
}

/// The shapes of the operands that an expression's rule is applied to.
template <class Rule, class... Operands>
std::array<Shape, sizeof...(Operands)> operand_shapes(
    const TensorExpression<Rule, Operands...>& x) {
  return x.tree().operands.unpack(
      [](const auto&... operand) { return std::array{detail::shape_of(operand)...}; });
}

}  // namespace op

namespace detail {

using op::active;

/// `x` for the backward pass, or nothing if it will not be read.
template <class Real>
Saved<Real> saved_if(bool needed, const Tensor<Real>& x) {
  return needed ? Saved<Real>(x) : Saved<Real>();
}

/// The same elements in another shape, from element `offset` on. Not on the tape.
template <class T>
Tensor<T> alias(const Tensor<T>& x, const Shape& shape, Index offset = 0) {
  if (!x.body()) return Tensor<T>::uninitialised(shape);
  T* const elements = const_cast<T*>(x.data());  // first: it may have to be made
  return Tensor<T>::adopt(make_body(shape, x.body()->buffer, elements + offset));
}

/// As `record` with one operand, for elements of any type: whole numbers have no gradient.
template <class T, class Pull>
Tensor<T> record_any(const char* op, Tensor<T> y, const Tensor<T>& x, Pull pull, Location where) {
  if constexpr (std::is_floating_point_v<T>)
    return record(op, std::move(y), {x}, std::move(pull), where);
  else
    return y;
}

}  // namespace detail
}  // namespace thalweg
