#pragma once
/// Axes as one, as a layer.

#include "thalweg/autodiff/ops/views.hpp"

namespace thalweg::nn {

/// Axes first … last as one; costs nothing.
///
///     nn::Flatten{}(x);               // x [n, c, h, w]: [n, chw]
///
/// ShapeError for axes out of range.
struct Flatten {
  int first = 1;
  int last = -1;

  template <TensorLike X>
  auto operator()(X&& x, Location where = Location::current()) const {
    return flatten(std::forward<X>(x), first, last, where);
  }
};

}  // namespace thalweg::nn
