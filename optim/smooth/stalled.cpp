#include "thalweg/optim/smooth/stalled.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace thalweg::optim::detail {

bool flat(double promised, double value) { return promised <= 1e-12 * std::abs(value); }
bool short_step(double length, double x_norm) { return length <= 1e-8 * x_norm; }

bool lost(View p, View x) {
  constexpr double rounding = 4 * std::numeric_limits<double>::epsilon();
  for (std::size_t i = 0; i < p.size(); ++i)
    if (!(std::abs(p[i]) <= rounding * std::abs(x[i]))) return false;
  return true;
}

Halt stalled(bool rounding, double value, const Offer& offer) {
  if (rounding)
    return {Stop::method_converged,
            fmt::format("down to rounding: a step of {:.3g} was to lower f = {:.6g} by {:.3g}",
                        offer.length, value, offer.promised)};
  return {Stop::line_search_failed,
          fmt::format("steps from {:.3g} down to {:.3g} were to lower f = {:.6g}, by up to {:.3g}; "
                      "none did",
                      offer.length, offer.shortest, value, offer.promised)};
}

}  // namespace thalweg::optim::detail
