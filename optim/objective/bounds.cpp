#include "thalweg/optim/objective/bounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::optim {

Bounds::Bounds(double lower, double upper)
    : Bounds(std::vector<double>{lower}, std::vector<double>{upper}) {}

Bounds::Bounds(std::vector<double> lower, std::vector<double> upper)
    : lower_(std::move(lower)), upper_(std::move(upper)) {
  if (lower_.size() != upper_.size())
    throw ValueError(fmt::format("Bounds: there are {} lower bounds and {} upper ones",
                                 lower_.size(), upper_.size()));
  for (std::size_t i = 0; i < lower_.size(); ++i)
    if (!(lower_[i] <= upper_[i]))
      throw ValueError(
          fmt::format("Bounds: the lower bound {} of coordinate {} is above the upper {}",
                      lower_[i], i, upper_[i]));
}

void Bounds::expect_inside(const char* method, std::span<const double> x) const {
  if (lower_.size() > 1 && lower_.size() != x.size())
    throw ValueError(fmt::format("{}: there are bounds of {} coordinates; the start has {}", method,
                                 lower_.size(), x.size()));
  for (Index i = 0; i < static_cast<Index>(x.size()); ++i) {
    const double value = x[i];
    if (value >= lower(i) && value <= upper(i)) continue;
    throw ValueError(
        fmt::format("{}: coordinate {} of the start is {}, outside its bounds [{}, {}]", method, i,
                    value, lower(i), upper(i)));
  }
}

void Bounds::expect_finite(const char* method, Index size) const {
  for (Index i = 0; i < size; ++i)
    if (!std::isfinite(lower(i)) || !std::isfinite(upper(i)))
      throw ValueError(
          fmt::format("{}: needs finite bounds of every coordinate; those of coordinate {} are "
                      "[{}, {}]",
                      method, i, lower(i), upper(i)));
}

bool Bounds::contains(std::span<const double> x) const {
  for (Index i = 0; i < static_cast<Index>(x.size()); ++i) {
    const double value = x[i];
    if (!(value >= lower(i) && value <= upper(i))) return false;
  }
  return true;
}

bool Bounds::holds(Index i, double x, double gradient) const {
  if (gradient == 0) return false;
  const double ahead = gradient > 0 ? lower(i) : upper(i);
  const double rounding = 4 * std::numeric_limits<double>::epsilon() * std::abs(ahead);
  return std::isfinite(ahead) && std::abs(x - ahead) <= rounding;
}

void Bounds::project(std::span<double> gradient, std::span<const double> x) const {
  if (none()) return;
  for (Index i = 0; i < static_cast<Index>(gradient.size()); ++i)
    if (holds(i, x[i], gradient[i])) gradient[i] = 0;
}

void Bounds::clamp(std::span<double> x) const {
  if (none()) return;
  for (Index i = 0; i < static_cast<Index>(x.size()); ++i) {
    double& value = x[i];
    value = std::clamp(value, lower(i), upper(i));
  }
}

void Bounds::sample(std::span<double> x, Random& random) const {
  for (Index i = 0; i < static_cast<Index>(x.size()); ++i)
    x[i] = lower(i) + (upper(i) - lower(i)) * random.uniform();
}

}  // namespace thalweg::optim
