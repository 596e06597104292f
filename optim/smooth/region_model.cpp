#include "thalweg/optim/smooth/region_model.hpp"

#include <algorithm>

namespace thalweg::optim::detail {

namespace {

using Axes = std::vector<Axis>;

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
  for (const auto& [s, c, v] : j) add_scaled(p, -s / (s * s + mu) * c, v);
  divide(p, scale);
  return p;
}

Vector chosen_of(const Vector& x, const std::vector<std::size_t>& chosen) {
  Vector result;
  for (const std::size_t k : chosen) result.push_back(x[k]);
  return result;
}

}  // namespace

RegionModel::RegionModel(const Linearisation& model, const Vector& scale, const Bounds& bounds,
                         const Point& at)
    : model_(model), scale_(scale), bounds_(bounds), at_(at), held_(at.x.size()) {
  for (std::size_t i = 0; i < held_.size(); ++i) {
    const auto k = static_cast<Index>(i);
    held_[i] = bounds.lower(k) == bounds.upper(k) || bounds.holds(k, at.x[i], at.gradient[i]);
  }
  free_ = others(held_);
  free_scale_ = chosen_of(scale, free_);
  axes_ = free_.size() == held_.size()
              ? model.axes(scale, rank_tolerance)
              : model.of_columns(free_, Vector(held_.size())).axes(free_scale_, rank_tolerance);
}

Vector RegionModel::whole_step() const { return scattered(free_, step_of(axes_, 0, free_scale_)); }

RegionStep RegionModel::step(double radius) const {
  const double mu = damping_for(axes_, radius);
  const Damped damped_step = damped(axes_, mu);
  RegionStep step{.p = scattered(free_, step_of(axes_, mu, free_scale_)),
                  .to = at_.x,
                  .length = damped_step.length,
                  .promised = damped_step.promised,
                  .at_edge = mu > 0};
  add_scaled(step.to, 1, step.p);
  return !bounds_.none() && !bounds_.contains(step.to) ? step_in_box(radius) : step;
}

std::vector<std::size_t> RegionModel::others(const std::vector<bool>& pinned) const {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < pinned.size(); ++i)
    if (!pinned[i]) result.push_back(i);
  return result;
}

Vector RegionModel::scattered(const std::vector<std::size_t>& chosen, View q) const {
  Vector p(held_.size());
  for (std::size_t k = 0; k < chosen.size(); ++k) p[chosen[k]] = q[k];
  return p;
}

/// From x + moved to the bound that lies in this direction.
double RegionModel::room(std::size_t i, double direction, double moved) const {
  const auto k = static_cast<Index>(i);
  return (direction > 0 ? bounds_.upper(k) : bounds_.lower(k)) - at_.x[i] - moved;
}

/// The t ≥ 0 with ‖D (p + t d)‖ = radius.
double RegionModel::reach(View p, View d, double radius) const {
  Vector dp(p.begin(), p.end()), dd(d.begin(), d.end());
  multiply(dp, scale_);
  multiply(dd, scale_);
  const double a = dot(dd, dd), b = dot(dp, dd), c = std::max(0.0, radius * radius - dot(dp, dp));
  const double root = std::sqrt(b * b + a * c);
  return b > 0 ? c / (b + root) : (root - b) / a;
}

/// p ← p + t d, with t ≤ end as large as the box allows. Who meets a bound there is pinned to it;
/// true if somebody does.
bool RegionModel::go(Vector& p, View d, double end, std::vector<bool>& pinned) const {
  Vector bends(p.size(), HUGE_VAL);
  for (std::size_t i = 0; i < p.size(); ++i)
    if (d[i] != 0) bends[i] = std::max(0.0, room(i, d[i], p[i]) / d[i]);
  const double bend = *std::min_element(bends.begin(), bends.end()), t = std::min(bend, end);
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (d[i] == 0) continue;
    if (bends[i] <= t) {
      pinned[i] = true;
      p[i] = room(i, d[i], 0);
    } else {
      p[i] += t * d[i];
    }
  }
  return bend <= end;
}

// Along P(x − t D⁻² ∇f) to the first local minimum of m, or to the edge of the region. The path
// bends where a bound is met: that coordinate stays there.
Vector RegionModel::cauchy_step(double radius, std::vector<bool>& pinned) const {
  Vector p(held_.size()), d = at_.gradient;
  scale(d, -1);
  divide(d, scale_);
  divide(d, scale_);
  while (true) {
    for (std::size_t i = 0; i < d.size(); ++i)
      if (pinned[i]) d[i] = 0;
    const Vector jd = model_.times(d);
    const double slope = dot(at_.gradient, d) + dot(model_.times(p), jd), curvature = dot(jd, jd);
    if (!(slope < 0)) return p;
    const double end = std::min(curvature > 0 ? -slope / curvature : HUGE_VAL, reach(p, d, radius));
    if (!go(p, d, end, pinned)) return p;
  }
}

// From the Cauchy step on, m is minimised over the coordinates that are not at bounds, within what
// the others leave of the region, and the way there is cut at the first bound that it meets, which
// is held from then on. m is convex, so that it falls along each of these ways, and so do the
// coordinates that are left: after at most n of them one ends in the box.
RegionStep RegionModel::step_in_box(double radius) const {
  std::vector<bool> pinned = held_;
  RegionStep step{.p = cauchy_step(radius, pinned), .to = at_.x, .cut = true};
  for (auto rest = others(pinned); !rest.empty(); rest = others(pinned)) {
    Vector fixed = step.p;
    for (const std::size_t i : rest) fixed[i] = 0;
    Vector scaled = fixed;
    multiply(scaled, scale_);
    const double left = radius * radius - dot(scaled, scaled);
    if (!(left > 0)) break;
    const Vector rest_scale = chosen_of(scale_, rest);
    const Axes axes = model_.of_columns(rest, fixed).axes(rest_scale, rank_tolerance);
    const double mu = damping_for(axes, std::sqrt(left));
    Vector d = scattered(rest, step_of(axes, mu, rest_scale));
    for (const std::size_t i : rest) d[i] -= step.p[i];
    step.at_edge = mu > 0;
    if (!go(step.p, d, 1, pinned)) break;
  }
  add_scaled(step.to, 1, step.p);
  for (std::size_t i = 0; i < step.p.size(); ++i)
    if (const auto k = static_cast<Index>(i); pinned[i] && step.p[i] != 0)
      step.to[i] = step.p[i] > 0 ? bounds_.upper(k) : bounds_.lower(k);
  bounds_.clamp(step.to);
  Vector scaled = step.p;
  multiply(scaled, scale_);
  const Vector jp = model_.times(step.p);
  step.length = norm(scaled);
  step.promised = -dot(at_.gradient, step.p) - 0.5 * dot(jp, jp);
  return step;
}

}  // namespace thalweg::optim::detail
