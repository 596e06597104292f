#include "thalweg/optim/smooth/newton.hpp"

#include "thalweg/optim/base/options.hpp"
#include "thalweg/optim/base/vectors.hpp"
#include "thalweg/optim/smooth/reduction.hpp"
#include "thalweg/optim/smooth/stalled.hpp"

namespace thalweg::optim {
namespace {

using detail::add_scaled;
using detail::dot;
using detail::norm;
using detail::Vector;

struct Step {
  Vector p;
  double promised = 0;  // m(0) − m(p)
  bool at_boundary = false;
};

/// Steihaug's conjugate gradients for H p = −g (Nocedal and Wright, Algorithm 7.2). With the
/// residual r = H p + g, s = rᵀr and κ = dᵀH d,
///
///     d₀ = −g;   p ← p + (s / κ) d,   r ← r + (s / κ) H d,   d ← −r + (s₊ / s) d
///
/// Along a segment the model falls by α s − ½ α² κ.
///
/// The iterates of the conjugate gradients, joined by lines: p₀ = 0, pⱼ₊₁ = pⱼ + αⱼ dⱼ with
/// αⱼ = sⱼ / κⱼ. ‖p‖ grows along it. Residuals and directions are kept in units of ‖g‖, so that no
/// square overflows:   αⱼ = ‖g‖ sⱼ / κⱼ
class Path {
 public:
  /// Until the residual is at most `tolerance` ‖g‖, or the path leaves ‖p‖ ≤ radius. `length` as
  /// for Objective::hessian_vector.
  Path(Objective& f, const Point& at, double radius, double tolerance, Index most, double length);
  /// Where the path ends or leaves the region.
  Step within(double radius) const;

