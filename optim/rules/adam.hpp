#pragma once
/// Adam and AdamW: steps scaled by running moments of the gradient.

#include "thalweg/optim/rules/optimizer.hpp"

namespace thalweg::optim {

struct AdamOptions {
  double rate = 1e-3;       ///< α ≥ 0
  double beta1 = 0.9;       ///< β₁ in [0, 1)
  double beta2 = 0.999;     ///< β₂ in [0, 1)
  double epsilon = 1e-8;    ///< ε ≥ 0; at 0 a gradient that has always been zero gives NaN
  double weight_decay = 0;  ///< λ ≥ 0
  bool amsgrad = false;     ///< divide by the largest second moment so far
};

/// AdamW's differ in the default of one.
struct AdamWOptions {
  double rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 1e-2;
  bool amsgrad = false;
};

/// Adam.
///
///     optim::Adam adam{{.rate = 3e-4, .beta2 = 0.95}};
///     adam.step(parameters, tape.backward(loss));
///
///     t ← t + 1
///     g ← ∇f(w) + λ w
///     m ← β₁ m + (1 − β₁) g                    m̂ = m / (1 − β₁ᵗ)
///     v ← β₂ v + (1 − β₂) g²                   v̂ = v / (1 − β₂ᵗ)
///     w ← w − α m̂ / (√v̂ + ε)
///
///     α  options.rate      β₁, β₂  options.beta1, beta2      m, v  state()[k]["first"], ["second"]
///     ε  options.epsilon   λ       options.weight_decay      t     steps()
///
/// The first step has length α in every coordinate whose gradient is large beside ε, whatever the
/// gradient's scale. With amsgrad, v̂ = v_max / (1 − β₂ᵗ) with v_max the largest v so far. A
/// parameter that the loss does not depend on has gradient zero: its moments decay.
///
/// Memory: two (amsgrad: three) arrays per parameter. Cost: one pass over weight, gradient and
/// moments.
///
/// Sources: D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015,
/// Algorithm 1; S. J. Reddi, S. Kale and S. Kumar, "On the Convergence of Adam and Beyond", ICLR
/// 2018. Where versions disagree: Algorithm 1 adds ε to √v̂, as here and in PyTorch; section 2 of
/// the paper and TensorFlow add an ε̂ to the uncorrected √v, which is larger by 1 / √(1 − β₂ᵗ) in
/// effect. Reddi et al. correct no bias; PyTorch, followed here, corrects v_max by the current t.
class Adam final : public Rule<Adam, AdamOptions> {
 public:
  /// Throws ValueError for an option out of range.
  explicit Adam(const Options& options = {});
  template <RateNumber Number>
  explicit Adam(Number rate) : Adam(Options{.rate = static_cast<double>(rate)}) {}

  const char* kind() const override { return "Adam"; }
  template <class Real>
  void apply(const Update<Real>& update);

 private:
  std::vector<MomentStart> moments(const Shape& parameter) const override;
};

/// AdamW: Adam whose weight decay is not scaled by the moments.
///
///     optim::AdamW adam{{.rate = 1e-3, .weight_decay = 0.05}};
///
///     w ← (1 − α λ) w,  then Adam's step with g = ∇f(w), taken before the decay
///
/// Source: I. Loshchilov and F. Hutter, "Decoupled Weight Decay Regularization", ICLR 2019. Their
/// decay is η λ with η the schedule's multiplier alone; PyTorch, followed here, uses the whole rate
/// α, so that λ means the same only for equal α.
class AdamW final : public Rule<AdamW, AdamWOptions> {
 public:
  /// Throws ValueError for an option out of range.
  explicit AdamW(const Options& options = {});
  template <RateNumber Number>
  explicit AdamW(Number rate) : AdamW(Options{.rate = static_cast<double>(rate)}) {}

  const char* kind() const override { return "AdamW"; }
  template <class Real>
  void apply(const Update<Real>& update);

 private:
  std::vector<MomentStart> moments(const Shape& parameter) const override;
};

extern template class Rule<Adam, AdamOptions>;
extern template class Rule<AdamW, AdamWOptions>;

}  // namespace thalweg::optim
