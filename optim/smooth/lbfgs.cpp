#include "thalweg/optim/smooth/lbfgs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/optim/base/vectors.hpp"

namespace thalweg::optim {

using detail::add_scaled;
using detail::dot;

void Lbfgs::validate() const {
  const auto expect = [](bool fits, const char* option, double value, const char* range) {
    if (!fits) throw ValueError(fmt::format("Lbfgs: {} is {}; expected {}", option, value, range));
  };
  const auto& o = options_;
  expect(o.history >= 1, "history", static_cast<double>(o.history), "at least 1");
  expect(o.first > 0 && std::isfinite(o.first), "first", o.first, "a finite number above 0");
  if (o.first_length)
    expect(*o.first_length > 0 && std::isfinite(*o.first_length), "first_length", *o.first_length,
           "a finite number above 0");
  expect(o.least_curvature >= 0, "least_curvature", o.least_curvature, "a number, at least 0");
  expect(o.least_slope >= 0, "least_slope", o.least_slope, "a number, at least 0");
}

// v ← H v by the two loops of Nocedal and Wright, Algorithm 7.4. Written out, H⁺ is
//
//     H⁺ v = V H Vᵀ v + ρ s sᵀv,   Vᵀ = 1 − ρ y sᵀ:
//
//     newest to oldest   α = ρ sᵀv,   v ← v − α y            (Vᵀ)
//     v ← (sᵀy / yᵀy) v                                       (the H that it is begun with)
//     oldest to newest   β = ρ yᵀv,   v ← v + (α − β) s       (V, and the term with s sᵀ)
void Lbfgs::apply_inverse_hessian(std::span<double> v) const {
  std::vector<double> alpha(pairs_.size());
  for (std::size_t k = pairs_.size(); k-- > 0;) {
    alpha[k] = pairs_[k].rho * dot(pairs_[k].s, v);
    add_scaled(v, -alpha[k], pairs_[k].y);
  }
  detail::scale(v, scale_);
  for (std::size_t k = 0; k < pairs_.size(); ++k)
    add_scaled(v, alpha[k] - pairs_[k].rho * dot(pairs_[k].y, v), pairs_[k].s);
}

double Lbfgs::direction(const Point& point, std::span<double> d) {
  if (pairs_.empty() && point.gradient_norm > 0) {
    const double first = options_.first_length.value_or(0.01 * detail::typical_length(point));
    scale_ = last_length(point, first) / point.gradient_norm;
  }
  for (std::size_t i = 0; i < d.size(); ++i) d[i] = -point.gradient[i];
  apply_inverse_hessian(d);
  return options_.first;
}

// sᵀy > 0 keeps H positive definite; the search's curvature condition ensures it but for rounding.
// With y = G s, G the mean Hessian along the step, sᵀy / yᵀy lies between the inverses of the
// largest and the smallest eigenvalue of G.
void Lbfgs::moved(const Point& from, const Point& to) {
  Pair pair{.s = last_direction(), .y = to.gradient};
  detail::scale(pair.s, to.step);
  add_scaled(pair.y, -1, from.gradient);
  const double sy = dot(pair.s, pair.y), length = detail::norm(pair.y);
  const double rounding = std::numeric_limits<double>::epsilon() * length * detail::norm(pair.s);
  if (!(sy > options_.least_curvature && sy > rounding)) return;
  pair.rho = 1 / sy;
  scale_ = sy / length / length;  // no square overflows
  if (static_cast<Index>(pairs_.size()) == options_.history) pairs_.erase(pairs_.begin());
  pairs_.push_back(std::move(pair));
}

bool Lbfgs::forget() {
  const bool had = !pairs_.empty();
  pairs_.clear();
  scale_ = 1;
  return had;
}

void Lbfgs::archive_state(Archive& archive) {
  archive(options_);
  archive("pairs", pairs_);
  archive("scale", scale_);
}

}  // namespace thalweg::optim
