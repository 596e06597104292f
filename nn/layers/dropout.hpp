#pragma once
/// Dropout as layers.

#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/dropout.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"
#include "thalweg/nn/model/mode.hpp"

namespace thalweg::nn {

/// In training y_i = 0 with probability p, else x_i / (1 − p); in evaluation y = x.
///
///     nn::Dropout drop{0.2};
///     drop(x, nn::training(random));
///
/// ValueError unless 0 ≤ p ≤ 1.
struct Dropout {
  double p = 0.5;

  template <RealTensorLike X>
  auto operator()(X&& x, Mode mode, Location where = Location::current()) const {
    auto given = as_tensor(std::forward<X>(x), where);
    return mode.training() ? dropout(std::move(given), p, mode.random(), where) : given;
  }
  template <class X>
  void operator()(const X&) const = delete;  // in training or not? drop(x, mode)
};

/// The same for whole channels: y_nc… = 0 with probability p, else x_nc… / (1 − p).
///
///     x [n, c, …]; neighbouring pixels are so alike that dropping single ones hides nothing
///
/// Source: J. Tompson et al., "Efficient Object Localization Using Convolutional Networks", 2015.
struct Dropout2d {
  double p = 0.5;

  template <RealTensorLike X>
  auto operator()(X&& x, Mode mode, Location where = Location::current()) const {
    using Real = typename std::remove_cvref_t<X>::Real;
    Tensor<Real> given = as_tensor(std::forward<X>(x), where);
    if (!mode.training()) return given;
    Shape channels = given.shape();
    for (int axis = 2; axis < channels.rank(); ++axis) channels[axis] = 1;
    return Tensor<Real>(given * dropout(ones<Real>(channels), p, mode.random(), where), where);
  }
  template <class X>
  void operator()(const X&) const = delete;  // in training or not? drop(x, mode)
};

}  // namespace thalweg::nn
