#include "thalweg/optim/run/residual_method.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::optim {

Residuals& ResidualMethod::expect_residuals(Objective& f) const {
  if (auto* residuals = dynamic_cast<Residuals*>(&f)) return *residuals;
  throw ValueError(
      fmt::format("{}: minimises ½ ‖r(x)‖² and needs the residuals r; make the objective with "
                  "optim::residuals(r, start), or derive it from optim::Residuals",
                  kind()));
}

void ResidualMethod::begin(Objective& f, Point& point) { begin(expect_residuals(f), point); }
std::optional<Halt> ResidualMethod::advance(Objective& f, Point& point) {
  return advance(expect_residuals(f), point);
}

}  // namespace thalweg::optim
