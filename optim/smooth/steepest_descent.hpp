#pragma once
/// Steepest descent with a line search.

#include "thalweg/optim/line_search/armijo.hpp"
#include "thalweg/optim/smooth/direction_method.hpp"

namespace thalweg::optim {

struct SteepestDescentOptions {
  double first = 1;   ///< α > 0
  double growth = 2;  ///< γ ≥ 1
};

/// dₖ = −∇f(xₖ), αₖ from the search, whose first trial is γ αₖ₋₁. The very first is as long as
/// α ‖x₀‖; from the origin as α |f(x₀)| / ‖∇f(x₀)‖, and α if that is none.
///
///     optim::SteepestDescent method;                              // backtracking
///     optim::SteepestDescent other{{}, optim::StrongWolfe{}};     // or any other search
///
///     α  options.first      γ  options.growth
///
/// With an exact search on a quadratic of condition κ the value falls by ((κ − 1) / (κ + 1))² per
/// step: use it to see why the other methods exist. `GradientDescent` takes a fixed rate.
///
/// Source: A.-L. Cauchy, 1847; J. Nocedal and S. J. Wright, "Numerical Optimization", 2006,
/// sections 3.3 and 3.5.
class SteepestDescent final : public Clonable<SteepestDescent, DirectionMethod> {
 public:
  /// Throws ValueError for an option out of range.
  explicit SteepestDescent(const SteepestDescentOptions& options = {})
      : SteepestDescent(options, Armijo{}) {}
  template <Search S>
  SteepestDescent(const SteepestDescentOptions& options, const S& search)
      : Clonable(search), options_(options) {
    validate();
  }

  const char* kind() const override { return "SteepestDescent"; }

 private:
  void validate() const;
  double direction(const Point& point, std::span<double> d) override;
  void archive_state(Archive& archive) override;

  SteepestDescentOptions options_;
};

}  // namespace thalweg::optim
