#pragma once
/// The same elements in another shape or order: reshape, flatten, squeeze, unsqueeze; permute,
/// transpose, flip; broadcast_to.
///
/// The first four share the elements with their operand and cost nothing, the others copy: every
/// tensor is contiguous and row-major. Tensors of whole numbers may be given throughout.
/// ShapeError for axes out of range and for shapes that do not fit.

#include "thalweg/autodiff/ops/axes.hpp"
#include "thalweg/autodiff/ops/operand.hpp"

namespace thalweg {

namespace detail {
template <class T>
Tensor<T> reshape(const Tensor<T>& x, std::span<const Index> sizes, Location where);
template <class T>
Tensor<T> flatten(const Tensor<T>& x, int first, int last, Location where);
template <class T>
Tensor<T> squeeze(const Tensor<T>& x, const Axes& axes, Location where);
template <class T>
Tensor<T> unsqueeze(const Tensor<T>& x, int axis, Location where);
template <class T>
Tensor<T> permute(const Tensor<T>& x, std::span<const int> order, Location where);
template <class T>
Tensor<T> transpose(const Tensor<T>& x, int a, int b, Location where);
template <class T>
Tensor<T> flip(const Tensor<T>& x, const Axes& axes, Location where);
template <class T>
Tensor<T> broadcast_to(const Tensor<T>& x, const Shape& shape, Location where);
}  // namespace detail

/// The elements in row-major order under new sizes; one size may be −1: what is left for it.
///
///     reshape(x, {2, -1});       // x [3, 4]: [2, 6]
template <TensorLike X>
auto reshape(X&& x, std::initializer_list<Index> sizes, Location where = Location::current()) {
  return detail::reshape(as_tensor(std::forward<X>(x), where),
                         std::span(sizes.begin(), sizes.size()), where);
}
template <TensorLike X>
auto reshape(X&& x, std::span<const Index> sizes, Location where = Location::current()) {
  return detail::reshape(as_tensor(std::forward<X>(x), where), sizes, where);
}
template <TensorLike X>
auto reshape(X&& x, const Shape& shape, Location where = Location::current()) {
  return detail::reshape(as_tensor(std::forward<X>(x), where), shape.sizes(), where);
}

/// Axes first … last as one.
///
///     flatten(x);                // a vector
///     flatten(x, 1);             // x [b, c, h, w]: [b, chw]
template <TensorLike X>
auto flatten(X&& x, int first = 0, int last = -1, Location where = Location::current()) {
  return detail::flatten(as_tensor(std::forward<X>(x), where), first, last, where);
}

/// Without the axes of size 1, all of them or those given (ShapeError for another size).
template <TensorLike X>
auto squeeze(X&& x, Axes axes = {}, Location where = Location::current()) {
  return detail::squeeze(as_tensor(std::forward<X>(x), where), axes, where);
}

/// With a new axis of size 1 at `axis`, in −rank − 1 … rank.
///
///     unsqueeze(x, -1);          // x [n]: [n, 1]
template <TensorLike X>
auto unsqueeze(X&& x, int axis, Location where = Location::current()) {
  return detail::unsqueeze(as_tensor(std::forward<X>(x), where), axis, where);
}

/// Axis d of the result is axis order[d] of x.
///
///     permute(x, {2, 0, 1});     // x [a, b, c]: [c, a, b]
///
/// ShapeError unless `order` names every axis once.
template <TensorLike X>
auto permute(X&& x, std::initializer_list<int> order, Location where = Location::current()) {
  return detail::permute(as_tensor(std::forward<X>(x), where),
                         std::span(order.begin(), order.size()), where);
}
template <TensorLike X>
auto permute(X&& x, std::span<const int> order, Location where = Location::current()) {
  return detail::permute(as_tensor(std::forward<X>(x), where), order, where);
}

/// Two axes exchanged, at first the last two: xᵀ for a matrix, or for each matrix of a batch.
template <TensorLike X>
auto transpose(X&& x, int a, int b, Location where = Location::current()) {
  return detail::transpose(as_tensor(std::forward<X>(x), where), a, b, where);
}
template <TensorLike X>
auto transpose(X&& x, Location where = Location::current()) {
  return detail::transpose(as_tensor(std::forward<X>(x), where), -2, -1, where);
}

/// Back to front along the axes, all of them if none is given.
template <TensorLike X>
auto flip(X&& x, Axes axes = {}, Location where = Location::current()) {
  return detail::flip(as_tensor(std::forward<X>(x), where), axes, where);
}

/// Repeated to `shape` by NumPy's rule: aligned at the last axis, sizes agree or are 1 in x.
///
///     x̄ = ȳ summed over the repeated axes
template <RealTensorLike X>
auto broadcast_to(X&& x, const Shape& shape, Location where = Location::current()) {
  return detail::broadcast_to(as_tensor(std::forward<X>(x), where), shape, where);
}

}  // namespace thalweg
