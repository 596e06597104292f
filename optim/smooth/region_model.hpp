#pragma once
/// The model that `LevenbergMarquardt` lowers: in a region, and within bounds.

#include "thalweg/optim/objective/bounds.hpp"
#include "thalweg/optim/smooth/linearisation.hpp"

namespace thalweg::optim::detail {

struct RegionStep {
  Vector p;
  Vector to;             ///< x + p, inside the bounds
  double length = 0;     ///< ‖D p‖
  double promised = 0;   ///< m(0) − m(p)
  bool at_edge = false;  ///< ‖D p‖ = Δ
  bool cut = false;      ///< a bound is met on the way
};

/// m(p) = ½ ‖J p + r‖² at one point; letters as for `LevenbergMarquardt`.
class RegionModel {
 public:
  /// Refers to all of them.
  RegionModel(const Linearisation& model, const Vector& scale, const Bounds& bounds,
              const Point& at);

  /// A step in ‖D p‖ ≤ radius that lowers m at least as far as the Cauchy step does: the minimiser
  /// of m over the coordinates that are not held, if that lies in the box.
  RegionStep step(double radius) const;
  /// The minimiser of m over those coordinates, wherever it lies.
  Vector whole_step() const;

 private:
  using Axes = std::vector<Axis>;

  double room(std::size_t i, double direction, double moved) const;
  double reach(View p, View d, double radius) const;
  bool go(Vector& p, View d, double end, std::vector<bool>& pinned) const;
  Vector cauchy_step(double radius, std::vector<bool>& pinned) const;
  RegionStep step_in_box(double radius) const;
  std::vector<std::size_t> others(const std::vector<bool>& pinned) const;
  Vector scattered(const std::vector<std::size_t>& chosen, View q) const;

  const Linearisation& model_;
  const Vector& scale_;
  const Bounds& bounds_;
  const Point& at_;
  std::vector<bool> held_;
  std::vector<std::size_t> free_;  // the others
  Vector free_scale_;
  Axes axes_;  // over them
};

}  // namespace thalweg::optim::detail
