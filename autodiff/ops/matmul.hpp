#pragma once
/// Products of vectors and matrices: matmul, dot, outer, linear.
///
/// ShapeError where the sizes do not fit; its message names both shapes. An operand is kept for the
/// backward pass only if the other one needs a gradient.

#include "thalweg/autodiff/ops/reduce.hpp"

namespace thalweg {
namespace op {

/// y = z + b, the last step of z = x Wᵀ.     ∂y/∂z = 1,  ∂y/∂b = 1.
struct AddBias {
  static constexpr auto name = "linear";
  template <class T>
  static T value(const T& z, const T& b) {
    return z + b;
  }
  template <class T>
  static Slopes<T, 2> slopes() {
    return {T(1), T(1)};
  }
};

}  // namespace op

namespace detail {
template <class Real>
Tensor<Real> matmul(const Tensor<Real>& a, const Tensor<Real>& b, Location where);
template <class Real>
Tensor<Real> outer(const Tensor<Real>& a, const Tensor<Real>& b, Location where);
template <class Real>
Tensor<Real> linear(const Tensor<Real>& x, const Tensor<Real>& weight, Location where);
void expect_vectors(const char* op, const Shape& a, const Shape& b, bool same_size);
void expect_bias(const Shape& bias, const Shape& weight);
}  // namespace detail

/// C = A B.     Ā = C̄ Bᵀ,   B̄ = Aᵀ C̄.
///
///     A [m, k]       B [k, n]       C [m, n]         cost 2 m k n flops, twice that backward
///     A [k]          B [k, n]       C [n]
///     A [m, k]       B [k]          C [m]
///     A [k]          B [k]          C []
///     A […, m, k]    B […, k, n]    C […, m, n]      batch axes … broadcast
template <RealTensorLike A, RealTensorLike B>
auto matmul(A&& a, B&& b, Location where = Location::current()) {
  using Real = op::ElementOf<A, B>;
  return detail::matmul<Real>(as_tensor(std::forward<A>(a), where),
                              as_tensor(std::forward<B>(b), where), where);
}

/// y = Σ aᵢ bᵢ of two vectors, in one pass over the expressions given.     ā = ȳ b,  b̄ = ȳ a.
template <RealTensorLike A, RealTensorLike B>
auto dot(A&& a, B&& b, Location where = Location::current()) {
  using Real = op::ElementOf<A, B>;
  auto left = detail::tensor_operand<Real>(std::forward<A>(a));
  auto right = detail::tensor_operand<Real>(std::forward<B>(b));
  detail::expect_vectors("dot", detail::shape_of(left), detail::shape_of(right), true);
  const detail::Node<op::Mul, decltype(left), decltype(right)> product{
      {}, {std::move(left), std::move(right)}};
  return detail::add_up("dot", product, {}, KeepAxes::no, false, where);
}

/// C = a bᵀ.     a [m], b [n], C [m, n].     ā = C̄ b,  b̄ = C̄ᵀ a.
template <RealTensorLike A, RealTensorLike B>
auto outer(A&& a, B&& b, Location where = Location::current()) {
  using Real = op::ElementOf<A, B>;
  return detail::outer<Real>(as_tensor(std::forward<A>(a), where),
                             as_tensor(std::forward<B>(b), where), where);
}

/// Affine map y = x Wᵀ + b.     x̄ = ȳ W,   W̄ = ȳᵀ x,   b̄ = Σ ȳ over all axes but the last.
///
///     x […, in]    weight [out, in]    bias [out]    y […, out]      (PyTorch's layout)
///
/// One product, without transposing anything: cost 2 · size(x) · out flops, twice that backward.
/// The bias is added by the statement around: relu(linear(x, w, b)) adds and clips in one pass.
template <RealTensorLike X, RealTensorLike W, RealTensorLike B>
auto linear(X&& x, W&& weight, B&& bias, Location where = Location::current()) {
  using Real = op::ElementOf<X, W, B>;
  const Tensor<Real> w = as_tensor(std::forward<W>(weight), where);
  Tensor<Real> b = as_tensor(std::forward<B>(bias), where);
  detail::expect_bias(b.shape(), w.shape());
  return apply(op::AddBias{}, detail::linear<Real>(as_tensor(std::forward<X>(x), where), w, where),
               std::move(b));
}
/// y = x Wᵀ.
template <RealTensorLike X, RealTensorLike W>
auto linear(X&& x, W&& weight, Location where = Location::current()) {
  using Real = op::ElementOf<X, W>;
  return detail::linear<Real>(as_tensor(std::forward<X>(x), where),
                              as_tensor(std::forward<W>(weight), where), where);
}

}  // namespace thalweg
