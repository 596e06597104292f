#pragma once
/// Reading and adding at positions given by an index tensor.
///
/// Indices are trusted: the caller looks for bad ones with `find_out_of_range` and names them in
/// its error. Sums at a repeated index are made in the order of the index tensor, whatever
/// threads() is.

#include <span>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::kernels {

/// The position of the first index outside 0 … size − 1, or −1.
Index find_out_of_range(std::span<const Index> indices, Index size);

/// y[i, …, j, …] = x[i, …, index[i, …, j, …], …] with the index on `axis`; y has the index's shape.
/// Both shapes have one rank; along other axes the index may be shorter than x.
template <class T>
void gather(const Shape& x_shape, int axis, const Shape& index_shape, const T* x,
            const Index* index, T* y);

/// x̄[i, …, index[i, …, j, …], …] += ȳ[i, …, j, …], the adjoint of `gather`.
template <class T>
void scatter_add(const Shape& x_shape, int axis, const Shape& index_shape, const Index* index,
                 const T* dy, T* dx);

/// y_i = x[index_i] for rows of `width` elements: an embedding.
template <class T>
void take_rows(std::span<const Index> index, Index width, const T* x, T* y);

/// x̄[index_i] += ȳ_i for rows of `width` elements of x̄ [rows, width]; zeros first unless
/// `accumulate`.
template <class T>
void add_rows(std::span<const Index> index, Index width, const T* dy, bool accumulate, Index rows,
              T* dx);

/// y_ij = [j = index_i];  y [index.size(), classes].
template <class T>
void one_hot(std::span<const Index> index, Index classes, T* y);

}  // namespace thalweg::kernels
