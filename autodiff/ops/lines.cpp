#include "thalweg/autodiff/ops/lines.hpp"

#include "thalweg/autodiff/ops/views.hpp"

namespace thalweg::detail {

namespace {

// Elements before, in and after the axes first … last.
kernels::AxisView view_axes(const Shape& shape, int first, int last) {
  kernels::AxisView view{shape.size_before(first), 1, shape.size_after(last)};
  for (int axis = first; axis <= last; ++axis) view.count *= shape[axis];
  return view;
}

}  // namespace

template <class T>
Lines<T> lines(const char* op, const Tensor<T>& x, const Axes& axes, KeepAxes keep,
               Location where) {
  const unsigned bits = axis_bits(op, axes, x.shape());
  const ReducedShape reduced = reduced_shape(op, x.shape(), axes, keep);
  if (bits == 0) return {x, {x.size(), 1, 1}, reduced.form, reduced.result};
  const int first = __builtin_ctz(bits);
  const int last = 31 - __builtin_clz(bits);
  if (__builtin_popcount(bits) == last - first + 1)
    return {x, view_axes(x.shape(), first, last), reduced.form, reduced.result};

  int order[Shape::max_rank];
  int count = 0;
  for (const bool wanted : {false, true})
    for (int axis = 0; axis < x.rank(); ++axis)
      if (wanted == bool(bits >> axis & 1)) order[count++] = axis;
  const Tensor<T> moved =
      permute(x, std::span<const int>(order, static_cast<std::size_t>(count)), where);
  const int outer = count - __builtin_popcount(bits);
  return {moved, view_axes(moved.shape(), outer, count - 1), reduced.form, reduced.result};
}

#define THALWEG_INSTANTIATE(Real) \
  template Lines<Real> lines(const char*, const Tensor<Real>&, const Axes&, KeepAxes, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template Lines<Index> lines(const char*, const Tensor<Index>&, const Axes&, KeepAxes, Location);

}  // namespace thalweg::detail
