#pragma once
/// Connectionist temporal classification: the loss of a sequence whose alignment is not known.
///
///     Tensor loss = ctc_loss(log_softmax(model(audio)), letters, {.target_lengths = lengths});

#include "thalweg/autodiff/ops/cross_entropy.hpp"

namespace thalweg {

struct CtcOptions {
  Index blank = 0;                            // the class that stands for no label
  std::optional<Indices> input_lengths = {};  // [n], each ≤ time; all of them if not given
  std::optional<Indices> target_lengths = {};
  bool zero_infinity = false;  // 0 for targets that do not fit into their input
  Reduction reduction = Reduction::mean;
};

namespace detail {
template <class Real>
Tensor<Real> ctc_loss(const Tensor<Real>& x, const IndexTensor& targets, const CtcOptions& options,
                      Location where);
}

/// −log of the probability of the target, summed over all alignments π of its labels with the
/// steps of the input, repeated labels merged and blanks removed (Graves et al. 2006):
///
///     ℓ = −log Σ_π Π_t exp x_{t, π_t}        ∂ℓ/∂x_{t,c} = −P(π_t = c | target)
///
///     x [n, time, classes]   log-probabilities; batch first, where PyTorch has [time, n, classes]
///     targets [n, longest]   padded with anything, or [Σ target_lengths] one behind the other
///     loss [], or [n] with Reduction::none
///
/// Mean: each ℓ divided by the length of its target (1 if empty), then the mean over the batch, as
/// in PyTorch. A target that does not fit, because it is longer than its input or has repeated
/// labels and no steps for the blanks between them, has ℓ = ∞ and the gradient NaN, or both 0 with
/// zero_infinity. The slope is the true one; PyTorch's adds exp x, which log_softmax takes away
/// again. Forward and backward recursions in double over 2 length + 1 states, O(time · length) per
/// example; a tensor like x is kept for the backward pass.
///
/// Throws ShapeError unless the shapes fit, IndexError for a label that is no class or the blank,
/// ValueError for lengths out of range.
template <RealTensorLike X>
auto ctc_loss(X&& x, const Indices& targets, const CtcOptions& options = {},
              Location where = Location::current()) {
  return detail::ctc_loss(as_tensor(std::forward<X>(x), where), targets.tensor(), options, where);
}

}  // namespace thalweg
