#pragma once
/// Reading a tensor at positions given by whole numbers: gather, embedding, take, one_hot.
///
///     gather(logits, 1, unsqueeze(labels, 1));     // the logit of each row's label
///     embedding(table, tokens);                    // table [words, d], tokens [b, t]: [b, t, d]
///     take(x, {3, 0, 3});                          // rows of x
///
/// Positions count from 0. IndexError for one out of range, naming it and where it stands. Adjoints
/// of elements that are read repeatedly add up in the order of the index: results do not depend on
/// the number of threads.

#include "thalweg/autodiff/ops/indices.hpp"
#include "thalweg/autodiff/ops/operand.hpp"

namespace thalweg {

namespace detail {
template <class T>
Tensor<T> gather(const Tensor<T>& x, int axis, const IndexTensor& index, Location where);
template <class T>
Tensor<T> take_rows(const char* op, const Tensor<T>& table, const IndexTensor& index,
                    Location where);
}  // namespace detail

/// y[i, …, j, …] = x[i, …, index[i, …, j, …], …], the index standing on `axis`; y has its shape.
/// x̄[i, …, index[…], …] += ȳ[i, …, j, …].
///
/// The index has the rank of x and is nowhere longer but along `axis`, else ShapeError.
template <TensorLike X>
auto gather(X&& x, int axis, const Indices& index, Location where = Location::current()) {
  return detail::gather(as_tensor(std::forward<X>(x), where), axis, index.tensor(), where);
}

/// y_i = table[index_i], one row for every index.     t̄able[index_i] += ȳ_i.
///
///     table [rows, …]    index [any shape]    y [any shape, …]
template <TensorLike X>
auto embedding(X&& table, const Indices& index, Location where = Location::current()) {
  return detail::take_rows("embedding", as_tensor(std::forward<X>(table), where), index.tensor(),
                           where);
}

/// The same for examples of a data set; also of whole numbers, such as labels.
template <TensorLike X>
auto take(X&& x, const Indices& index, Location where = Location::current()) {
  return detail::take_rows("take", as_tensor(std::forward<X>(x), where), index.tensor(), where);
}

/// y_ic = 1 if c = index_i, else 0.     index [any shape], y [any shape, classes]
template <class Real = double>
Tensor<Real> one_hot(const Indices& index, Index classes);

}  // namespace thalweg
