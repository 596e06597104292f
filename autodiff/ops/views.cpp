#include "thalweg/autodiff/ops/views.hpp"

#include <algorithm>
#include <array>

#include "thalweg/autodiff/kernels/layout.hpp"

namespace thalweg::detail {

namespace {

std::string sizes_text(std::span<const Index> sizes) {
  std::string text = "[";
  for (std::size_t k = 0; k < sizes.size(); ++k)
    text += fmt::format("{}{}", k ? ", " : "", sizes[k]);
  return text + "]";
}

// The sizes with what is left of `count` elements in the place of −1.
Shape fitting_shape(const Shape& from, std::span<const Index> sizes) {
  const auto fail = [&](const char* why) {
    throw ShapeError(fmt::format("reshape: {} with {} elements does not fit {}; {}", from,
                                 from.size(), sizes_text(sizes), why));
  };
  Shape shape;
  int open = -1;
  Index known = 1;
  for (const Index size : sizes) {
    if (size < -1) fail("sizes are at least 0, or -1 for what is left");
    if (size == -1) {
      if (open >= 0) fail("only one size may be -1");
      open = shape.rank();
    } else {
      known *= size;
    }
    shape.push_back(size);
  }
  if (open >= 0) {
    if (known == 0 || from.size() % known != 0) fail("no whole size in the place of -1 does");
    shape[open] = from.size() / known;
  } else if (known != from.size()) {
    fail("the product of the sizes must stay the same");
  }
  return shape;
}

// y = x under another shape.     x̄ = ȳ.
template <class T>
Tensor<T> reshaped(const char* op, const Tensor<T>& x, const Shape& shape, Location where) {
  return record_any(
      op, alias(x, shape), x, [](auto& back) { back.forward(0); }, where);
}

// y = x seen through a window that shows every element once.     x̄ through the window = ȳ.
template <class T>
Tensor<T> rearranged(const char* op, const Tensor<T>& x, const kernels::Window& window,
                     Location where) {
  Tensor<T> y = Tensor<T>::uninitialised(window.shape);
  kernels::read(window, x.data(), false, y.unshared_data());
  return record_any(
      op, y, x,
      [window](auto& back) {
        const auto to = back.into(0);
        kernels::write(window, back.adjoint(), to.accumulate, to.data);
      },
      where);
}

}  // namespace

template <class T>
Tensor<T> reshape(const Tensor<T>& x, std::span<const Index> sizes, Location where) {
  return reshaped("reshape", x, fitting_shape(x.shape(), sizes), where);
}

template <class T>
Tensor<T> flatten(const Tensor<T>& x, int first, int last, Location where) {
  if (x.rank() == 0) return reshaped("flatten", x, {1}, where);
  const int begin = normalise_axis("flatten", first, x.shape());
  const int end = normalise_axis("flatten", last, x.shape());
  if (begin > end)
    throw ShapeError(
        fmt::format("flatten: axis {} comes after axis {} in shape {}", first, last, x.shape()));
  Shape shape;
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (axis <= begin || axis > end)
      shape.push_back(x.shape()[axis]);
    else
      shape[begin] *= x.shape()[axis];
  }
  return reshaped("flatten", x, shape, where);
}

template <class T>
Tensor<T> squeeze(const Tensor<T>& x, const Axes& axes, Location where) {
  const unsigned bits = axis_bits("squeeze", axes, x.shape());
  Shape shape;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const Index size = x.shape()[axis];
    const bool named = bits >> axis & 1;
    if (named && size == 1) continue;
    if (named && !axes.all())
      throw ShapeError(fmt::format("squeeze: axis {} of shape {} has size {}; expected 1", axis,
                                   x.shape(), size));
    shape.push_back(size);
  }
  return reshaped("squeeze", x, shape, where);
}

template <class T>
Tensor<T> unsqueeze(const Tensor<T>& x, int axis, Location where) {
  const int rank = x.rank();
  if (axis < -rank - 1 || axis > rank)
    throw ShapeError(
        fmt::format("unsqueeze: a new axis {} is out of range for shape {}; expected {} to {}",
                    axis, x.shape(), -rank - 1, rank));
  const int place = axis < 0 ? axis + rank + 1 : axis;
  Shape shape;
  for (int d = 0; d <= rank; ++d) {
    if (d == place) shape.push_back(1);
    if (d < rank) shape.push_back(x.shape()[d]);
  }
  return reshaped("unsqueeze", x, shape, where);
}

