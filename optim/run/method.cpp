#include "thalweg/optim/run/method.hpp"

#include <cmath>

#include "thalweg/optim/base/vectors.hpp"

namespace thalweg::optim {

void evaluate_with_gradient(Objective& f, Point& point) {
  point.gradient.resize(point.x.size());
  point.value = f.value_and_gradient(point.x, point.gradient);
  point.gradient_norm = detail::norm(point.gradient);
}

Limits limits_for(const Method& method, Limits limits) {
  if (limits.gradient_norm.is_usual() && method.tests_gradient()) limits.gradient_norm = {};
  return limits;
}

double detail::typical_length(const Point& start) {
  const double from_origin = norm(start.x);
  if (from_origin > 0 && std::isfinite(from_origin)) return from_origin;
  const double fall = std::abs(start.value) / start.gradient_norm;
  return fall > 0 && std::isfinite(fall) ? fall : 1;
}

}  // namespace thalweg::optim
