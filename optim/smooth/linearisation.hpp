#pragma once
/// r(x + p) ≈ r + J p: what the least-squares methods know of a point.

#include "thalweg/optim/base/vectors.hpp"
#include "thalweg/optim/objective/robust_loss.hpp"
#include "thalweg/optim/run/method.hpp"

namespace thalweg::optim::detail {

/// One of the axes of J D⁻¹ = U S Vᵀ: in the units of D, q = D p, a step along v changes r along u.
struct Axis {
  double s;  ///< how much: J D⁻¹ v = s u
  double c;  ///< uᵀr
  Vector v;
};

/// Below this share of its terms a sum of columns is rounding.
inline constexpr double rank_tolerance = 1e-14;

/// With a robust loss r and J are corrected ones: ∇F = Jᵀr and ∇²F ≈ JᵀJ are those of its cost F.
struct Linearisation {
  Vector r;  ///< m residuals
  Vector j;  ///< J [m, n]

  /// At point.x; fills the point's value ½ ‖r‖², or F, gradient Jᵀr and its norm too.
  void take(Residuals& f, Point& point, const RobustLoss& loss = {});
  /// A trial at to.x: fills the point and returns the reduction (optim/smooth/reduction.hpp), or
  /// NaN where a residual or a derivative is not finite. J is taken only if the reduction is at
  /// least `least` or needs the gradient.
  double attempt(Residuals& f, const Point& from, Point& to, double least, bool by_gradients,
                 const RobustLoss& loss = {});
  /// J p.
  Vector times(View p) const;
  /// r + J p, and the columns of J that are chosen.
  Linearisation of_columns(const std::vector<std::size_t>& chosen, View p) const;
  bool finite() const { return all_finite(r) && all_finite(j); }
  /// ‖Jⱼ‖ of each column.
  Vector column_norms(std::size_t columns) const;
  /// The axes of J D⁻¹; a Dⱼ of zero counts as 1. Without those along which the columns cancel but
  /// for rounding:   s ≤ tolerance · ‖(‖(J D⁻¹)ⱼ‖ vⱼ)ⱼ‖
  std::vector<Axis> axes(View scale, double tolerance) const;
  /// The cosine of the smallest angle between r and a column, max |Jⱼᵀr| / (‖Jⱼ‖ ‖r‖); 0 if r = 0.
  /// At a minimum the angles are right ones. Does not depend on units.
  double cosine(View gradient) const;

 private:
  void correct(const RobustLoss& loss);
};

/// xⱼ ← Dⱼ xⱼ and xⱼ ← xⱼ / Dⱼ; a Dⱼ of zero counts as 1.
void multiply(MutableView x, View scale);
void divide(MutableView x, View scale);

/// The halt of a method whose cosine has become small, or none.
std::optional<Halt> right_angles(double cosine, double limit);

}  // namespace thalweg::optim::detail
