#include "thalweg/optim/line_search/fixed_step.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::optim {

FixedStep::FixedStep(const FixedStepOptions& options) : options_(options) {
  if (!(options.step > 0 && std::isfinite(options.step)))
    throw ValueError(
        fmt::format("FixedStep: step is {}; expected a finite number above 0", options.step));
}

Found FixedStep::search(Line& line, double) const {
  Trial trial = line.at(std::min(options_.step, line.longest()));
  const bool finite = std::isfinite(trial.value);
  return {finite ? std::move(trial) : line.start(), finite};
}

std::string FixedStep::describe() const { return fmt::format("FixedStep(step {})", options_.step); }

}  // namespace thalweg::optim
