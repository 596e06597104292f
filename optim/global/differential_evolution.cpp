#include "thalweg/optim/global/differential_evolution.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::optim {
namespace {

using View = std::span<const double>;

/// `value`, or a number between the bound that it is beyond and `base`.
double bounced(double value, double base, double lower, double upper, Random& random) {
  if (value < lower) return lower + random.uniform() * (base - lower);
  if (value > upper) return upper - random.uniform() * (upper - base);
  return value;
}

}  // namespace

DifferentialEvolution::DifferentialEvolution(const Options& options) : options_(options) {
  if (options.spread) detail::expect_positive(kind(), "spread", *options.spread);
  if (options.population != 0) detail::expect_at_least(kind(), "population", options.population, 4);
  if (!(options.weight >= 0 && options.weight <= 2))
    throw ValueError(
        fmt::format("{}: weight is {}; expected a number in [0, 2]", kind(), options.weight));
  detail::expect_probability(kind(), "crossover", options.crossover);
  detail::expect_nonnegative(kind(), "dither", options.dither);
  detail::expect_nonnegative(kind(), "jitter", options.jitter);
  detail::expect_nonnegative(kind(), "relative_spread", options.relative_spread);
}

void DifferentialEvolution::begin(Objective& f, Point& point) {
  options_.bounds.expect_inside(kind(), point.x);
  random_ = Random(options_.seed);
  const Index count =
      options_.population != 0 ? options_.population : std::max<Index>(20, 10 * f.size());
  const detail::Region region(options_.bounds, point.x,
                              options_.spread.value_or(detail::width_around(point.x)));
  population_ = detail::populate(region, point, count, random_, f, options_.parallel);
  first_spread_ = point.step;
}

std::optional<Halt> DifferentialEvolution::advance(Objective& f, Point& point) {
  detail::Population trials(population_.count(), f.size());
  const Index best = population_.best();
  for (Index k = 0; k < trials.count(); ++k) make_trial(k, best, trials[k]);
  trials.evaluate(f, options_.parallel);
  for (Index k = 0; k < trials.count(); ++k)
    if (trials.value(k) <= population_.value(k)) population_.set(k, trials, k);
  detail::show_best(point, population_);
  return detail::halt_if_gathered(point, options_.relative_spread, first_spread_);
}

// All strategies are one formula, v = base + F (target − base) + F (b − c):
//
//     rand/1              base = target = a
//     best/1              base = target = best
//     current-to-best/1   base = x, target = best
//
// u takes vᵢ where a number below CR is drawn and in one coordinate `always`, so that u ≠ x.
void DifferentialEvolution::make_trial(Index k, Index best, std::span<double> trial) {
  const bool from_random = options_.strategy == DifferentialStrategy::rand_1_bin;
  const bool from_best = options_.strategy == DifferentialStrategy::best_1_bin;
  const Index a = from_random ? other_than({k}) : from_best ? best : k;
  const Index b = other_than({k, a}), c = other_than({k, a, b});
  const View x = population_[k], base = population_[a], plus = population_[b],
             minus = population_[c], target = population_[from_random || from_best ? a : best];
  const double weight = options_.weight + options_.dither * (2 * random_.uniform() - 1);
  const auto n = static_cast<std::uint64_t>(trial.size());
  const std::size_t always = random_.below(n);
  for (std::size_t i = 0; i < trial.size(); ++i) {
    const bool crossed = random_.uniform() < options_.crossover || i == always;
    const double factor = weight * (1 + options_.jitter * (2 * random_.uniform() - 1));
    const double v = base[i] + factor * (target[i] - base[i]) + factor * (plus[i] - minus[i]);
    const auto coordinate = static_cast<Index>(i);
    trial[i] = crossed ? bounced(v, base[i], options_.bounds.lower(coordinate),
                                 options_.bounds.upper(coordinate), random_)
                       : x[i];
  }
  options_.bounds.clamp(trial);  // the last bit
}

/// A point of the population, drawn at random, that is none of these.
Index DifferentialEvolution::other_than(std::initializer_list<Index> taken) {
  while (true) {
    const auto count = static_cast<std::uint64_t>(population_.count());
    const Index drawn = static_cast<Index>(random_.below(count));
    if (std::ranges::find(taken, drawn) == taken.end()) return drawn;
  }
}

void DifferentialEvolution::archive(Archive& archive) {
  archive("options", options_);
  archive("random", random_);
  archive("first_spread", first_spread_);
  archive("population", population_);
}

}  // namespace thalweg::optim
