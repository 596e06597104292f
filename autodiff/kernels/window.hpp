#pragma once
/// Rectangular windows on a row-major tensor: what permute, slice, flip, pad, concat, split and
/// broadcast have in common.

#include <span>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::kernels {

/// Element (i₀, i₁, …) of a window of this shape is element offset + Σ i_d · steps[d] of the
/// tensor. Steps may be negative (flip) or zero (broadcast).
struct Window {
  Shape shape;
  Index steps[Shape::max_rank] = {};
  Index offset = 0;
};

/// The tensor itself.
Window whole(const Shape& shape);

/// Axis d of the window is axis axes[d] of the tensor.
Window permuted(const Shape& shape, std::span<const int> axes);

/// `count` elements along `axis` from `start` on, `step` (≠ 0) apart.
Window sliced(const Shape& shape, int axis, Index start, Index count, Index step = 1);

/// `axis` backwards.
Window flipped(const Shape& shape, int axis);

/// The tensor repeated to the shape `to`, aligned at the last axis; its sizes agree with `to` or
/// are 1.
Window broadcasted(const Shape& shape, const Shape& to);

/// The place of a tensor of shape `inner` in a padded one of shape `outer`: `before[d]` elements
/// from the start of axis d.
Window inset(const Shape& outer, const Shape& inner, std::span<const Index> before);

}  // namespace thalweg::kernels
