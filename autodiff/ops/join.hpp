#pragma once
/// Larger tensors out of smaller ones: concat, stack, pad.
///
///     concat({a, b, c}, 1);   concat(square(a), w, 1);   stack(rows);   pad(x, {{0, 0}, {1, 1}});
///
/// Lists hold tensors of one number type; for a list of expressions name it: concat<double>({…}).
/// Tensors of whole numbers may be given throughout.

#include "thalweg/autodiff/ops/operand.hpp"

namespace thalweg {

/// Elements to put before the first and after the last position of an axis.
struct Padding {
  Index before = 0;
  Index after = 0;
};

namespace detail {
template <class T>
Tensor<T> concat(std::span<const Tensor<T>> parts, int axis, Location where);
template <class T>
Tensor<T> stack(std::span<const Tensor<T>> parts, int axis, Location where);
template <class T>
Tensor<T> pad(const Tensor<T>& x, std::span<const Padding> padding, T value, Location where);
}  // namespace detail

/// One after the other along `axis`; the other sizes must agree, else ShapeError.
/// x̄ᵢ is the part of ȳ where xᵢ is.
template <class T>
Tensor<T> concat(const std::vector<Tensor<T>>& parts, int axis = 0,
                 Location where = Location::current()) {
  return detail::concat(std::span<const Tensor<T>>(parts), axis, where);
}
template <class T>
Tensor<T> concat(std::initializer_list<Tensor<T>> parts, int axis = 0,
                 Location where = Location::current()) {
  return detail::concat(std::span<const Tensor<T>>(parts.begin(), parts.size()), axis, where);
}
template <TensorLike A, TensorLike B>
auto concat(A&& a, B&& b, int axis = 0, Location where = Location::current()) {
  using T = op::ElementOf<A, B>;
  const Tensor<T> parts[] = {as_tensor(std::forward<A>(a), where),
                             as_tensor(std::forward<B>(b), where)};
  return detail::concat(std::span<const Tensor<T>>(parts), axis, where);
}

/// Side by side along a new axis, in −rank − 1 … rank; the shapes must agree, else ShapeError.
template <class T>
Tensor<T> stack(const std::vector<Tensor<T>>& parts, int axis = 0,
                Location where = Location::current()) {
  return detail::stack(std::span<const Tensor<T>>(parts), axis, where);
}
template <class T>
Tensor<T> stack(std::initializer_list<Tensor<T>> parts, int axis = 0,
                Location where = Location::current()) {
  return detail::stack(std::span<const Tensor<T>>(parts.begin(), parts.size()), axis, where);
}
template <TensorLike A, TensorLike B>
auto stack(A&& a, B&& b, int axis = 0, Location where = Location::current()) {
  using T = op::ElementOf<A, B>;
  const Tensor<T> parts[] = {as_tensor(std::forward<A>(a), where),
                             as_tensor(std::forward<B>(b), where)};
  return detail::stack(std::span<const Tensor<T>>(parts), axis, where);
}

/// x in a frame of `value`, a padding per axis. ShapeError for another number of them, ValueError
/// for a negative one. x̄ is the inside of ȳ.
template <TensorLike X>
auto pad(X&& x, std::initializer_list<Padding> padding,
         typename std::remove_cvref_t<X>::Real value = 0, Location where = Location::current()) {
  return detail::pad(as_tensor(std::forward<X>(x), where),
                     std::span(padding.begin(), padding.size()), value, where);
}
template <TensorLike X>
auto pad(X&& x, std::span<const Padding> padding, typename std::remove_cvref_t<X>::Real value = 0,
         Location where = Location::current()) {
  return detail::pad(as_tensor(std::forward<X>(x), where), padding, value, where);
}

}  // namespace thalweg
