#pragma once
/// Rotary positions.

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::kernels {

/// Turns pairs (x_c, x_{c + width/2}) of each row of `width` numbers by the angle
/// direction · position · base^(−2c/width); x [batch, rows, heads, width], position = first + row.
/// Only the first `turned` heads turn, the others are copied.
template <class Real>
void rotate(Index batch, Index rows, Index heads, Index turned, Index width, Index first,
            double base, double direction, const Real* x, bool accumulate, Real* y);

}  // namespace thalweg::kernels
