#include "thalweg/optim/objective/robust_loss.hpp"

#include <cmath>

#include "thalweg/optim/base/options.hpp"
#include "thalweg/optim/base/vectors.hpp"

namespace thalweg::optim {

RobustLoss::RobustLoss(Kind kind, double scale) : kind_(kind), scale_(scale) {
  detail::expect_positive("RobustLoss", "scale", scale);
}

// With u = |r| / C, whose square z might overflow.
double RobustLoss::cost(double r) const {
  if (kind_ == Kind::none) return 0.5 * r * r;
  if (!std::isfinite(r)) return std::abs(r);
  const double u = std::abs(r) / scale_, half = 0.5 * scale_ * scale_;
  switch (kind_) {
    case Kind::soft_l1:
      return half * 2 * u * (u / (1 + std::hypot(1, u)));
    case Kind::huber:
      return half * (u <= 1 ? u * u : 2 * u - 1);
    case Kind::cauchy:
      return half * (u < 1e100 ? std::log1p(u * u) : 2 * std::log(u));
    case Kind::tukey:
      return half * (u < 1 ? u * u * (1 - u * u * (1 - u * u / 3)) : 1.0 / 3);
    case Kind::none:
      break;
  }
  return 0;
}

double RobustLoss::cost(std::span<const double> r) const {
  if (kind_ == Kind::none) return 0.5 * detail::dot(r, r);
  double sum = 0;
  for (const double each : r) sum += cost(each);
  return sum;
}

double RobustLoss::weight(double r) const {
  const double u = std::abs(r) / scale_;
  switch (kind_) {
    case Kind::none:
      return 1;
    case Kind::soft_l1:
      return 1 / std::hypot(1, u);
    case Kind::huber:
      return u <= 1 ? 1 : 1 / u;
    case Kind::cauchy:
      return 1 / (1 + u * u);
    case Kind::tukey:
      return u < 1 ? (1 - u * u) * (1 - u * u) : 0;
  }
  return 0;
}

double RobustLoss::curvature(double r) const {
  const double u = std::abs(r) / scale_, w = weight(r);
  switch (kind_) {
    case Kind::none:
      return 1;
    case Kind::soft_l1:
      return w * w * w;
    case Kind::huber:
      return u <= 1 ? 1 : 0;
    case Kind::cauchy:
      return u < 1 ? (1 - u * u) * w * w : w * (2 * w - 1);
    case Kind::tukey:
      return u < 1 ? (1 - u * u) * (1 - 5 * u * u) : 0;
  }
  return 0;
}

}  // namespace thalweg::optim
