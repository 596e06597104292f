#include "thalweg/optim/smooth/conjugate_gradient.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/optim/base/vectors.hpp"

namespace thalweg::optim {

using detail::dot;

void ConjugateGradient::validate() const {
  if (!(options_.restart >= 0))
    throw ValueError(fmt::format("ConjugateGradient: restart is {}; expected a number, at least 0",
                                 options_.restart));
}

// β as in the header, g = gₖ, before = gₖ₋₁, overlap = gₖᵀgₖ₋₁. On a quadratic with exact searches
// gₖ is orthogonal to gₖ₋₁ and to d, and all three are the same; far from that Powell's test
// |gₖᵀgₖ₋₁| ≥ ν ‖gₖ‖² starts anew. Hager and Zhang's needs no restart: with it
// gₖᵀdₖ ≤ −7/8 ‖gₖ‖², whatever the search.
double ConjugateGradient::beta(const Point& point) const {
  const auto& g = point.gradient;
  const auto& before = last_gradient_;
  const auto& d = last_direction();
  const double square_before = dot(before, before);
  const double overlap = dot(g, before);
  if (options_.beta != Beta::hager_zhang && std::abs(overlap) >= options_.restart * dot(g, g))
    return 0;
  if (options_.beta == Beta::fletcher_reeves) return dot(g, g) / square_before;
  if (options_.beta == Beta::polak_ribiere)
    return std::max(0.0, (dot(g, g) - overlap) / square_before);
  std::vector<double> y = g;
  detail::add_scaled(y, -1, before);
  const double dy = dot(d, y);
  if (!(dy > 0)) return 0;
  const double least = 0.4 * last_slope() / dot(d, d);
  return std::max((dot(y, g) - 2 * dot(y, y) / dy * dot(d, g)) / dy, least);
}

// dₖ = −gₖ + βₖ dₖ₋₁. The first trial is the α at which the first-order decrease equals the last
// one, α gₖᵀdₖ = αₖ₋₁ gₖ₋₁ᵀdₖ₋₁ (Nocedal and Wright, section 3.5), but no step that x's rounding
// would swallow.
double ConjugateGradient::direction(const Point& point, std::span<double> d) {
  const auto& g = point.gradient;
  const double factor = last_gradient_.empty() ? 0 : beta(point);
  for (std::size_t i = 0; i < d.size(); ++i)
    d[i] = -g[i] + (factor == 0 ? 0 : factor * last_direction()[i]);
  if (last_direction().empty()) return 0.01 * detail::typical_length(point) / point.gradient_norm;
  const double predicted = last_gradient_.empty() ? 0 : point.step * last_slope() / dot(g, d);
  const double least = 1e-12 * detail::norm(point.x) / detail::norm(d);
  return std::max(std::isfinite(predicted) && predicted > 0 ? predicted : point.step, least);
}

void ConjugateGradient::moved(const Point& from, const Point&) { last_gradient_ = from.gradient; }

bool ConjugateGradient::forget() {
  const bool had = !last_gradient_.empty();
  last_gradient_.clear();
  return had;
}

void ConjugateGradient::archive_state(Archive& archive) {
  archive(options_);
  archive("last_gradient", last_gradient_);
}

}  // namespace thalweg::optim
