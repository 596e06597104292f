#include "thalweg/optim/line_search/line_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/optim/base/vectors.hpp"

namespace thalweg::optim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

Line::Line(Objective& f, const Point& from, std::span<const double> direction, double longest,
           const Bounds& bounds)
    : f_(f),
      from_(from),
      direction_(direction),
      longest_(longest),
      size_(detail::largest(direction)),
      bounds_(bounds),
      start_{0, from.value, detail::dot(from.gradient, direction), {}} {}

// x + α d; what rounding puts outside the bounds is moved to them.
void Line::place(double step) {
  x_ = from_.x;
  detail::add_scaled(x_, step, direction_);
  bounds_.clamp(x_);
}

Trial Line::value_at(double step) {
  place(step);
  shortest_ = std::min(shortest_, step);
  const double value = f_.value(x_);
  bottomless_ |= detail::bottomless(value);
  return {step, std::isfinite(value) ? value : infinity, nan, {}};
}

Trial Line::at(double step) {
  place(step);
  shortest_ = std::min(shortest_, step);
  Tensor<double> gradient = Tensor<double>::uninitialised({static_cast<Index>(x_.size())});
  const std::span<double> numbers(gradient.unshared_data(), x_.size());
  const double value = f_.value_and_gradient(x_, numbers);
  const double slope = detail::dot(numbers, direction_);
  bottomless_ |= detail::bottomless(value) || (std::isfinite(value) && detail::bottomless(slope));
  if (!std::isfinite(value) || !std::isfinite(slope)) return {step, infinity, infinity, {}};
  return {step, value, slope, std::move(gradient)};
}

void Line::move(Point& point, const Trial& trial) {
  place(trial.step);
  point.x = x_;
  point.step = trial.step;
  if (trial.gradient.size() == 0) return evaluate_with_gradient(f_, point);
  point.value = trial.value;
  point.gradient.assign(trial.gradient.data(), trial.gradient.data() + trial.gradient.size());
  point.gradient_norm = detail::norm(point.gradient);
}

namespace detail {

void expect_wolfe(const char* search, double c1, double c2) {
  if (c1 > 0 && c1 < c2 && c2 < 1) return;
  throw ValueError(
      fmt::format("{}: c1 is {} and c2 is {}; expected 0 < c1 < c2 < 1", search, c1, c2));
}

void expect_evaluations(const char* search, int evaluations) {
  if (evaluations >= 1) return;
  throw ValueError(fmt::format("{}: evaluations is {}; expected at least 1", search, evaluations));
}

}  // namespace detail
}  // namespace thalweg::optim
