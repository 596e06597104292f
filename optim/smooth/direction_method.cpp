#include "thalweg/optim/smooth/direction_method.hpp"

#include <fmt/format.h>

#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/optim/base/vectors.hpp"
#include "thalweg/optim/smooth/stalled.hpp"

namespace thalweg::optim {

void DirectionMethod::begin(Objective& f, Point& point) {
  direction_.clear();
  slope_ = 0;
  forget();
  evaluate_with_gradient(f, point);
  first_gradient_norm_ = point.gradient_norm;
}

double DirectionMethod::last_length(const Point& point, double first) const {
  return direction_.empty() ? first : point.step * detail::norm(direction_);
}

// Where the search finds nothing along dₖ, once more along what the method says when it has
// forgotten; then it is over. What dₖ offered tells whether that is down to rounding: the first one
// if it led to a model's minimum, else the last. Where ∇f has grown on the way it is not.
std::optional<Halt> DirectionMethod::advance(Objective& f, Point& point) {
  std::vector<double> d(point.x.size());
  detail::Offer offer;
  bool modelled = false;
  while (true) {
    const double first = direction(point, d);
    Line line(f, point, d);
    const double slope = line.start().slope, length = detail::norm(d);
    if (!modelled) offer = {.promised = -0.5 * first * slope, .length = first * length};
    modelled = modelled || steps_to_minimum();
    if (!(slope < -least_slope() && std::isfinite(slope))) {
      if (!(slope < 0) && forget()) continue;
      return detail::no_slope(point, slope, least_slope());
    }
    const Found found = search_->search(line, first);
    const bool better = found.trial.step > 0 && found.trial.value < point.value;
    if (!found.success && !better) {
      if (forget()) continue;
      if (line.bottomless()) return detail::endless(point.value);
      offer.shortest = line.shortest() * length;
      const bool grown = point.gradient_norm > 10 * first_gradient_norm_;
      return detail::stalled(!grown && offer.is_rounding(point), point.value, offer);
    }
    const Point from = point;
    direction_ = d;
    slope_ = slope;
    line.move(point, found.trial);
    moved(from, point);
    return {};
  }
}

void DirectionMethod::archive(Archive& archive) {
  std::string search = search_->describe();
  archive("search", search);
  if (search != search_->describe())
    throw DataError(fmt::format("{}: holds a run of {} with {}; expected {}", archive.origin(),
                                kind(), search, search_->describe()));
  archive("direction", direction_);
  archive("slope", slope_);
  archive("first_gradient_norm", first_gradient_norm_);
  archive_state(archive);
}

}  // namespace thalweg::optim
