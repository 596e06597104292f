#pragma once
/// No search: the same step every time.

#include "thalweg/optim/line_search/line_search.hpp"

namespace thalweg::optim {

struct FixedStepOptions {
  double step = 1;  ///< α > 0
};

/// α ← step, whatever comes of it. Fails only where f is not finite.
class FixedStep final : public LineSearch {
 public:
  static constexpr bool ensures_curvature = false;

  /// Throws ValueError for an option out of range.
  explicit FixedStep(const FixedStepOptions& options = {});

  Found search(Line& line, double first) const override;
  std::string describe() const override;

 private:
  FixedStepOptions options_;
};

}  // namespace thalweg::optim
