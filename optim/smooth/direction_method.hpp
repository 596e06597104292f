#pragma once
/// What methods that search along a direction share.

#include <memory>

#include "thalweg/optim/line_search/line_search.hpp"

namespace thalweg::optim {

/// xₖ₊₁ = xₖ + αₖ dₖ: a method says dₖ, its search finds αₖ.
class DirectionMethod : public Method {
 public:
  void begin(Objective& f, Point& point) override;
  std::optional<Halt> advance(Objective& f, Point& point) override;
  void archive(Archive& archive) override;

 protected:
  template <Search S>
  explicit DirectionMethod(const S& search) : search_(std::make_shared<const S>(search)) {}

  /// Writes the direction at `point` and returns the first step to try.
  virtual double direction(const Point& point, std::span<double> d) = 0;
  /// Called with the points before and after a step.
  virtual void moved(const Point& /*from*/, const Point& /*to*/) {}
  /// Forgets what led to a direction that was of no use; false if there is nothing to forget.
  virtual bool forget() { return false; }
  /// True if the first trial is a step to the minimum of a model, so that its promise tells how
  /// much is left.
  virtual bool steps_to_minimum() const { return false; }
  /// The run has converged when −φ′(0) is not above this.
  virtual double least_slope() const { return 0; }
  virtual void archive_state(Archive& archive) = 0;

  /// The direction dₖ₋₁ and, along it, φ′(0); empty and 0 before the first step.
  const std::vector<double>& last_direction() const { return direction_; }
  double last_slope() const { return slope_; }
  /// ‖xₖ − xₖ₋₁‖; `first` before the first step.
  double last_length(const Point& point, double first) const;

 private:
  std::shared_ptr<const LineSearch> search_;
  std::vector<double> direction_;
  double slope_ = 0;
  double first_gradient_norm_ = 0;
};

}  // namespace thalweg::optim
