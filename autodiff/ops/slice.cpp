#include "thalweg/autodiff/ops/slice.hpp"

#include <algorithm>
#include <numeric>

#include "thalweg/autodiff/kernels/layout.hpp"

namespace thalweg::detail {

namespace {

// y = x through a window that takes some positions of one axis;  x̄ in the window += ȳ. `shape` is
// the window's, or that without the axis. Elements that lie side by side are shared.
template <class T>
Tensor<T> part(const char* op, const Tensor<T>& x, int axis, const kernels::Window& window,
               const Shape& shape, Location where) {
  const bool contiguous =
      x.shape().size_before(axis) == 1 &&
      (window.shape[axis] <= 1 || window.steps[axis] == x.shape().size_after(axis));
  Tensor<T> y = contiguous ? alias(x, shape, window.offset) : Tensor<T>::uninitialised(shape);
  if (!contiguous) kernels::read(window, x.data(), false, y.unshared_data());
  return record_any(
      op, y, x,
      [window](auto& back) {
        const auto to = back.zeroed(0);
        kernels::write(window, back.adjoint(), true, to.data);
      },
      where);
}

}  // namespace

template <class T>
Tensor<T> slice(const Tensor<T>& x, int axis, Range range, Location where) {
  const int along = normalise_axis("slice", axis, x.shape());
  if (range.step < 1)
    throw ValueError(fmt::format("slice: step {} is not positive; flip(x, {}) reverses the axis",
                                 range.step, axis));
  const Index size = x.shape()[along];
  const auto wrap = [size](Index at) {
    return std::clamp<Index>(at < 0 ? at + size : at, 0, size);
  };
  const Index begin = wrap(range.begin);
  const Index stretch = std::max<Index>(0, wrap(range.end) - begin);
  const Index count = stretch / range.step + (stretch % range.step != 0);
  const kernels::Window window = kernels::sliced(x.shape(), along, begin, count, range.step);
  return part("slice", x, along, window, window.shape, where);
}

template <class T>
Tensor<T> at(const char* op, const Tensor<T>& x, int axis, Index position, Location where) {
  const int along = normalise_axis(op, axis, x.shape());
  const Index size = x.shape()[along];
  if (position < -size || position >= size)
    throw IndexError(fmt::format("{}: position {} is out of range for axis {} of shape {}", op,
                                 position, along, x.shape()));
  Shape shape;
  for (int d = 0; d < x.rank(); ++d)
    if (d != along) shape.push_back(x.shape()[d]);
  const Index start = position < 0 ? position + size : position;
  return part(op, x, along, kernels::sliced(x.shape(), along, start, 1), shape, where);
}

template <class T>
std::vector<Tensor<T>> split(const Tensor<T>& x, std::span<const Index> sizes, int axis,
                             Location where) {
  const int along = normalise_axis("split", axis, x.shape());
  const Index total = std::accumulate(sizes.begin(), sizes.end(), Index{0});
  const bool negative = std::any_of(sizes.begin(), sizes.end(), [](Index n) { return n < 0; });
  if (negative || total != x.shape()[along])
    throw ShapeError(
        negative ? std::string("split: a part has a negative size")
                 : fmt::format("split: the parts have {} positions together, axis {} of shape {} "
                               "has {}",
                               total, along, x.shape(), x.shape()[along]));
  std::vector<Tensor<T>> parts;
  parts.reserve(sizes.size());
  Index start = 0;
  for (const Index size : sizes) {
    const kernels::Window window = kernels::sliced(x.shape(), along, start, size);
    parts.push_back(part("split", x, along, window, window.shape, where));
    start += size;
  }
  return parts;
}

template <class T>
std::vector<Tensor<T>> split(const Tensor<T>& x, Index parts, int axis, Location where) {
  const int along = normalise_axis("split", axis, x.shape());
  const Index size = x.shape()[along];
  if (parts < 1 || size % parts != 0)
    throw ShapeError(fmt::format(
        "split: axis {} of shape {} does not divide into {} equal parts; give their sizes", along,
        x.shape(), parts));
  return split(x, std::vector<Index>(parts, size / parts), axis, where);
}

#define THALWEG_INSTANTIATE(Real)                                                            \
  template Tensor<Real> slice(const Tensor<Real>&, int, Range, Location);                    \
  template Tensor<Real> at(const char*, const Tensor<Real>&, int, Index, Location);          \
  template std::vector<Tensor<Real>> split(const Tensor<Real>&, std::span<const Index>, int, \
                                           Location);                                        \
  template std::vector<Tensor<Real>> split(const Tensor<Real>&, Index, int, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template Tensor<Index> slice(const Tensor<Index>&, int, Range, Location);
template Tensor<Index> at(const char*, const Tensor<Index>&, int, Index, Location);
template std::vector<Tensor<Index>> split(const Tensor<Index>&, std::span<const Index>, int,
                                          Location);
template std::vector<Tensor<Index>> split(const Tensor<Index>&, Index, int, Location);

}  // namespace thalweg::detail
