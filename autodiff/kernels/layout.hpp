#pragma once
/// Moving elements between a row-major tensor and a window on another one.
///
///     permute     y = read(permuted(shape, axes), x)           adjoint: write, same window
///     slice       y = read(sliced(…), x)                       adjoint: zeros, then write
///     concat      write(sliced(out, axis, start, count), x_i)  adjoint: read, same window
///     pad         fill, then write(inset(…), x)                adjoint: read, same window
///     flip        y = read(flipped(shape, axis), x)            adjoint: itself
///     broadcast   y = read(broadcasted(from, to), x)           adjoint: sum_to
///
/// x and y must not overlap. T is float, double or Index.

#include "thalweg/autodiff/kernels/window.hpp"

namespace thalweg::kernels {

/// y[i] (+)= x[window(i)];  y is contiguous.
template <class T>
void read(const Window& window, const T* x, bool accumulate, T* y);

/// x[window(i)] (+)= y[i];  the window must not name an element twice (no steps of 0).
template <class T>
void write(const Window& window, const T* y, bool accumulate, T* x);

/// x̄ (+)= ȳ summed over the axes that `broadcasted(shape, from)` repeats, its adjoint.
///
///     ȳ [from]    x̄ [shape], whose sizes agree with the last ones of `from` or are 1
///
/// Sums are pairwise: the rounding error grows with the logarithm of the number of terms.
template <class Real>
void sum_to(const Shape& shape, const Shape& from, const Real* dy, bool accumulate, Real* dx);

/// y [columns, rows] (+)= xᵀ;  x [rows, columns].
template <class T>
void transpose(Index rows, Index columns, const T* x, bool accumulate, T* y);

}  // namespace thalweg::kernels