 private:
  struct Segment {
    Vector d;
    double square;  // s = ‖H p + g‖² at its begin, so that −s is the model's slope along d
    double curvature;  // κ = dᵀH d; at most 0: the segment has no end
  };
  double unit_;  // ‖g‖
  std::vector<Segment> segments_;
};

Path::Path(Objective& f, const Point& at, double radius, double tolerance, Index most,
           double length)
    : unit_(at.gradient_norm) {
  Vector residual = at.gradient, d(residual.size()), p(residual.size()), product(residual.size());
  for (double& r : residual) r /= unit_;
  double square = dot(residual, residual);
  add_scaled(d, -1, residual);
  for (Index j = 0; j < most && square > 0; ++j) {
    f.hessian_vector(at.x, at.gradient, d, product, length);
    const double curvature = detail::all_finite(product) ? dot(d, product) : 0;
    segments_.push_back({d, square, curvature});
    if (!(curvature > 0)) return;
    const double alpha = square / curvature;
    add_scaled(p, unit_ * alpha, d);
    add_scaled(residual, alpha, product);
    const double before = std::exchange(square, dot(residual, residual));
    if (norm(p) >= radius || std::sqrt(square) <= tolerance) return;
    detail::scale(d, square / before);
    add_scaled(d, -1, residual);
  }
}

/// τ ≥ 0 with ‖p + τ d‖ = Δ, for ‖p‖ ≤ Δ and pᵀd ≥ 0. In units of Δ and ‖d‖, so that no square
/// overflows: with u = ‖p‖ / Δ, b = pᵀd / Δ ‖d‖
///
///     τ ‖d‖ / Δ = (1 − u²) / (b + √(b² + 1 − u²))
double to_boundary(const Vector& p, const Vector& d, double radius) {
  const double length = norm(d), u = norm(p) / radius, b = dot(p, d) / length / radius;
  const double c = (1 - u) * (1 + u);
  return radius / length * c / (b + std::sqrt(b * b + c));
}

Step Path::within(double radius) const {
  Step step{Vector(segments_.empty() ? 0 : segments_[0].d.size())};
  for (const auto& [d, square, curvature] : segments_) {
    const double boundary = to_boundary(step.p, d, radius);
    const bool leaves = !(curvature > 0) || unit_ * (square / curvature) >= boundary;
    const double length = leaves ? boundary : unit_ * (square / curvature);
    add_scaled(step.p, length, d);
    step.promised += length * (unit_ * square - 0.5 * length * curvature);
    step.at_boundary = leaves;
    if (leaves) break;
  }
  return step;
}

bool finite(const Point& point) {
  return std::isfinite(point.value) && detail::all_finite(point.gradient);
}

}  // namespace

Newton::Newton(const Options& options) : options_(options) {
  using namespace detail;
  if (options.radius) expect_positive(kind(), "radius", *options.radius);
  expect_option(options.largest_radius > 0 && options.largest_radius >= options.radius.value_or(0),
                kind(), "largest_radius", options.largest_radius, "at least the radius");
  expect_option(options.acceptance >= 0 && options.acceptance < 0.25, kind(), "acceptance",
                options.acceptance, "a number in [0, 1/4)");
  expect_shrinking(kind(), "shrink", options.shrink);
  expect_growing(kind(), "grow", options.grow);
  expect_option(options.forcing >= 0 && options.forcing < 1, kind(), "forcing", options.forcing,
                "a number in [0, 1)");
  expect_option(options.inner_iterations >= 1, kind(), "inner_iterations",
                static_cast<double>(options.inner_iterations), "at least 1");
}

void Newton::begin(Objective& f, Point& point) {
  evaluate_with_gradient(f, point);
  length_ = detail::typical_length(point);
  first_gradient_norm_ = point.gradient_norm;
  radius_ = point.step = std::min(options_.radius.value_or(length_), options_.largest_radius);
}

// Nocedal and Wright, Algorithm 4.1, with the inner tolerance min(forcing, √(‖g‖ / ‖g₀‖)) ‖g‖, that
// of 7.1 without a unit: the convergence is superlinear. A trial that is refused shortens the
// region and cuts the same path.
std::optional<Halt> Newton::advance(Objective& f, Point& point) {
  if (point.gradient_norm == 0) return Halt{Stop::method_converged, "∇f = 0"};
  const double forcing =
      std::min(options_.forcing, std::sqrt(point.gradient_norm / first_gradient_norm_));
  const Path path(f, point, radius_, forcing, options_.inner_iterations, length_);
  detail::Offer offer;
  bool cut = false, bottomless = false;
  for (int k = 0;; ++k) {
    const Step step = path.within(radius_);
    const double length = norm(step.p);
    if (k == 0) offer = {step.promised, length}, cut = step.at_boundary;
    const bool shorter = k == 0 || length < offer.shortest;
    if (!shorter || offer.exhausted(length) || detail::lost(step.p, point.x)) break;
    offer.shortest = length;
    Point trial = point;
    add_scaled(trial.x, 1, step.p);
    trial.step = radius_;
    evaluate_with_gradient(f, trial);
    bottomless |= detail::bottomless(trial.value);
    const bool by_gradients = detail::drowned(offer.promised, point.value);
    const double ratio =
        finite(trial) ? detail::reduction(point, trial, by_gradients) / step.promised : -1;
    adapt(ratio, length, step.at_boundary);
    if (ratio > options_.acceptance) return point = std::move(trial), std::nullopt;
  }
  if (bottomless) return detail::endless(point.value);
  // A step that the region cut says nothing about the distance to the minimum.
  return detail::stalled(!cut && offer.is_rounding(point), point.value, offer);
}

void Newton::adapt(double ratio, double length, bool at_boundary) {
  if (!(ratio >= 0.25))
    radius_ = options_.shrink * length;
  else if (ratio > 0.75 && at_boundary)
    radius_ = std::min(options_.grow * radius_, options_.largest_radius);
}

void Newton::archive(Archive& archive) {
  archive("options", options_);
  archive("radius", radius_);
  archive("length", length_);
  archive("first_gradient_norm", first_gradient_norm_);
}

}  // namespace thalweg::optim