template <class T>
Tensor<T> permute(const Tensor<T>& x, std::span<const int> order, Location where) {
  if (static_cast<int>(order.size()) != x.rank())
    throw ShapeError(
        fmt::format("permute: {} axes given for shape {}; expected each of its {} once",
                    order.size(), x.shape(), x.rank()));
  axis_bits("permute", Axes(order), x.shape());
  std::array<int, Shape::max_rank> axes{};
  for (std::size_t k = 0; k < order.size(); ++k)
    axes[k] = normalise_axis("permute", order[k], x.shape());
  return rearranged("permute", x, kernels::permuted(x.shape(), std::span(axes).first(order.size())),
                    where);
}

template <class T>
Tensor<T> transpose(const Tensor<T>& x, int a, int b, Location where) {
  if (x.rank() < 2)
    throw ShapeError(fmt::format("transpose: shape {} has {}; expected at least two axes",
                                 x.shape(), x.rank() ? "one axis" : "no axes"));
  std::array<int, Shape::max_rank> axes{};
  for (std::size_t k = 0; k < axes.size(); ++k) axes[k] = static_cast<int>(k);
  std::swap(axes[normalise_axis("transpose", a, x.shape())],
            axes[normalise_axis("transpose", b, x.shape())]);
  const auto order = std::span(axes).first(x.rank());
  return rearranged("transpose", x, kernels::permuted(x.shape(), order), where);
}

template <class T>
Tensor<T> flip(const Tensor<T>& x, const Axes& axes, Location where) {
  const unsigned bits = axis_bits("flip", axes, x.shape());
  kernels::Window window = kernels::whole(x.shape());
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (!(bits >> axis & 1)) continue;
    window.offset += (x.shape()[axis] - 1) * window.steps[axis];
    window.steps[axis] = -window.steps[axis];
  }
  return rearranged("flip", x, window, where);
}

// y = x repeated;  x̄ (+)= ȳ summed over the repeated axes.
template <class T>
Tensor<T> broadcast_to(const Tensor<T>& x, const Shape& shape, Location where) {
  const int added = shape.rank() - x.rank();
  bool fits = added >= 0;
  for (int axis = 0; fits && axis < x.rank(); ++axis)
    fits = x.shape()[axis] == 1 || x.shape()[axis] == shape[axis + added];
  if (!fits)
    throw ShapeError(fmt::format(
        "broadcast_to: {} does not broadcast to {}; aligned at the last axis, sizes must agree or "
        "be 1 in the first",
        x.shape(), shape));
  Tensor<T> y = Tensor<T>::uninitialised(shape);
  kernels::read(kernels::broadcasted(x.shape(), shape), x.data(), false, y.unshared_data());
  return record(
      "broadcast_to", y, {x},
      [from = x.shape(), shape](Backward<T>& back) {
        const auto to = back.into(0);
        kernels::sum_to(from, shape, back.adjoint(), to.accumulate, to.data);
      },
      where);
}

#define THALWEG_INSTANTIATE(Real)                                                       \
  template Tensor<Real> broadcast_to(const Tensor<Real>&, const Shape&, Location);      \
  template Tensor<Real> reshape(const Tensor<Real>&, std::span<const Index>, Location); \
  template Tensor<Real> flatten(const Tensor<Real>&, int, int, Location);               \
  template Tensor<Real> squeeze(const Tensor<Real>&, const Axes&, Location);            \
  template Tensor<Real> unsqueeze(const Tensor<Real>&, int, Location);                  \
  template Tensor<Real> permute(const Tensor<Real>&, std::span<const int>, Location);   \
  template Tensor<Real> transpose(const Tensor<Real>&, int, int, Location);             \
  template Tensor<Real> flip(const Tensor<Real>&, const Axes&, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template Tensor<Index> reshape(const Tensor<Index>&, std::span<const Index>, Location);
template Tensor<Index> flatten(const Tensor<Index>&, int, int, Location);
template Tensor<Index> squeeze(const Tensor<Index>&, const Axes&, Location);
template Tensor<Index> unsqueeze(const Tensor<Index>&, int, Location);
template Tensor<Index> permute(const Tensor<Index>&, std::span<const int>, Location);
template Tensor<Index> transpose(const Tensor<Index>&, int, int, Location);
template Tensor<Index> flip(const Tensor<Index>&, const Axes&, Location);

}  // namespace thalweg::detail
