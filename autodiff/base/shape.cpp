#include "thalweg/autodiff/base/shape.hpp"

#include <algorithm>
#include <ostream>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg {

Shape::Shape(std::span<const Index> sizes) {
  if (sizes.size() > max_rank)
    throw ShapeError(
        fmt::format("Shape: {} axes given; at most {} are supported", sizes.size(), max_rank));
  Index product = 1;
  for (Index size : sizes) {
    if (size < 0) throw ShapeError(fmt::format("Shape: size {} is negative", size));
    if (__builtin_mul_overflow(product, std::max<Index>(size, 1), &product) || product > Index{1}
                                                                                             << 62)
      throw ShapeError("Shape: more than 2^62 elements");
    sizes_[rank_++] = size;
  }
}

Index Shape::at(int axis) const { return sizes_[normalise_axis("Shape", axis, *this)]; }

void Shape::push_back(Index size) {
  if (rank_ == max_rank)
    throw ShapeError(fmt::format("Shape: at most {} axes are supported", max_rank));
  sizes_[rank_++] = size;
}

Index Shape::size_before(int axis) const {
  Index product = 1;
  for (int k = 0; k < axis; ++k) product *= sizes_[k];
  return product;
}

Index Shape::size_after(int axis) const {
  Index product = 1;
  for (int k = axis + 1; k < rank_; ++k) product *= sizes_[k];
  return product;
}

std::ostream& operator<<(std::ostream& stream, const Shape& shape) {
  return stream << to_string(shape);
}

std::string to_string(const Shape& shape) {
  std::string text = "[";
  for (int axis = 0; axis < shape.rank(); ++axis)
    text += fmt::format("{}{}", axis ? ", " : "", shape[axis]);
  return text + "]";
}

Shape broadcast(const char* op, const Shape& a, const Shape& b) {
  if (a == b) return a;
  const int rank = std::max(a.rank(), b.rank());
  Index sizes[Shape::max_rank];
  for (int k = 1; k <= rank; ++k) {  // k-th axis from the back
    const Index size_a = k <= a.rank() ? a[a.rank() - k] : 1;
    const Index size_b = k <= b.rank() ? b[b.rank() - k] : 1;
    if (size_a != size_b && size_a != 1 && size_b != 1)
      throw ShapeError(fmt::format(
          "{}: shapes do not broadcast: {} and {}; sizes {} and {} at axis {} must agree or be 1",
          op, a, b, size_a, size_b, rank - k));
    sizes[rank - k] = size_a == 1 ? size_b : size_a;
  }
  return Shape(std::span<const Index>(sizes, static_cast<std::size_t>(rank)));
}

int normalise_axis(const char* op, int axis, const Shape& shape) {
  const int rank = shape.rank();
  if (axis < -rank || axis >= rank)
    throw ShapeError(
        rank == 0
            ? fmt::format("{}: axis {} is out of range for shape []; a single number has no axes",
                          op, axis)
            : fmt::format("{}: axis {} is out of range for shape {}; expected {} to {}", op, axis,
                          shape, -rank, rank - 1));
  return axis < 0 ? axis + rank : axis;
}

}  // namespace thalweg
