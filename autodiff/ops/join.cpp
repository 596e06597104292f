#include "thalweg/autodiff/ops/join.hpp"

#include <algorithm>
#include <array>

#include "thalweg/autodiff/kernels/layout.hpp"
#include "thalweg/autodiff/ops/views.hpp"

namespace thalweg::detail {

namespace {

// The joined shape. The parts agree in all axes but `axis`.
template <class T>
Shape joined_shape(std::span<const Tensor<T>> parts, int axis) {
  Shape shape = parts[0].shape();
  shape[axis] = 0;
  for (std::size_t k = 0; k < parts.size(); ++k) {
    Shape others = parts[k].shape();
    bool fits = others.rank() == shape.rank();
    for (int d = 0; fits && d < shape.rank(); ++d) fits = d == axis || others[d] == shape[d];
    if (!fits)
      throw ShapeError(fmt::format(
          "concat: shapes {} and {} (the first and number {}) must agree in all axes but {}",
          parts[0].shape(), others, k + 1, axis));
    shape[axis] += others[axis];
  }
  return shape;
}

template <class T>
void expect_parts(const char* op, std::span<const Tensor<T>> parts) {
  if (parts.empty())
    throw ShapeError(fmt::format("{}: no tensors given; expected at least one", op));
}

}  // namespace

// y = x₁, x₂, … along the axis;  x̄ₖ (+)= ȳ where xₖ lies.
template <class T>
Tensor<T> concat(std::span<const Tensor<T>> parts, int axis, Location where) {
  expect_parts("concat", parts);
  const int along = normalise_axis("concat", axis, parts[0].shape());
  const Shape shape = joined_shape(parts, along);
  Tensor<T> y = Tensor<T>::uninitialised(shape);
  Index start = 0;
  for (const Tensor<T>& part : parts) {
    const Index count = part.shape()[along];
    kernels::write(kernels::sliced(shape, along, start, count), part.data(), false,
                   y.unshared_data());
    start += count;
  }
  if constexpr (!std::is_floating_point_v<T>) {
    return y;
  } else {
    return record(
        "concat", y, std::vector<Operand>(parts.begin(), parts.end()),
        [shape, along, parts = parts.size()](Backward<T>& back) {
          const Index line = shape.size_before(along) * shape.size_after(along);
          Index from = 0;
          for (std::size_t k = 0; k < parts; ++k) {
            const Index count = line > 0 ? back.size(k) / line : 0;
            if (const auto to = back.into(k))
              kernels::read(kernels::sliced(shape, along, from, count), back.adjoint(),
                            to.accumulate, to.data);
            from += count;
          }
        },
        where);
  }
}

// concat along an axis of size 1 that each part gets.
template <class T>
Tensor<T> stack(std::span<const Tensor<T>> parts, int axis, Location where) {
  expect_parts("stack", parts);
  std::vector<Tensor<T>> slabs;
  slabs.reserve(parts.size());
  for (std::size_t k = 0; k < parts.size(); ++k) {
    if (parts[k].shape() != parts[0].shape())
      throw ShapeError(fmt::format("stack: shapes {} and {} (the first and number {}) must agree",
                                   parts[0].shape(), parts[k].shape(), k + 1));
    slabs.push_back(unsqueeze(parts[k], axis, where));
  }
  return concat(std::span<const Tensor<T>>(slabs), axis, where);
}

// y = value, and x in its window;  x̄ (+)= ȳ in that window.
template <class T>
Tensor<T> pad(const Tensor<T>& x, std::span<const Padding> padding, T value, Location where) {
  if (static_cast<int>(padding.size()) != x.rank())
    throw ShapeError(fmt::format("pad: {} paddings for shape {}; expected one per axis",
                                 padding.size(), x.shape()));
  Shape shape = x.shape();
  std::array<Index, Shape::max_rank> before{};
  for (int axis = 0; axis < x.rank(); ++axis) {
    const Padding& frame = padding[axis];
    if (frame.before < 0 || frame.after < 0)
      throw ValueError(fmt::format("pad: padding ({}, {}) of axis {} is negative; slice cuts off",
                                   frame.before, frame.after, axis));
    before[axis] = frame.before;
    shape[axis] += frame.before + frame.after;
  }
  const auto window = kernels::inset(shape, x.shape(), std::span(before).first(padding.size()));
  Tensor<T> y = Tensor<T>::uninitialised(shape);
  std::fill_n(y.unshared_data(), y.size(), value);
  kernels::write(window, x.data(), false, y.unshared_data());
  return record_any(
      "pad", y, x,
      [window](auto& back) {
        const auto to = back.into(0);
        kernels::read(window, back.adjoint(), to.accumulate, to.data);
      },
      where);
}

#define THALWEG_INSTANTIATE(Real)                                             \
  template Tensor<Real> concat(std::span<const Tensor<Real>>, int, Location); \
  template Tensor<Real> stack(std::span<const Tensor<Real>>, int, Location);  \
  template Tensor<Real> pad(const Tensor<Real>&, std::span<const Padding>, Real, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template Tensor<Index> concat(std::span<const Tensor<Index>>, int, Location);
template Tensor<Index> stack(std::span<const Tensor<Index>>, int, Location);
template Tensor<Index> pad(const Tensor<Index>&, std::span<const Padding>, Index, Location);

}  // namespace thalweg::detail
