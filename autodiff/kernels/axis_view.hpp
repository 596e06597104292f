#pragma once
/// A row-major tensor seen from one of its axes.

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::kernels {

/// [before, count, after]: element j of the line (b, a) is x[(b · count + j) · after + a].
struct AxisView {
  Index before = 1;
  Index count = 1;
  Index after = 1;

  Index size() const { return before * count * after; }
  Index lines() const { return before * after; }
};

/// `axis` in 0 … rank − 1.
inline AxisView view_axis(const Shape& shape, int axis) {
  return {shape.size_before(axis), shape[axis], shape.size_after(axis)};
}

}  // namespace thalweg::kernels
