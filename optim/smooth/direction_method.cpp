#include "thalweg/optim/smooth/direction_method.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/optim/base/vectors.hpp"

namespace thalweg::optim {

void DirectionMethod::begin(Objective& f, Point& point) {
  direction_.clear();
  slope_ = 0;
  forget();
  evaluate_with_gradient(f, point);
}

std::optional<Halt> DirectionMethod::advance(Objective& f, Point& point) {
  std::vector<double> d(point.x.size());
  do {
    const double first = direction(point, d);
    Line line(f, point, d);
    if (!(line.start().slope < -least_slope())) {
      if (forget()) continue;
      return Halt{Stop::method_converged,
                  fmt::format("the slope along the direction is {:.3g}", line.start().slope)};
    }
    const Found found = search_->search(line, first);
    const bool better = found.trial.step > 0 && found.trial.value < point.value;
    if (!found.success && !better) {
      if (forget()) continue;
      return Halt{Stop::line_search_failed};
    }
    const Point from = point;
    direction_ = d;
    slope_ = line.start().slope;
    line.move(point, found.trial);
    moved(from, point);
    return {};
  } while (true);
}

void DirectionMethod::archive(Archive& archive) {
  std::string search = search_->describe();
  archive("search", search);
  if (search != search_->describe())
    throw DataError(fmt::format("{}: holds a run of {} with {}; expected {}", archive.origin(),
                                kind(), search, search_->describe()));
  archive("direction", direction_);
  archive("slope", slope_);
  archive_state(archive);
}

}  // namespace thalweg::optim
