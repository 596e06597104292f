#include "thalweg/optim/smooth/steepest_descent.hpp"

#include <fmt/format.h>

#include <cmath>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::optim {

void SteepestDescent::validate() const {
  if (!(options_.first > 0 && std::isfinite(options_.first)))
    throw ValueError(fmt::format("SteepestDescent: first is {}; expected a finite number above 0",
                                 options_.first));
  if (!(options_.growth >= 1 && std::isfinite(options_.growth)))
    throw ValueError(fmt::format(
        "SteepestDescent: growth is {}; expected a finite number, at least 1", options_.growth));
}

double SteepestDescent::direction(const Point& point, std::span<double> d) {
  for (std::size_t i = 0; i < d.size(); ++i) d[i] = -point.gradient[i];
  if (!last_direction().empty()) return options_.growth * point.step;
  return options_.first * detail::typical_length(point) / point.gradient_norm;
}

void SteepestDescent::archive_state(Archive& archive) { archive(options_); }

}  // namespace thalweg::optim
