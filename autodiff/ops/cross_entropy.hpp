#pragma once
/// Losses of a classifier: cross_entropy from logits, nll_loss from log-probabilities.
///
///     Tensor loss = cross_entropy(model(x), labels);
///     Tensor loss = cross_entropy(model(x), labels, {.label_smoothing = 0.1});
///
///     logits […, classes]    labels […] in 0 … classes − 1    loss [], or […] without a reduction
///
/// ShapeError unless the shapes fit, IndexError for a label out of range, ValueError for smoothing
/// outside [0, 1].

#include <optional>

#include "autodiff/ops/indices.hpp"
#include "autodiff/ops/operand.hpp"

namespace thalweg {

/// What becomes of the losses of the examples.
enum class Reduction { mean, sum, none };

template <class Real>
struct CrossEntropyOptions {
  Reduction reduction = Reduction::mean;
  double label_smoothing = 0;               // ε
  Tensor<Real> class_weights = {};          // w [classes], constants; all 1 if not given
  std::optional<Index> ignored_label = {};  // examples with it count nothing
};

template <class Real>
struct NllOptions {
  Reduction reduction = Reduction::mean;
  Tensor<Real> class_weights = {};
  std::optional<Index> ignored_label = {};
};

namespace detail {
template <class Real>
Tensor<Real> cross_entropy(const Tensor<Real>& logits, const IndexTensor& labels,
                           const CrossEntropyOptions<Real>& options, Location where);
template <class Real>
Tensor<Real> nll_loss(const Tensor<Real>& x, const IndexTensor& labels,
                      const NllOptions<Real>& options, Location where);
}  // namespace detail

/// −log of the probability that softmax gives to the label t, in one op and one pass:
///
///     ℓ = (1 − ε) w_t (L − x_t) + ε/C Σ_c w_c (L − x_c),    L = log Σ exp x_c,  C classes
///     ∂ℓ/∂x_c = ((1 − ε) w_t + ε/C Σ w) p_c − (1 − ε) w_t [c = t] − ε/C w_c,    p = softmax x
///
/// Mean: Σ ℓ_i / Σ w_{t_i}, as in PyTorch; NaN without examples. Keeps the logits and one number
/// per example for the backward pass, no probabilities.
template <RealTensorLike X>
auto cross_entropy(X&& logits, const Indices& labels,
                   const CrossEntropyOptions<typename std::remove_cvref_t<X>::Real>& options = {},
                   Location where = Location::current()) {
  return detail::cross_entropy(as_tensor(std::forward<X>(logits), where), labels.tensor(), options,
                               where);
}

/// ℓ = −w_t x_t for log-probabilities x; the mean is Σ ℓ_i / Σ w_{t_i}.
template <RealTensorLike X>
auto nll_loss(X&& x, const Indices& labels,
              const NllOptions<typename std::remove_cvref_t<X>::Real>& options = {},
              Location where = Location::current()) {
  return detail::nll_loss(as_tensor(std::forward<X>(x), where), labels.tensor(), options, where);
}

}  // namespace thalweg
