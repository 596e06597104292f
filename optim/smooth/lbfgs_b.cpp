#include "thalweg/optim/smooth/lbfgs_b.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/optim/base/vectors.hpp"
#include "thalweg/optim/smooth/box_model.hpp"
#include "thalweg/optim/smooth/stalled.hpp"

namespace thalweg::optim {

using detail::add_scaled;
using detail::dot;
using detail::Vector;

LbfgsB::LbfgsB(const LbfgsBOptions& options) : options_(options), search_(options.search) {
  if (options.history < 1)
    throw ValueError(fmt::format("LbfgsB: history is {}; expected at least 1", options.history));
}

// ‖P(x − g) − x‖, the other measure in use, adds a gradient to a length: it depends on f's unit.
void LbfgsB::project_norm(Point& point) const {
  Vector projected = point.gradient;
  options_.bounds.project(projected, point.x);
  point.gradient_norm = detail::norm(projected);
}

void LbfgsB::restart(const Point& point, double length) {
  pairs_.clear();
  length_ = length;
  theta_ = point.gradient_norm > 0 ? point.gradient_norm / length : 1;
}

/// The largest step that stays in the box.
double LbfgsB::longest(const Point& point, std::span<const double> d) const {
  double result = HUGE_VAL;
  for (std::size_t i = 0; i < d.size(); ++i) {
    const Index k = static_cast<Index>(i);
    if (d[i] > 0) result = std::min(result, (options_.bounds.upper(k) - point.x[i]) / d[i]);
    if (d[i] < 0) result = std::min(result, (options_.bounds.lower(k) - point.x[i]) / d[i]);
  }
  return result;
}

void LbfgsB::begin(Objective& f, Point& point) {
  options_.bounds.expect_inside(kind(), point.x);
  evaluate_with_gradient(f, point);
  project_norm(point);
  restart(point, 0.01 * detail::typical_length(point));
}

void LbfgsB::remember(const Point& from, const Point& to) {
  detail::CurvaturePair pair{to.x, to.gradient};
  add_scaled(pair.s, -1, from.x);
  add_scaled(pair.y, -1, from.gradient);
  length_ = detail::norm(pair.s);
  const double sy = dot(pair.s, pair.y), y_length = detail::norm(pair.y);
  if (!(sy > std::numeric_limits<double>::epsilon() * y_length * length_)) {
    if (pairs_.empty()) restart(to, length_);
    return;
  }
  theta_ = y_length / sy * y_length;
  if (static_cast<Index>(pairs_.size()) == options_.history) pairs_.erase(pairs_.begin());
  pairs_.push_back(std::move(pair));
}

std::optional<Halt> LbfgsB::advance(Objective& f, Point& point) {
  std::optional<detail::Offer> offer;
  while (true) {
    detail::BoxModel model(options_.bounds, pairs_, theta_, point);
    model.cauchy_point();
    Vector d = model.minimum();
    add_scaled(d, -1, point.x);
    const double most = longest(point, d);
    Line line(f, point, d, most, options_.bounds);
    const double slope = line.start().slope, length = detail::norm(d);
    if (!offer) offer = {.promised = -0.5 * slope, .length = length};
    Found found{line.start(), false};
    if (slope < 0 && std::isfinite(slope)) found = search_.search(line, std::min(1.0, most));
    const bool better = found.trial.step > 0 && found.trial.value < point.value;
    if (!found.success && !better) {
      if (point.gradient_norm == 0) return Halt{Stop::method_converged, "no way down in the box"};
      if (!pairs_.empty()) {
        restart(point, length_);
        continue;
      }
      if (!(slope < 0 && std::isfinite(slope))) return detail::no_slope(point, slope);
      if (line.bottomless()) return detail::endless(point.value);
      offer->shortest = line.shortest() * length;
      return detail::stalled(offer->is_rounding(point), point.value, *offer);
    }
    const Point from = point;
    line.move(point, found.trial);
    project_norm(point);
    remember(from, point);
    return {};
  }
}

void LbfgsB::archive(Archive& archive) {
  archive.all_but<StrongWolfeOptions>(options_);
  archive("pairs", pairs_);
  archive("theta", theta_);
  archive("length", length_);
}

}  // namespace thalweg::optim
