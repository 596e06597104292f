#pragma once
/// The end of a descent whose steps no longer lower f.

#include "thalweg/optim/base/vectors.hpp"
#include "thalweg/optim/run/method.hpp"

namespace thalweg::optim::detail {

/// What the model of f offered when the last iteration began.
struct Offer {
  double promised = 0;  ///< by how much its step lowers the model
  double length = 0;    ///< ‖p‖
  double shortest = 0;  ///< ‖p‖ of the last trial

  /// True if steps have been shortened long enough.
  bool exhausted(double step) const { return !(step > 1e-30 * length); }
  /// `flat`, or a `short_step`, at the point.
  bool is_rounding(const Point& point) const;
};

/// True if a gain is less than f = `value` shows near its minimum:   promised ≤ 10⁻¹² |f|
bool flat(double promised, double value);
/// True if a step is shorter than f shows, which is flat over half the digits of x:
/// ‖p‖ ≤ 10⁻⁸ ‖x‖
bool short_step(double length, double x_norm);

/// True if a step is lost in the rounding of x:   |pᵢ| ≤ 4 ε |xᵢ| for all i
bool lost(View p, View x);

/// `unbounded`: f came to −∞ beyond `value`, the last finite one.
Halt endless(double value);

/// Where −∇f, or what a method makes of it, has no slope below −least: `method_converged` if ∇f = 0
/// or the slope is in between; else the numbers leave double precision: `unbounded` if f is
/// negative, `line_search_failed` if not.
Halt no_slope(const Point& point, double slope, double least = 0);

/// `method_converged` if all that is left is rounding; else `line_search_failed`: f is not what its
/// derivatives say, or not smooth.
Halt stalled(bool rounding, double value, const Offer& offer);

}  // namespace thalweg::optim::detail
