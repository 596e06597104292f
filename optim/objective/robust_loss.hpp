#pragma once
/// `RobustLoss`: what a residual costs, so that a few bad ones do not decide a fit.

#include <span>

#include "thalweg/autodiff/base/fields.hpp"

namespace thalweg::optim {

/// Instead of ½ ‖r‖² minimised is
///
///     F = Σ ½ C² ρ(rᵢ² / C²)
///
/// with C > 0, the scale, in the units of r: residuals well below C count as squares, ρ(z) ≈ z, and
/// those above less.
///
///     | loss          | ρ(z)                              | an outlier pulls             |
///     | ------------- | --------------------------------- | ---------------------------- |
///     | {}            | z                                 | in proportion to r           |
///     | soft_l1(C)    | 2 (√(1 + z) − 1)                  | with C at most               |
///     | huber(C)      | z for z ≤ 1, 2 √z − 1 above       | with C at most, from C on    |
///     | cauchy(C)     | log(1 + z)                        | with C² / r, beyond C        |
///     | tukey(C)      | (1 − (1 − z)³) / 3 for z ≤ 1, 1/3 | not at all, beyond C         |
///
/// The first three have one minimum where r is linear, the last two may have several: begin them
/// near the right one, at the fit of one of the others. ρ, C and F are those of SciPy's
/// `least_squares` (loss, f_scale; no Tukey there); ρ of `LossFunction` in Ceres is C² ρ(·/C²).
class RobustLoss {
 public:
  enum class Kind { none, soft_l1, huber, cauchy, tukey };

  /// None: squares.
  RobustLoss() = default;
  // Each throws ValueError unless the scale is a finite number above 0.
  static RobustLoss soft_l1(double scale) { return {Kind::soft_l1, scale}; }
  static RobustLoss huber(double scale) { return {Kind::huber, scale}; }
  static RobustLoss cauchy(double scale) { return {Kind::cauchy, scale}; }
  static RobustLoss tukey(double scale) { return {Kind::tukey, scale}; }

  Kind kind() const { return kind_; }
  double scale() const { return scale_; }
  bool none() const { return kind_ == Kind::none; }

  /// ½ C² ρ(r² / C²); not finite where r is not.
  double cost(double r) const;
  /// F.
  double cost(std::span<const double> r) const;
  /// ρ′ = ψ / r, where ψ is the derivative of the cost: how much of a square r counts as.
  double weight(double r) const;
  /// ψ′ = ρ′ + 2 z ρ″; may be negative of `cauchy` and `tukey`.
  double curvature(double r) const;

 private:
  RobustLoss(Kind kind, double scale);

  Kind kind_ = Kind::none;
  double scale_ = 1;

 public:
  static constexpr auto fields = named("kind", &RobustLoss::kind_, "scale", &RobustLoss::scale_);
};

}  // namespace thalweg::optim
