#include "thalweg/optim/global/random_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/optim/base/vectors.hpp"
#include "thalweg/optim/global/population.hpp"

namespace thalweg::optim {

RandomSearch::RandomSearch(const Options& options) : options_(options) {
  detail::expect_at_least(kind(), "samples", options.samples, 1);
}

void RandomSearch::begin(Objective& f, Point& point) {
  options_.bounds.expect_finite(kind(), f.size());
  options_.bounds.expect_inside(kind(), point.x);
  random_ = Random(options_.seed);
  detail::evaluate_start(f, point, 0);
}

std::optional<Halt> RandomSearch::advance(Objective& f, Point& point) {
  detail::Population drawn(options_.samples, f.size());
  for (Index k = 0; k < drawn.count(); ++k) options_.bounds.sample(drawn[k], random_);
  drawn.evaluate(f, options_.parallel);
  const Index best = drawn.best();
  if (drawn.value(best) < point.value) detail::show(point, drawn[best], drawn.value(best), 0);
  return {};
}

void RandomSearch::archive(Archive& archive) {
  archive(options_);
  archive("random", random_);
}

LocalRandomSearch::LocalRandomSearch(const Options& options) : options_(options) {
  if (options.radius) detail::expect_positive(kind(), "radius", *options.radius);
  if (!std::isfinite(options.grow) || options.grow < 1)
    throw ValueError(
        fmt::format("{}: grow is {}; expected a finite number, at least 1", kind(), options.grow));
  if (!(options.shrink > 0 && options.shrink <= 1))
    throw ValueError(
        fmt::format("{}: shrink is {}; expected a number in (0, 1]", kind(), options.shrink));
  detail::expect_nonnegative(kind(), "relative_radius", options.relative_radius);
  detail::expect_at_least(kind(), "samples", options.samples, 1);
}

void LocalRandomSearch::begin(Objective& f, Point& point) {
  options_.bounds.expect_inside(kind(), point.x);
  random_ = Random(options_.seed);
  first_radius_ = options_.radius.value_or(detail::width_around(point.x));
  detail::evaluate_start(f, point, first_radius_);
}

std::optional<Halt> LocalRandomSearch::advance(Objective& f, Point& point) {
  const double r = point.step;
  detail::Population drawn(options_.samples, f.size());
  for (Index k = 0; k < drawn.count(); ++k) {
    std::ranges::copy(point.x, drawn[k].begin());
    detail::perturb(drawn[k], r, options_.bounds, random_);
  }
  drawn.evaluate(f, options_.parallel);
  const Index best = drawn.best();
  if (drawn.value(best) < point.value)
    detail::show(point, drawn[best], drawn.value(best), options_.grow * r);
  else
    point.step = options_.shrink * r;
  if (point.step > options_.relative_radius * std::max(first_radius_, detail::norm(point.x)))
    return {};
  return Halt{Stop::method_converged, fmt::format("radius {:.3g} ≤ {:g} max(first radius, ‖x‖)",
                                                  point.step, options_.relative_radius)};
}

void LocalRandomSearch::archive(Archive& archive) {
  archive(options_);
  archive("random", random_);
  archive("first_radius", first_radius_);
}

}  // namespace thalweg::optim
