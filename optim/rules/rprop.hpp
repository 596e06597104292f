#pragma once
/// Rprop: step lengths from the gradient's signs alone, for full batches.

#include "thalweg/optim/rules/optimizer.hpp"

namespace thalweg::optim {

struct RpropOptions {
  double rate = 1e-2;      ///< α ≥ 0; the length of the first step, and no more than that
  double shrink = 0.5;     ///< η⁻ in (0, 1)
  double grow = 1.2;       ///< η⁺ > 1
  double smallest = 1e-6;  ///< Δ_min > 0
  double largest = 50;     ///< Δ_max ≥ Δ_min
};

/// Resilient propagation. On mini-batches, whose gradients change sign by chance, it stalls.
///
///     optim::Rprop rprop{{.rate = 0.1}};
///     rprop.step(parameters, tape.backward(loss));
///
///     g ← ∇f(w)
///     Δ ← η⁺ Δ where g g' > 0,  η⁻ Δ where g g' < 0,  then into [Δ_min, Δ_max]
///     g ← 0 where g g' < 0
///     w ← w − Δ sign(g)
///     g' ← g
///
///     Δ        state()[k]["length"], at first α       g'  state()[k]["gradient"], at first 0
///     η⁻, η⁺   options.shrink, grow
///     Δ_min, Δ_max  options.smallest, largest
///
/// A coordinate whose gradient has changed its sign stays where it is for one step, and its length
/// is kept in the next. α is read when a parameter takes its first step; later changes of the rate
/// do nothing, except that at rate 0 nothing moves.
///
/// Memory: two arrays per parameter.
///
/// Sources: M. Riedmiller and H. Braun, "A Direct Adaptive Method for Faster Backpropagation
/// Learning: The RPROP Algorithm", 1993, whose version goes back by the last step after a change of
/// sign; C. Igel and M. Hüsken, "Improving the Rprop Learning Algorithm", 2000: this is their
/// iRprop⁻, as PyTorch's is.
class Rprop final : public Rule<Rprop, RpropOptions> {
 public:
  /// Throws ValueError for an option out of range.
  explicit Rprop(const Options& options = {});
  template <RateNumber Number>
  explicit Rprop(Number rate) : Rprop(Options{.rate = static_cast<double>(rate)}) {}

  const char* kind() const override { return "Rprop"; }
  template <class Real>
  void apply(const Update<Real>& update);

 private:
  std::vector<MomentStart> moments(const Shape& parameter) const override;
};

extern template class Rule<Rprop, RpropOptions>;

}  // namespace thalweg::optim
