#include "thalweg/autodiff/statement/space.hpp"

namespace thalweg::detail {

namespace {

// Strides of `shape` along the axes of `full`; 0 where it is broadcast.
void strides_of(const Shape& shape, const Shape& full, Index* strides) {
  Index stride = 1;
  const int missing = full.rank() - shape.rank();
  for (int axis = full.rank(); axis-- > 0;) {
    const Index size = axis < missing ? 1 : shape[axis - missing];
    strides[axis] = size == 1 ? 0 : stride;
    stride *= size;
  }
}

}  // namespace

bool same_or_single(const Shape* const* shapes, int count, Shape& full) {
  int same = 1;
  while (same < count && (shapes[same] == shapes[0] || *shapes[same] == *shapes[0])) ++same;
  if (same == count) {
    full = *shapes[0];
    return true;
  }
  const Shape* widest = shapes[0];
  for (int k = 1; k < count; ++k)
    if (shapes[k]->rank() > widest->rank() ||
        (shapes[k] != widest && shapes[k]->rank() == widest->rank() && widest->size() == 1))
      widest = shapes[k];
  for (int k = 0; k < count; ++k)
    if (shapes[k] != widest && !(*shapes[k] == *widest) && shapes[k]->size() != 1) return false;
  full = *widest;
  return true;
}

void make_space(Space& space, const Shape& full, const Shape* const* shapes, int count) {
  const Index total = full.size();
  bool flat = true;
  for (int k = 0; k < count; ++k) {
    const Index size = shapes[k]->size();
    space.step[k] = size == total && size != 1;
    flat &= size == total || size == 1;
  }
  space.axes = 0;
  if (flat || total == 0) {
    space.length = total;
    space.rows = total == 0 ? 0 : 1;
    return;
  }
  // Merge from the back: axis `to` is the current innermost merged one.
  Index strides[most_operands][Shape::max_rank];
  for (int k = 0; k < count; ++k) strides_of(*shapes[k], full, strides[k]);
  Index sizes[Shape::max_rank];
  Index merged[most_operands][Shape::max_rank];
  int groups = 0;  // innermost first
  for (int axis = full.rank(); axis-- > 0;) {
    if (full[axis] == 1) continue;
    bool merges = groups > 0;
    for (int k = 0; k < count && merges; ++k)
      merges = strides[k][axis] == merged[k][groups - 1] * sizes[groups - 1];
    if (merges) {
      sizes[groups - 1] *= full[axis];
      continue;
    }
    sizes[groups] = full[axis];
    for (int k = 0; k < count; ++k) merged[k][groups] = strides[k][axis];
    ++groups;
  }
  space.length = sizes[0];
  space.rows = total / sizes[0];
  for (int k = 0; k < count; ++k) space.step[k] = merged[k][0] != 0;
  space.axes = groups - 1;
  for (int axis = 0; axis < space.axes; ++axis) {
    space.sizes[axis] = sizes[groups - 1 - axis];
    for (int k = 0; k < count; ++k) space.strides[k][axis] = merged[k][groups - 1 - axis];
  }
}

}  // namespace thalweg::detail
