#pragma once
/// The largest and the smallest elements, and where they are.
///
///     Tensor top = max(x, 1);                   // x [n, classes]: top [n]
///     IndexTensor label = argmax(x, 1);         // label [n]; has no gradient
///
/// A NaN among the elements is both the largest and the smallest. Of no elements there is no
/// largest: ShapeError.

#include "thalweg/autodiff/ops/axes.hpp"
#include "thalweg/autodiff/ops/operand.hpp"

namespace thalweg {

namespace detail {
enum class Extreme : bool { largest, smallest };
template <class Real>
Tensor<Real> extreme(Extreme which, const Tensor<Real>& x, const Axes& axes, KeepAxes keep,
                     Location where);
template <class T>
IndexTensor arg_extreme(Extreme which, const Tensor<T>& x, const Axes& axes, KeepAxes keep,
                        Location where);
}  // namespace detail

// Lists of axes have overloads of their own: {0, 1} might also be the second tensor of max(a, b).

/// y = max x.
///
/// Along one axis ȳ goes to the first largest element. Over everything or several axes ȳ is shared
/// equally among the k largest elements, ∂y/∂x = 1/k, the least-norm subgradient. (PyTorch's
/// max(x, axis), and its max(x) and amax.)
template <RealTensorLike X>
auto max(X&& x, Axes axes = {}, KeepAxes keep = KeepAxes::no,
         Location where = Location::current()) {
  return detail::extreme(detail::Extreme::largest, as_tensor(std::forward<X>(x), where), axes, keep,
                         where);
}
template <RealTensorLike X>
auto max(X&& x, std::initializer_list<int> axes, KeepAxes keep = KeepAxes::no,
         Location where = Location::current()) {
  return max(std::forward<X>(x), Axes(axes), keep, where);
}

/// y = min x, with gradients as for `max`.
template <RealTensorLike X>
auto min(X&& x, Axes axes = {}, KeepAxes keep = KeepAxes::no,
         Location where = Location::current()) {
  return detail::extreme(detail::Extreme::smallest, as_tensor(std::forward<X>(x), where), axes,
                         keep, where);
}
template <RealTensorLike X>
auto min(X&& x, std::initializer_list<int> axes, KeepAxes keep = KeepAxes::no,
         Location where = Location::current()) {
  return min(std::forward<X>(x), Axes(axes), keep, where);
}

/// The position of the first largest element along the axes; over several, counted row-major.
template <RealTensorLike X>
auto argmax(X&& x, Axes axes = {}, KeepAxes keep = KeepAxes::no,
            Location where = Location::current()) {
  return detail::arg_extreme(detail::Extreme::largest, as_tensor(std::forward<X>(x), where), axes,
                             keep, where);
}

/// The position of the first smallest element.
template <RealTensorLike X>
auto argmin(X&& x, Axes axes = {}, KeepAxes keep = KeepAxes::no,
            Location where = Location::current()) {
  return detail::arg_extreme(detail::Extreme::smallest, as_tensor(std::forward<X>(x), where), axes,
                             keep, where);
}

}  // namespace thalweg
