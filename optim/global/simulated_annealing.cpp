#include "thalweg/optim/global/simulated_annealing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/optim/global/population.hpp"

namespace thalweg::optim {
namespace {

/// x as if the bounds were mirrors.
double reflected(double x, double lower, double upper) {
  const double width = upper - lower;
  if (std::isfinite(width)) {
    if (width == 0) return lower;
    const double there_and_back = std::fmod(std::abs(x - lower), 2 * width);
    x = lower + (there_and_back <= width ? there_and_back : 2 * width - there_and_back);
  } else if (x < lower) {
    x = lower + (lower - x);
  } else if (x > upper) {
    x = upper - (x - upper);
  }
  return std::clamp(x, lower, upper);
}

}  // namespace

SimulatedAnnealing::SimulatedAnnealing(const Options& options) : options_(options) {
  if (options.temperature) detail::expect_nonnegative(kind(), "temperature", *options.temperature);
  if (!(options.factor > 0 && options.factor < 1))
    throw ValueError(
        fmt::format("{}: factor is {}; expected a number in (0, 1)", kind(), options.factor));
  detail::expect_at_least(kind(), "moves", options.moves, 1);
  if (options.radius) detail::expect_positive(kind(), "radius", *options.radius);
  detail::expect_nonnegative(kind(), "radius_exponent", options.radius_exponent);
  if (!(options.coldest >= 0 && options.coldest < 1))
    throw ValueError(
        fmt::format("{}: coldest is {}; expected a number in [0, 1)", kind(), options.coldest));
  detail::expect_at_least(kind(), "reheats", options.reheats, 0);
}

void SimulatedAnnealing::begin(Objective& f, Point& point) {
  options_.bounds.expect_inside(kind(), point.x);
  random_ = Random(options_.seed);
  level_ = reheated_ = 0;
  detail::evaluate_start(f, point, 0);
  current_ = best_ = {point.x, point.value};
  radius_ = options_.radius.value_or(detail::width_around(point.x));
  temperature_ = options_.temperature ? *options_.temperature : usual_temperature(f);
  point.step = temperature_;
}

// As large as what moves change f by, whatever its unit: nearly all are accepted at first.
double SimulatedAnnealing::usual_temperature(Objective& f) {
  double sum = 0, count = 0;
  for (int k = 0; k < 20; ++k)
    if (const Site next = moved(f, radius_); std::isfinite(next.value))
      sum += std::abs(next.value - current_.value), ++count;
  return count > 0 && std::isfinite(sum) ? sum / count : 0;
}

// One level: Tₖ = cₖ T₀, rₖ = cₖ^q r₀, and L moves of Metropolis' chain.
std::optional<Halt> SimulatedAnnealing::advance(Objective& f, Point& point) {
  const double temperature = left() * temperature_;
  const double radius = std::pow(left(), options_.radius_exponent) * radius_;
  Site best_of_level = current_;
  for (Index k = 0; k < options_.moves; ++k) {
    Site next = moved(f, radius);
    if (!accepts(next.value, temperature)) continue;
    current_ = std::move(next);
    if (current_.value < best_of_level.value) best_of_level = current_;
  }
  detail::show(point, best_of_level.x, best_of_level.value, temperature);
  if (best_of_level.value < best_.value) best_ = best_of_level;

  ++level_;
  if (left() > options_.coldest) return {};
  if (reheated_ == options_.reheats)
    return Halt{Stop::method_converged, fmt::format("temperature {:.3g} ≤ {:g} of the first",
                                                    left() * temperature_, options_.coldest)};
  ++reheated_;
  level_ = 0;
  current_ = best_;
  return {};
}

// cₖ = αᵏ or 1 / ln(e + k).
double SimulatedAnnealing::left() const {
  const auto k = static_cast<double>(level_);
  if (options_.cooling == Cooling::geometric) return std::pow(options_.factor, k);
  return 1 / std::log(std::numbers::e + k);
}

SimulatedAnnealing::Site SimulatedAnnealing::moved(Objective& f, double radius) {
  Site next = current_;
  for (std::size_t i = 0; i < next.x.size(); ++i) {
    const auto coordinate = static_cast<Index>(i);
    next.x[i] = reflected(next.x[i] + radius * random_.normal(), options_.bounds.lower(coordinate),
                          options_.bounds.upper(coordinate));
  }
  next.value = detail::comparable(f.value(next.x));
  return next;
}

// With probability min(1, e^(−(f(y) − f(x)) / T)); at T = 0 the exponent is −∞ and nothing climbs.
bool SimulatedAnnealing::accepts(double value, double temperature) {
  const double climb = value - current_.value;
  return climb <= 0 || random_.uniform() < std::exp(-climb / temperature);
}

void SimulatedAnnealing::archive(Archive& archive) {
  archive(options_);
  archive("random", random_);
  archive("current", current_);
  archive("best", best_);
  archive("first_temperature", temperature_);
  archive("first_radius", radius_);
  archive("level", level_);
  archive("reheated", reheated_);
}

}  // namespace thalweg::optim
