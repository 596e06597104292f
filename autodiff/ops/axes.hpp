#pragma once
/// Which axes an op works along: all, one or several.
///
///     sum(x);    sum(x, 1);    sum(x, {0, -1});    sum(x, 1, keep_axes);

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg {

/// Axes of a tensor; negative ones count from the back. `Axes{}` means all of them.
class Axes {
 public:
  Axes() = default;
  Axes(int axis) : Axes({axis}) {}
  Axes(std::initializer_list<int> axes) : Axes(std::span(axes.begin(), axes.size())) {}
  /// Throws ShapeError for more than eight axes.
  explicit Axes(std::span<const int> axes);

  bool all() const { return count_ == 0; }
  std::span<const int> list() const { return {axes_, static_cast<std::size_t>(count_)}; }

 private:
  int count_ = 0;
  int axes_[Shape::max_rank] = {};
};

/// Whether a reduced axis disappears or stays with size 1.
enum class KeepAxes : bool { no, yes };
inline constexpr KeepAxes keep_axes = KeepAxes::yes;

namespace detail {

/// Axes that `axes` names, as bits. Throws ShapeError for one out of range or given twice.
unsigned axis_bits(const char* op, const Axes& axes, const Shape& shape);

/// What is left of a shape after a reduction.
struct ReducedShape {
  Shape form;       // reduced axes have size 1
  Shape result;     // the same, or without these axes
  Index count = 1;  // elements that become one
};
ReducedShape reduced_shape(const char* op, const Shape& shape, const Axes& axes, KeepAxes keep);

}  // namespace detail
}  // namespace thalweg
