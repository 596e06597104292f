#pragma once
/// Losses of a classifier: cross_entropy from logits, nll_loss from log-probabilities.
///
///     Tensor loss = cross_entropy(model(x), labels);
///     Tensor smoothed = cross_entropy(model(x), labels, {.label_smoothing = 0.1});
///     Tensor segments = cross_entropy(pixels, labels, {.axis = 1});     // [n, classes, h, w]
///
///     logits […, classes]    labels […] in 0 … classes − 1    loss [], or […] without a reduction
///
/// An example that is left out, or has the weight 0, has no influence, be its logits infinite or
/// NaN. ShapeError unless the shapes fit, IndexError for a label out of range, ValueError for
/// smoothing outside [0, 1].

#include <optional>

#include "thalweg/autodiff/ops/indices.hpp"
#include "thalweg/autodiff/ops/numbers.hpp"

namespace thalweg {

/// What becomes of the losses of the examples.
enum class Reduction { mean, sum, none };

struct CrossEntropyOptions {
  Reduction reduction = Reduction::mean;
  double label_smoothing = 0;               // ε
  Weights class_weights = {};               // w [classes]; all 1 if not given
  std::optional<Index> ignored_label = {};  // examples with it count nothing
  int axis = -1;                            // where the classes are; elsewhere than last: a copy
};

struct NllOptions {
  Reduction reduction = Reduction::mean;
  Weights class_weights = {};
  std::optional<Index> ignored_label = {};
  int axis = -1;
};

namespace detail {
template <class Real>
Tensor<Real> cross_entropy(const Tensor<Real>& logits, const IndexTensor& labels,
                           const CrossEntropyOptions& options, Location where);
template <class Real>
Tensor<Real> soft_cross_entropy(const Tensor<Real>& logits, const Tensor<Real>& target,
                                const CrossEntropyOptions& options, Location where);
template <class Real>
Tensor<Real> nll_loss(const Tensor<Real>& x, const IndexTensor& labels, const NllOptions& options,
                      Location where);

/// x with `axis` moved to the end, recorded.
template <class Real>
Tensor<Real> axis_last(const char* op, const Tensor<Real>& x, int axis, Location where);
void expect_smoothing(double label_smoothing);
void expect_class_weights(const char* op, const Weights& weights, Index classes);
}  // namespace detail

/// −log of the probability that softmax gives to the label t, in one op and one pass:
///
///     ℓ = (1 − ε) w_t (L − x_t) + ε/C Σ_c w_c (L − x_c),    L = log Σ exp x_c,  C classes
///     ∂ℓ/∂x_c = ((1 − ε) w_t + ε/C Σ w) p_c − (1 − ε) w_t [c = t] − ε/C w_c,    p = softmax x
///
/// Mean: Σ ℓ_i / Σ w_{t_i}, as in PyTorch; NaN without examples. Keeps the logits and one number
/// per example for the backward pass, no probabilities.
template <RealTensorLike X>
auto cross_entropy(X&& logits, const Indices& labels, const CrossEntropyOptions& options = {},
                   Location where = Location::current()) {
  return detail::cross_entropy(as_tensor(std::forward<X>(logits), where), labels.tensor(), options,
                               where);
}

/// Of soft labels, a probability q_c for each class, as mixtures and teachers give them:
///
///     ℓ = Σ_c w_c q'_c (L − x_c),    q' = (1 − ε) q + ε/C
///     ∂ℓ/∂x_c = p_c Σ w q' − w_c q'_c,    ∂ℓ/∂q_c = (1 − ε) w_c (L − x_c)
///
///     logits, target […, classes]     loss [], or […]
///
/// Mean: Σ ℓ / n with n the number of examples, weighted or not, as in PyTorch. The rows of the
/// target are not checked to sum to 1. ValueError for an ignored_label.
template <RealTensorLike X, RealTensorLike Q>
auto cross_entropy(X&& logits, Q&& target, const CrossEntropyOptions& options = {},
                   Location where = Location::current()) {
  return detail::soft_cross_entropy(as_tensor(std::forward<X>(logits), where),
                                    as_tensor(std::forward<Q>(target), where), options, where);
}

/// ℓ = −w_t x_t for log-probabilities x; the mean is Σ ℓ_i / Σ w_{t_i}.
template <RealTensorLike X>
auto nll_loss(X&& x, const Indices& labels, const NllOptions& options = {},
              Location where = Location::current()) {
  return detail::nll_loss(as_tensor(std::forward<X>(x), where), labels.tensor(), options, where);
}

}  // namespace thalweg
