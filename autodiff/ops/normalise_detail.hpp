#pragma once
/// What the sources of autodiff/ops/normalise.hpp share.

#include "thalweg/autodiff/ops/operand.hpp"

namespace thalweg::detail {

/// Was a weight or bias given?
template <class Real>
bool present(const Tensor<Real>& affine) {
  return affine.shape() != empty_shape();
}

/// Throws ValueError unless it is at least 0.
void expect_epsilon(const char* op, double epsilon);
/// Throws ShapeError if it is present and of another shape.
void expect_affine(const char* op, const char* name, const Shape& given, const Shape& expected,
                   bool present);

}  // namespace thalweg::detail
