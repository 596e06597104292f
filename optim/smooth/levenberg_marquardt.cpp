#include "thalweg/optim/smooth/levenberg_marquardt.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "thalweg/optim/base/options.hpp"
#include "thalweg/optim/smooth/reduction.hpp"
#include "thalweg/optim/smooth/region_model.hpp"
#include "thalweg/optim/smooth/stalled.hpp"

namespace thalweg::optim {

using detail::norm;
using detail::Vector;

namespace {

double length_of(Vector x, const Vector& scale) {
  detail::multiply(x, scale);
  return norm(x);
}

}  // namespace

LevenbergMarquardt::LevenbergMarquardt(const Options& options) : options_(options) {
  using namespace detail;
  expect_positive(kind(), "radius", options.radius);
  expect_option(options.acceptance >= 0 && options.acceptance < 0.25, kind(), "acceptance",
                options.acceptance, "a number in [0, 1/4)");
  expect_shrinking(kind(), "shrink", options.shrink);
  expect_growing(kind(), "grow", options.grow);
  expect_option(std::isfinite(options.cosine) && options.cosine >= 0, kind(), "cosine",
                options.cosine, "a finite number, at least 0");
}

void LevenbergMarquardt::begin(Residuals& f, Point& point) {
  if (!options_.bounds.none()) options_.bounds.expect_inside(kind(), point.x);
  model_.take(f, point, options_.loss);
  scale_.clear();
  scale_by(model_.column_norms(point.x.size()));
  point.gradient_norm = norm(projected(point));
  const double length = length_of(point.x, scale_);
  radius_ = point.step = options_.radius * (length > 0 ? length : norm(model_.r));
}

/// ∇f without what the bounds hold.
Vector LevenbergMarquardt::projected(const Point& point) const {
  Vector gradient = point.gradient;
  options_.bounds.project(gradient, point.x);
  return gradient;
}

void LevenbergMarquardt::scale_by(const Vector& column_norms) {
  scale_.resize(column_norms.size());
  for (std::size_t k = 0; k < scale_.size(); ++k) scale_[k] = std::max(scale_[k], column_norms[k]);
}

std::optional<Halt> LevenbergMarquardt::at_minimum(const Point& point) const {
  if (point.value > 0 && norm(model_.r) == 0 && norm(model_.column_norms(point.x.size())) == 0)
    return Halt{Stop::line_search_failed,
                fmt::format("all residuals lie beyond the loss's scale {:g}, where it is level; "
                            "begin at the fit of another loss, or take a larger scale",
                            options_.loss.scale())};
  return detail::right_angles(model_.cosine(projected(point)), options_.cosine);
}

// Moré's iteration: one decomposition of J, then μ and p for smaller and smaller regions, until a
// step keeps the promise ρ > η.
std::optional<Halt> LevenbergMarquardt::advance(Residuals& f, Point& point) {
  if (auto halt = at_minimum(point)) return halt;
  const detail::RegionModel region(model_, scale_, options_.bounds, point);
  detail::Offer offer;
  detail::Linearisation there;
  for (int k = 0;; ++k) {
    const detail::RegionStep step = region.step(radius_);
    if (k == 0) offer = {step.promised, step.length};
    if (!(step.promised > 0) || offer.exhausted(step.length) || detail::lost(step.p, point.x))
      break;
    offer.shortest = step.length;
    Point trial = point;
    trial.x = step.to;
    trial.step = radius_;
    const double least = options_.acceptance * step.promised;
    const bool by_gradients = detail::drowned(offer.promised, point.value);
    const double gain = there.attempt(f, point, trial, least, by_gradients, options_.loss);
    adapt(gain / step.promised, step);
    if (gain > least) {
      point = std::move(trial);
      std::swap(model_, there);
      scale_by(model_.column_norms(point.x.size()));
      point.gradient_norm = norm(projected(point));
      return at_minimum(point);
    }
  }
  return detail::stalled(at_rounding(region.whole_step(), point), point.value, offer);
}

bool LevenbergMarquardt::at_rounding(const Vector& whole_step, const Point& point) const {
  // A single parameter can gain cos² ½ ‖r‖² at most; neither a small region nor an old scale
  // counts.
  const double cosine = model_.cosine(projected(point));
  const Vector columns = model_.column_norms(point.x.size());
  return detail::flat(cosine * cosine * 0.5 * detail::dot(model_.r, model_.r), point.value) ||
         detail::short_step(length_of(whole_step, columns), length_of(point.x, columns));
}

void LevenbergMarquardt::adapt(double ratio, const detail::RegionStep& step) {
  if (!(ratio > 0.25))
    radius_ = options_.shrink * step.length;
  else if (ratio >= 0.75 || !step.at_edge)
    radius_ = std::max(options_.grow * step.length, step.cut ? radius_ : 0);
}

void LevenbergMarquardt::archive(Archive& archive) {
  archive("options", options_);
  archive("radius", radius_);
  archive("scale", scale_);
  archive("model", model_);
}

}  // namespace thalweg::optim
