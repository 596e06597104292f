#include "thalweg/optim/smooth/levenberg_marquardt.hpp"

#include "thalweg/optim/base/options.hpp"
#include "thalweg/optim/smooth/reduction.hpp"
#include "thalweg/optim/smooth/stalled.hpp"

namespace thalweg::optim {

using detail::norm;
using detail::Vector;
using Axes = std::vector<detail::Axis>;

namespace {

// With J D⁻¹ = U S Vᵀ, c = Uᵀr and q = D p the damped problem falls apart into numbers:
//
//     p = −(JᵀJ + μ D²)⁻¹ Jᵀr   ⇔   q = −V S (S² + μ)⁻¹ c
//     ‖q‖² = Σ (s c / (s² + μ))²,     ½ d‖q‖² / dμ = −Σ (s c)² / (s² + μ)³
//     m(0) − m(p) = ½ ‖J p‖² + μ ‖q‖²
//
// The last line is −pᵀJᵀr − ½ ‖J p‖², with Jᵀr = −(JᵀJ + μ D²) p put in.

/// q(μ) = −V S (S² + μ)⁻¹ c, the step in the units of D.
struct Damped {
  double length = 0;    // ‖q‖
  double decay = 0;     // −½ d‖q‖² / dμ
  double promised = 0;  // ½ ‖J p‖² + μ ‖q‖²
};

Damped damped(const Axes& j, double mu) {
  Damped result;
  for (const auto& [s, c, v] : j) {
    const double weight = s * s + mu, q = s / weight * c;
    result.length += q * q;
    result.decay += q * q / weight;
    result.promised += q * q * (0.5 * s * s + mu);
  }
  result.length = std::sqrt(result.length);
  return result;
}

/// The least μ ≥ 0 with ‖q(μ)‖ ≤ radius. Newton's method for 1/‖q‖ = 1/radius, which is nearly
/// linear and concave in μ, so that it comes from the left.
double damping_for(const Axes& j, double radius) {
  double mu = 0;
  for (int k = 0; k < 100; ++k) {
    const Damped step = damped(j, mu);
    if (!(step.length > radius * (1 + 1e-10))) break;
    mu += (step.length / radius - 1) * step.length * step.length / step.decay;
  }
  return mu;
}

/// p = D⁻¹ q(μ).
Vector step_of(const Axes& j, double mu, const Vector& scale) {
  Vector p(scale.size());
  for (const auto& [s, c, v] : j) detail::add_scaled(p, -s / (s * s + mu) * c, v);
  detail::divide(p, scale);
  return p;
}

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
  model_.take(f, point);
  scale_.clear();
  scale_by(model_.column_norms(point.x.size()));
  const double length = length_of(point.x, scale_);
  radius_ = point.step = options_.radius * (length > 0 ? length : norm(model_.r));
}

void LevenbergMarquardt::scale_by(const Vector& column_norms) {
  scale_.resize(column_norms.size());
  for (std::size_t k = 0; k < scale_.size(); ++k) scale_[k] = std::max(scale_[k], column_norms[k]);
}

// Moré's iteration: one decomposition of J, then μ and p for smaller and smaller regions, until a
// step keeps the promise ρ > η.
std::optional<Halt> LevenbergMarquardt::advance(Residuals& f, Point& point) {
  if (auto halt = detail::right_angles(model_.cosine(point.gradient), options_.cosine)) return halt;
  const Axes j = model_.axes(scale_, detail::rank_tolerance);
  detail::Offer offer;
  detail::Linearisation there;
  for (int k = 0;; ++k) {
    const double mu = damping_for(j, radius_);
    const Damped step = damped(j, mu);
    if (k == 0) offer = {step.promised, step.length};
    const Vector p = step_of(j, mu, scale_);
    if (offer.exhausted(step.length) || detail::lost(p, point.x)) break;
    offer.shortest = step.length;
    Point trial = point;
    detail::add_scaled(trial.x, 1, p);
    trial.step = radius_;
    const double least = options_.acceptance * step.promised;
    const bool by_gradients = detail::drowned(offer.promised, point.value);
    const double gain = there.attempt(f, point, trial, least, by_gradients);
    adapt(gain / step.promised, step.length, mu > 0);
    if (gain > least) {
      point = std::move(trial);
      std::swap(model_, there);
      scale_by(model_.column_norms(point.x.size()));
      return detail::right_angles(model_.cosine(point.gradient), options_.cosine);
    }
  }
  return detail::stalled(at_rounding(j, point), point.value, offer);
}

bool LevenbergMarquardt::at_rounding(const Axes& j, const Point& point) const {
  // A single parameter can gain cos² f at most; neither a small region nor an old scale counts.
  const double cosine = model_.cosine(point.gradient);
  const Vector columns = model_.column_norms(point.x.size());
  return detail::flat(cosine * cosine * point.value, point.value) ||
         detail::short_step(length_of(step_of(j, 0, scale_), columns), length_of(point.x, columns));
}

void LevenbergMarquardt::adapt(double ratio, double length, bool at_boundary) {
  if (!(ratio > 0.25))
    radius_ = options_.shrink * length;
  else if (ratio >= 0.75 || !at_boundary)
    radius_ = options_.grow * length;
}

void LevenbergMarquardt::archive(Archive& archive) {
  archive("options", options_);
  archive("radius", radius_);
  archive("scale", scale_);
  archive("model", model_);
}

}  // namespace thalweg::optim
