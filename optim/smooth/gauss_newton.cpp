#include "thalweg/optim/smooth/gauss_newton.hpp"

#include "thalweg/optim/base/options.hpp"
#include "thalweg/optim/smooth/reduction.hpp"
#include "thalweg/optim/smooth/stalled.hpp"

namespace thalweg::optim {

using detail::norm;
using detail::Vector;

namespace {

constexpr double shortest = 1e-10;  // α, below which the direction is given up

}  // namespace

struct GaussNewton::Direction {
  Vector p;
  double slope;     // ∇fᵀp = −‖J p‖²
  double length;    // ‖D p‖
  double x_length;  // ‖D x‖
};

GaussNewton::GaussNewton(const Options& options) : options_(options) {
  using namespace detail;
  expect_option(options.decrease > 0 && options.decrease < 0.5, kind(), "decrease",
                options.decrease, "a number in (0, 1/2)");
  expect_shrinking(kind(), "shrink", options.shrink);
  expect_option(options.independent >= 0 && options.independent < 1, kind(), "independent",
                options.independent, "a number in [0, 1)");
  expect_option(std::isfinite(options.cosine) && options.cosine >= 0, kind(), "cosine",
                options.cosine, "a finite number, at least 0");
}

void GaussNewton::begin(Residuals& f, Point& point) {
  model_.take(f, point);
  point.step = 1;
}

GaussNewton::Direction GaussNewton::direction(const Point& point) const {
  const std::size_t n = point.x.size();
  const Vector scale = model_.column_norms(n);
  Vector p(n), scaled = point.x;
  double slope = 0;
  for (const auto& [s, c, v] : model_.axes(scale, options_.independent)) {
    detail::add_scaled(p, -c / s, v);
    slope -= c * c;
  }
  const double length = norm(p);
  detail::divide(p, scale);
  detail::multiply(scaled, scale);
  return {.p = std::move(p), .slope = slope, .length = length, .x_length = norm(scaled)};
}

std::optional<Halt> GaussNewton::advance(Residuals& f, Point& point) {
  if (auto halt = detail::right_angles(model_.cosine(point.gradient), options_.cosine)) return halt;
  const Direction along = direction(point);
  detail::Offer offer{.promised = -0.5 * along.slope, .length = along.length};
  detail::Linearisation there;
  for (double alpha = 1; alpha > shortest; alpha *= options_.shrink) {
    Vector p = along.p;
    detail::scale(p, alpha);
    if (detail::lost(p, point.x)) break;
    Point trial = point;
    detail::add_scaled(trial.x, 1, p);
    trial.step = alpha;
    offer.shortest = alpha * along.length;
    const double least = -options_.decrease * alpha * along.slope;
    const bool by_gradients = detail::drowned(offer.promised, point.value);
    if (there.attempt(f, point, trial, least, by_gradients) >= least) {
      point = std::move(trial);
      std::swap(model_, there);
      return detail::right_angles(model_.cosine(point.gradient), options_.cosine);
    }
  }
  const bool rounding =
      detail::flat(offer.promised, point.value) || detail::short_step(along.length, along.x_length);
  return detail::stalled(rounding, point.value, offer);
}

void GaussNewton::archive(Archive& archive) {
  archive("options", options_);
  archive("model", model_);
}

}  // namespace thalweg::optim
