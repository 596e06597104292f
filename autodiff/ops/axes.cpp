#include "thalweg/autodiff/ops/axes.hpp"

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg {

Axes::Axes(std::span<const int> axes) {
  if (axes.size() > Shape::max_rank)
    throw ShapeError(
        fmt::format("Axes: {} axes given; a tensor has at most {}", axes.size(), Shape::max_rank));
  for (const int axis : axes) axes_[count_++] = axis;
}

namespace detail {

unsigned axis_bits(const char* op, const Axes& axes, const Shape& shape) {
  if (axes.all()) return (1u << shape.rank()) - 1;
  unsigned bits = 0;
  for (const int axis : axes.list()) {
    const unsigned bit = 1u << normalise_axis(op, axis, shape);
    if (bits & bit)
      throw ShapeError(fmt::format("{}: axis {} of shape {} is given twice", op, axis, shape));
    bits |= bit;
  }
  return bits;
}

ReducedShape reduced_shape(const char* op, const Shape& shape, const Axes& axes, KeepAxes keep) {
  const unsigned bits = axis_bits(op, axes, shape);
  ReducedShape reduced{shape, {}, 1};
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const bool gone = bits >> axis & 1;
    if (gone) {
      reduced.count *= shape[axis];
      reduced.form[axis] = 1;
    }
    if (!gone || keep == KeepAxes::yes) reduced.result.push_back(reduced.form[axis]);
  }
  return reduced;
}

}  // namespace detail
}  // namespace thalweg
