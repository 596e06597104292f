#include "thalweg/optim/smooth/stalled.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace thalweg::optim::detail {

bool flat(double promised, double value) { return promised <= 1e-12 * std::abs(value); }
bool short_step(double length, double x_norm) { return length <= 1e-8 * x_norm; }

bool Offer::is_rounding(const Point& point) const {
  return std::isfinite(promised) &&
         (flat(promised, point.value) || short_step(length, norm(point.x)));
}

Halt endless(double value) {
  return {Stop::unbounded, fmt::format("f falls without end: to -inf, from f = {:.3g}", value)};
}

Halt no_slope(const Point& point, double slope, double least) {
  if (point.gradient_norm == 0) return {Stop::method_converged, "∇f = 0"};
  if (slope < 0 && slope >= -least)
    return {Stop::method_converged, fmt::format("the slope along the direction is {:.3g}", slope)};
  if (!std::isfinite(slope) && point.value < 0) return endless(point.value);
  return {Stop::line_search_failed,
          fmt::format("f = {:.3g} and ‖∇f‖ = {:.3g} have a slope of {:.3g}: too large or too small "
                      "for double precision; scale f or x",
                      point.value, point.gradient_norm, slope)};
}

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
