#pragma once
/// How good predictions are. None of these has a gradient.

#include "autodiff/tensor.hpp"

namespace thalweg::nn {

/// The share of rows whose largest score is at the label's place; NaN without rows.
///
///     scores [n, classes]    labels [n]
///
/// Throws ShapeError if the shapes do not fit.
template <class Real>
double accuracy(const Tensor<Real>& scores, const IndexTensor& labels);

template <thalweg::detail::TensorExpressionType E>
double accuracy(const E& scores, const IndexTensor& labels) {
  return accuracy(scores.node(), labels);
}

}  // namespace thalweg::nn
