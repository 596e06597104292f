#pragma once
/// A tensor as the kernels that work along one axis see it; private to the library.

#include "thalweg/autodiff/kernels/axis_view.hpp"
#include "thalweg/autodiff/ops/axes.hpp"
#include "thalweg/autodiff/ops/operand.hpp"

namespace thalweg::detail {

/// x with the reduced axes side by side, and what becomes of its shape.
template <class T>
struct Lines {
  Tensor<T> x;
  kernels::AxisView view;
  Shape form;
  Shape result;
};

/// Takes x as it is if the axes are neighbours, else permutes them behind the others, recorded.
template <class T>
Lines<T> lines(const char* op, const Tensor<T>& x, const Axes& axes, KeepAxes keep, Location where);

}  // namespace thalweg::detail
