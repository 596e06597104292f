#include "thalweg/optim/smooth/box_model.hpp"

#include <algorithm>
#include <cmath>

namespace thalweg::optim::detail {

BoxModel::BoxModel(const Bounds& bounds, const std::vector<CurvaturePair>& pairs, double theta,
                   const Point& at)
    : bounds_(bounds),
      pairs_(pairs),
      theta_(theta),
      x_(at.x),
      g_(at.gradient),
      cauchy_(at.x),
      c_(2 * pairs_.size()),
      fixed_(at.x.size()) {
  const std::size_t m = pairs_.size();
  Vector a(4 * m * m);
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < m; ++j) {
      const double sy = dot(pairs_[i].s, pairs_[j].y);
      if (i == j) a[i * 2 * m + j] = -sy;
      if (i > j) a[(m + i) * 2 * m + j] = a[j * 2 * m + m + i] = sy;
      a[(m + i) * 2 * m + m + j] = theta_ * dot(pairs_[i].s, pairs_[j].s);
    }
  middle_ = Factored(std::move(a), static_cast<Index>(2 * m));
}

Vector BoxModel::row(std::size_t i) const {
  const std::size_t m = pairs_.size();
  Vector w(2 * m);
  for (std::size_t k = 0; k < m; ++k) {
    w[k] = pairs_[k].y[i];
    w[m + k] = theta_ * pairs_[k].s[i];
  }
  return w;
}

/// d ← the first piece of the path; the corners in the order in which they are met.
std::vector<BoxModel::Corner> BoxModel::corners(Vector& d) const {
  std::vector<Corner> result;
  for (std::size_t i = 0; i < x_.size(); ++i) {
    const double bound = g_[i] < 0 ? upper(i) : lower(i);
    const double t = g_[i] == 0 ? HUGE_VAL : (x_[i] - bound) / g_[i];
    d[i] = t > 0 ? -g_[i] : 0;
    if (std::isfinite(t)) result.push_back({std::max(t, 0.0), i});
  }
  std::sort(result.begin(), result.end(), [](const Corner& a, const Corner& b) {
    return a.t < b.t || (a.t == b.t && a.i < b.i);
  });
  return result;
}

/// Algorithm CP. Along a piece q has slope f′ and curvature f″; p = Wᵀ d, c = Wᵀ (x − xₖ).
const Vector& BoxModel::cauchy_point() {
  Vector d(x_.size()), p(c_.size());
  const std::vector<Corner> path = corners(d);
  for (std::size_t i = 0; i < d.size(); ++i)
    if (d[i] != 0) add_scaled(p, d[i], row(i));
  double slope = -dot(d, d);
  double curvature = -theta_ * slope - dot(p, times_m(p));
  double reached = 0;
  for (const Corner& corner : path) {
    if (d[corner.i] == 0) {
      fixed_[corner.i] = true;  // at its bound from the start
      continue;
    }
    const double length = corner.t - reached;
    if (-slope / curvature < length) break;
    const std::size_t b = corner.i;
    cauchy_[b] = d[b] > 0 ? upper(b) : lower(b);
    fixed_[b] = true;
    const double z = cauchy_[b] - x_[b], g = g_[b];
    add_scaled(c_, length, p);
    const Vector w = row(b), mw = times_m(w);
    slope += length * curvature + g * g + theta_ * g * z - g * dot(mw, c_);
    curvature -= theta_ * g * g + 2 * g * dot(mw, p) + g * g * dot(mw, w);
    curvature = std::max(curvature, 1e-16 * theta_ * dot(g_, g_));
    add_scaled(p, g, w);
    d[b] = 0;
    reached = corner.t;
  }
  const double rest = slope < 0 ? -slope / curvature : 0;
  add_scaled(c_, rest, p);
  for (std::size_t i = 0; i < d.size(); ++i)
    if (d[i] != 0) cauchy_[i] = x_[i] + (reached + rest) * d[i];
  return cauchy_;
}

/// The direct primal method over the coordinates that are free at xᶜ: v solves
/// (1 − M Wᶠᵀ Wᶠ / θ) v = M Wᶠᵀ r, and the step is −(r + Wᶠ v / θ) / θ.
void BoxModel::minimise_free() {
  const std::size_t m2 = c_.size();
  const Vector mc = times_m(c_);
  std::vector<std::size_t> free;
  for (std::size_t i = 0; i < x_.size(); ++i)
    if (!fixed_[i]) free.push_back(i);
  Vector r(free.size()), v(m2), gram(m2 * m2);
  for (std::size_t k = 0; k < free.size(); ++k) {
    const std::size_t i = free[k];
    const Vector w = row(i);
    r[k] = g_[i] + theta_ * (cauchy_[i] - x_[i]) - dot(w, mc);
    add_scaled(v, r[k], w);
    for (std::size_t a = 0; a < m2; ++a)
      add_scaled(std::span(gram).subspan(a * m2, m2), w[a] / theta_, w);
  }
  if (m2 > 0) {
    v = times_m(v);
    Vector n(m2 * m2);  // gram is symmetric: its rows are its columns
    for (std::size_t a = 0; a < m2; ++a) {
      const Vector column = times_m({gram.begin() + static_cast<std::ptrdiff_t>(a * m2),
                                     gram.begin() + static_cast<std::ptrdiff_t>((a + 1) * m2)});
      for (std::size_t b = 0; b < m2; ++b) n[b * m2 + a] = (a == b ? 1 : 0) - column[b];
    }
    Factored(std::move(n), static_cast<Index>(m2)).solve(v);
  }
  double share = 1;
  Vector step(free.size());
  for (std::size_t k = 0; k < free.size(); ++k) {
    const std::size_t i = free[k];
    step[k] = -(r[k] + dot(row(i), v) / theta_) / theta_;
    if (step[k] > 0) share = std::min(share, (upper(i) - cauchy_[i]) / step[k]);
    if (step[k] < 0) share = std::min(share, (lower(i) - cauchy_[i]) / step[k]);
  }
  if (!all_finite(step)) return;
  for (std::size_t k = 0; k < free.size(); ++k) cauchy_[free[k]] += share * step[k];
}

const Vector& BoxModel::minimum() {
  minimise_free();
  bounds_.clamp(cauchy_);
  return cauchy_;
}

}  // namespace thalweg::optim::detail
