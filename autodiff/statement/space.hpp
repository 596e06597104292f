#pragma once
/// The index space of a fused loop: rows of contiguous or repeated elements.
///
/// Every operand of a statement covers the full shape with strides that are 0 along the axes it is
/// broadcast over. Axes that all operands cross in one stride are merged; the innermost remaining
/// axis is the row, where an operand's step is 1 or 0.

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::detail {

/// At most this many tensors in one statement, its result included.
inline constexpr int most_operands = 32;

struct Space {
  Index length = 0;  // of a row
  Index rows = 0;
  int step[most_operands];  // within a row
  /// The outer axes, outermost first, and each operand's strides along them.
  int axes = 0;
  Index sizes[Shape::max_rank];
  Index strides[most_operands][Shape::max_rank];

  /// Elements before row `row` of operand k.
  Index offset(int k, Index row) const {
    Index at = 0;
    for (int axis = axes; axis-- > 0; row /= sizes[axis])
      at += row % sizes[axis] * strides[k][axis];
    return at;
  }
};

/// The space of `full` for `count` operands, whose shapes broadcast to it.
void make_space(Space& space, const Shape& full, const Shape* const* shapes, int count);

/// True if all shapes are equal or of one element; `full` is then the first larger one.
bool same_or_single(const Shape* const* shapes, int count, Shape& full);

}  // namespace thalweg::detail
