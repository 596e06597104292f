#include "thalweg/autodiff/kernels/window.hpp"

namespace thalweg::kernels {

Window whole(const Shape& shape) {
  Window window{.shape = shape};
  Index step = 1;
  for (int d = shape.rank() - 1; d >= 0; --d) {
    window.steps[d] = step;
    step *= shape[d];
  }
  return window;
}

Window permuted(const Shape& shape, std::span<const int> axes) {
  const Window all = whole(shape);
  Window window{.shape = shape};
  for (int d = 0; d < shape.rank(); ++d) {
    const int from = axes[d];
    window.shape[d] = shape[from];
    window.steps[d] = all.steps[from];
  }
  return window;
}

Window sliced(const Shape& shape, int axis, Index start, Index count, Index step) {
  Window window = whole(shape);
  window.shape[axis] = count;
  window.offset = start * window.steps[axis];
  window.steps[axis] *= step;
  return window;
}

Window flipped(const Shape& shape, int axis) {
  return sliced(shape, axis, shape[axis] - 1, shape[axis], -1);
}

Window broadcasted(const Shape& shape, const Shape& to) {
  const Window all = whole(shape);
  Window window{.shape = to};
  const int added = to.rank() - shape.rank();
  for (int d = added; d < to.rank(); ++d)
    window.steps[d] = shape[d - added] == to[d] ? all.steps[d - added] : 0;
  return window;
}

Window inset(const Shape& outer, const Shape& inner, std::span<const Index> before) {
  Window window = whole(outer);
  window.shape = inner;
  for (int d = 0; d < outer.rank(); ++d) window.offset += before[d] * window.steps[d];
  return window;
}

}  // namespace thalweg::kernels
