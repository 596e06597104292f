#pragma once
/// Adafactor: Adam's scaling with a memory of rows and columns in place of matrices.

#include "thalweg/optim/rules/optimizer.hpp"

namespace thalweg::optim {

struct AdafactorOptions {
  double rate = 1e-2;            ///< α ≥ 0
  bool relative_step = true;     ///< let the rate fall with 1 / √t
  bool scale_by_weights = true;  ///< let steps be proportional to the weights' size
  double beta1 = 0;              ///< β₁ in [0, 1)
  double power = 0.8;            ///< c ≥ 0
  double clip = 1;               ///< d > 0
  double epsilon1 = 1e-30;  ///< ε₁ ≥ 0; at 0 a gradient that has always been zero gives NaN
  double epsilon2 = 1e-3;   ///< ε₂ ≥ 0; at 0 weights that are all zero stay so
  double weight_decay = 0;  ///< λ ≥ 0, decoupled
};

/// Adafactor.
///
///     optim::Adafactor adafactor;
///     adafactor.step(parameters, tape.backward(loss));
///
///     t ← t + 1
///     g ← ∇f(w)
///     β₂ ← 1 − t^(−c)
///     R ← β₂ R + (1 − β₂) (row means of g² + ε₁)
///     C ← β₂ C + (1 − β₂) (column means of g² + ε₁)
///     Vᵢⱼ ← Rᵢ Cⱼ / mean R
///     U ← g / √V,  U ← U / max(1, RMS(U) / d)
///     m ← β₁ m + (1 − β₁) U
///     ρ ← min(α, 1 / √t) if relative_step, else α
///     w ← (1 − ρ λ) w − ρ max(ε₂, RMS(w)) m,  without the maximum unless scale_by_weights
///
///     α   options.rate           β₁  options.beta1        R, C  state()[k]["rows"], ["columns"]
///     ε₁  options.epsilon1       c   options.power        m     state()[k]["first"], if β₁ > 0
///     ε₂  options.epsilon2       d   options.clip         t     steps()
///     λ   options.weight_decay
///
/// Matrices are the last two axes of a parameter; axes before them count matrices. Parameters of
/// rank 0 and 1 have V itself, state()[k]["second"] ← β₂ V + (1 − β₂) (g² + ε₁). V is exact where
/// g² is the product of a column and a row. A group's rate factor multiplies ρ.
///
/// Memory: a row and a column per matrix; with β₁ > 0 one array more. Cost: four passes over g.
///
/// Source: N. Shazeer and M. Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory
/// Cost", ICML 2018, Algorithms 4–6, whose sums are means here: V is the same. Where versions
/// disagree: the paper has 10⁻² for α and no name for it; its authors' programs take m of ρ U
/// rather than U; decay, which the paper does not have, is scaled by RMS(w) too in some, not so in
/// PyTorch.
class Adafactor final : public Rule<Adafactor, AdafactorOptions> {
 public:
  /// Throws ValueError for an option out of range.
  explicit Adafactor(const Options& options = {});
  template <RateNumber Number>
  explicit Adafactor(Number rate) : Adafactor(Options{.rate = static_cast<double>(rate)}) {}

  const char* kind() const override { return "Adafactor"; }
  template <class Real>
  void apply(const Update<Real>& update);

 private:
  template <class Real, class Direction>
  void move(const Update<Real>& update, const Direction& direction) const;
  std::vector<MomentStart> moments(const Shape& parameter) const override;
};

extern template class Rule<Adafactor, AdafactorOptions>;

}  // namespace thalweg::optim
