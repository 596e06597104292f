#pragma once
/// Methods for sums of squares, ½ ‖r(x)‖², that look at each residual.

#include "thalweg/optim/run/method.hpp"

namespace thalweg::optim {

/// Needs an objective made of residuals; `minimise` makes it of a function that returns them.
class ResidualMethod : public Method {
 public:
  void begin(Objective& f, Point& point) final;
  std::optional<Halt> advance(Objective& f, Point& point) final;
  /// By the angles between r and the columns of J, which have no unit.
  bool tests_gradient() const final { return true; }

 protected:
  virtual void begin(Residuals& f, Point& point) = 0;
  virtual std::optional<Halt> advance(Residuals& f, Point& point) = 0;

 private:
  Residuals& expect_residuals(Objective& f) const;
};

}  // namespace thalweg::optim
