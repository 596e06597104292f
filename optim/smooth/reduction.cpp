#include "thalweg/optim/smooth/reduction.hpp"

#include <cmath>

namespace thalweg::optim::detail {

bool drowned(double change, double value) { return std::abs(change) <= 1e-10 * std::abs(value); }

// f(x) − f(x₊) = −∫₀¹ g(x + t p)ᵀp dt, p = x₊ − x, by the trapezoidal rule: exact for a quadratic.
// Its rounding is ε ‖g‖ ‖p‖, which goes to zero with p; that of the difference is ε |f|.
double reduction(const Point& from, const Point& to, bool by_gradients) {
  const double change = from.value - to.value;
  if (!by_gradients || !drowned(change, from.value)) return change;
  double sum = 0;
  for (std::size_t i = 0; i < from.x.size(); ++i)
    sum += (from.gradient[i] + to.gradient[i]) * (to.x[i] - from.x[i]);
  return -0.5 * sum;
}

}  // namespace thalweg::optim::detail
