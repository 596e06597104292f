#pragma once
/// What is a scalar, what is a tensor: the kinds of values that ops take.

#include <type_traits>

namespace thalweg {

template <class Real>
class Var;
template <class Op, class... Operands>
class ScalarExpression;
template <class Real>
class Tensor;
template <class Op, class... Operands>
class TensorExpression;
template <class Real>
class Parameter;

template <class X>
inline constexpr bool is_var = false;
template <class Real>
inline constexpr bool is_var<Var<Real>> = true;
template <class X>
inline constexpr bool is_scalar_expression = false;
template <class Op, class... A>
inline constexpr bool is_scalar_expression<ScalarExpression<Op, A...>> = true;
template <class X>
inline constexpr bool is_tensor = false;
template <class Real>
inline constexpr bool is_tensor<Tensor<Real>> = true;
template <class X>
inline constexpr bool is_tensor_expression = false;
template <class Op, class... A>
inline constexpr bool is_tensor_expression<TensorExpression<Op, A...>> = true;
template <class X>
inline constexpr bool is_parameter = false;
template <class Real>
inline constexpr bool is_parameter<Parameter<Real>> = true;

/// A `Var` or an expression of them.
template <class X>
concept Scalar = is_var<std::remove_cvref_t<X>> || is_scalar_expression<std::remove_cvref_t<X>>;

/// A tensor, a parameter or an expression of them.
template <class X>
concept TensorLike = is_tensor<std::remove_cvref_t<X>> || is_parameter<std::remove_cvref_t<X>> ||
    is_tensor_expression<std::remove_cvref_t<X>>;

/// An expression, not yet evaluated, or the name of one.
template <class X>
concept ScalarExpressionType = is_scalar_expression<std::remove_cvref_t<X>>;
template <class X>
concept TensorExpressionType = is_tensor_expression<std::remove_cvref_t<X>>;

namespace detail {
template <class X>
concept Arithmetic = std::is_arithmetic_v<std::remove_cvref_t<X>>;
/// An expression of numbers of type Real.
template <class X, class Real>
concept ScalarExpressionOf =
    ScalarExpressionType<X> && std::is_same_v<typename std::remove_cvref_t<X>::Real, Real>;
template <class X, class Real>
concept TensorExpressionOf =
    TensorExpressionType<X> && std::is_same_v<typename std::remove_cvref_t<X>::Real, Real>;

/// For a static_assert that fails when its template is used.
template <class...>
inline constexpr bool never = false;
}  // namespace detail

}  // namespace thalweg
