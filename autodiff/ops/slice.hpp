#pragma once
/// Parts of a tensor: slice, row, at, split.
///
///     slice(x, 1, {.begin = 1, .end = 5, .step = 2});     // columns 1 and 3
///     slice(x, 0, {-2});                                  // the last two rows
///     row(x, 0);   at(x, -1, 2);                          // one position: the axis disappears
///
/// A stretch of the leading axis shares the elements with x, anything else is a copy. The adjoint
/// of a part is added into that part of x̄. Tensors of whole numbers may be given throughout.

#include <limits>

#include "thalweg/autodiff/ops/operand.hpp"

namespace thalweg {

/// Positions begin, begin + step, … before end. As in Python, negative positions count from the
/// back and those beyond the ends are moved to the ends.
struct Range {
  Index begin = 0;
  Index end = std::numeric_limits<Index>::max();
  Index step = 1;
};

namespace detail {
template <class T>
Tensor<T> slice(const Tensor<T>& x, int axis, Range range, Location where);
template <class T>
Tensor<T> at(const char* op, const Tensor<T>& x, int axis, Index position, Location where);
template <class T>
std::vector<Tensor<T>> split(const Tensor<T>& x, std::span<const Index> sizes, int axis,
                             Location where);
template <class T>
std::vector<Tensor<T>> split(const Tensor<T>& x, Index parts, int axis, Location where);
}  // namespace detail

/// The positions of `range` along `axis`; of size 0 if there are none.
/// Throws ValueError for a step below 1: `flip` reverses an axis.
template <TensorLike X>
auto slice(X&& x, int axis, Range range, Location where = Location::current()) {
  return detail::slice(as_tensor(std::forward<X>(x), where), axis, range, where);
}
template <TensorLike X>
auto slice(X&& x, int axis, Index begin, Index end, Index step = 1,
           Location where = Location::current()) {
  return detail::slice(as_tensor(std::forward<X>(x), where), axis, {begin, end, step}, where);
}

/// x[position] along `axis`, which disappears; negative positions count from the back.
/// Throws IndexError for a position out of range.
template <TensorLike X>
auto at(X&& x, int axis, Index position, Location where = Location::current()) {
  return detail::at("at", as_tensor(std::forward<X>(x), where), axis, position, where);
}
/// at(x, 0, position): a row of a matrix, an example of a batch.
template <TensorLike X>
auto row(X&& x, Index position, Location where = Location::current()) {
  return detail::at("row", as_tensor(std::forward<X>(x), where), 0, position, where);
}

/// Parts of the given sizes, which must add up to the axis; or `parts` equal parts.
template <TensorLike X>
auto split(X&& x, std::initializer_list<Index> sizes, int axis = 0,
           Location where = Location::current()) {
  return detail::split(as_tensor(std::forward<X>(x), where), std::span(sizes.begin(), sizes.size()),
                       axis, where);
}
template <TensorLike X>
auto split(X&& x, const std::vector<Index>& sizes, int axis = 0,
           Location where = Location::current()) {
  return detail::split(as_tensor(std::forward<X>(x), where), std::span<const Index>(sizes), axis,
                       where);
}
template <TensorLike X>
auto split(X&& x, Index parts, int axis = 0, Location where = Location::current()) {
  return detail::split(as_tensor(std::forward<X>(x), where), parts, axis, where);
}

}  // namespace thalweg
