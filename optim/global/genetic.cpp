#include "thalweg/optim/global/genetic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::optim {

Genetic::Genetic(const Options& options) : options_(options) {
  if (options.spread) detail::expect_positive(kind(), "spread", *options.spread);
  detail::expect_at_least(kind(), "population", options.population, 2);
  if (options.elites < 0 || options.elites >= options.population)
    throw ValueError(fmt::format("{}: elites is {}; expected 0 to population - 1 = {}", kind(),
                                 options.elites, options.population - 1));
  detail::expect_at_least(kind(), "tournament", options.tournament, 1);
  detail::expect_probability(kind(), "crossover_rate", options.crossover_rate);
  detail::expect_nonnegative(kind(), "crossover_index", options.crossover_index);
  detail::expect_nonnegative(kind(), "blend_margin", options.blend_margin);
  if (options.mutation_rate)
    detail::expect_probability(kind(), "mutation_rate", *options.mutation_rate);
  detail::expect_nonnegative(kind(), "mutation_index", options.mutation_index);
  detail::expect_nonnegative(kind(), "mutation_width", options.mutation_width);
  detail::expect_nonnegative(kind(), "relative_spread", options.relative_spread);
}

void Genetic::begin(Objective& f, Point& point) {
  options_.bounds.expect_inside(kind(), point.x);
  random_ = Random(options_.seed);
  region_ = detail::Region(options_.bounds, point.x,
                           options_.spread.value_or(detail::width_around(point.x)));
  population_ =
      detail::populate(region_, point, options_.population, random_, f, options_.parallel);
  first_spread_ = point.step;
}

// With e elites, N − e children in pairs (of an odd number the last one is dropped):
//
//     a, b ← winners of two tournaments;  cross(a, b);  mutate(a), mutate(b);  into the bounds
//     population ← the e best of the old one, and the children
//
// All children are made before the first is evaluated: their numbers do not depend on the threads.
std::optional<Halt> Genetic::advance(Objective& f, Point& point) {
  const std::vector<Index> ranking = population_.ranking();
  const Index count = options_.population - options_.elites;
  detail::Population children(count, f.size()), spare(1, f.size());
  for (Index k = 0; k < count; k += 2) {
    const std::span<double> a = children[k], b = k + 1 < count ? children[k + 1] : spare[0];
    std::ranges::copy(population_[selected()], a.begin());
    std::ranges::copy(population_[selected()], b.begin());
    cross(a, b);
    for (const std::span<double> child : {a, b}) {
      mutate(child);
      options_.bounds.clamp(child);
    }
  }
  children.evaluate(f, options_.parallel);

  const detail::Population old = population_;
  for (Index k = 0; k < options_.elites; ++k) population_.set(k, old, ranking[k]);
  for (Index k = 0; k < count; ++k) population_.set(options_.elites + k, children, k);
  detail::show_best(point, population_);
  return detail::halt_if_gathered(point, options_.relative_spread, first_spread_);
}

/// The best of k drawn at random.
Index Genetic::selected() {
  const auto drawn = [&] {
    return static_cast<Index>(random_.below(static_cast<std::uint64_t>(options_.population)));
  };
  Index best = drawn();
  for (Index k = 1; k < options_.tournament; ++k)
    if (const Index other = drawn(); population_.value(other) < population_.value(best))
      best = other;
  return best;
}

void Genetic::cross(std::span<double> a, std::span<double> b) {
  if (random_.uniform() >= options_.crossover_rate) return;
  if (options_.crossover == Crossover::simulated_binary)
    cross_simulated_binary(a, b);
  else
    cross_blend(a, b);
}

// Deb and Agrawal: the children lie around the parents' middle, β times as far apart as these,
//
//     ½ (a + b) ± ½ β (a − b),   β ∼ ½ (η_c + 1) β^η_c for β ≤ 1, ½ (η_c + 1) β^−(η_c + 2) beyond,
//
// modelled on one-point crossover of binary numbers. u ↦ β inverts the integral of the density.
void Genetic::cross_simulated_binary(std::span<double> a, std::span<double> b) {
  const double power = 1 / (options_.crossover_index + 1);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (random_.uniform() < 0.5) continue;
    const double u = random_.uniform();
    const double beta = std::pow(u <= 0.5 ? 2 * u : 1 / (2 - 2 * u), power);
    const double middle = 0.5 * (a[i] + b[i]), half = 0.5 * beta * (a[i] - b[i]);
    a[i] = middle + half;
    b[i] = middle - half;
  }
}

// Eshelman and Schaffer, BLX-α: at α = ½ half of the interval lies beyond the parents.
void Genetic::cross_blend(std::span<double> a, std::span<double> b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double margin = options_.blend_margin * std::abs(a[i] - b[i]);
    const double low = std::min(a[i], b[i]) - margin, high = std::max(a[i], b[i]) + margin;
    a[i] = low + (high - low) * random_.uniform();
    b[i] = low + (high - low) * random_.uniform();
  }
}

void Genetic::mutate(std::span<double> x) {
  const double rate = options_.mutation_rate.value_or(1 / static_cast<double>(x.size()));
  for (std::size_t i = 0; i < x.size(); ++i)
    if (random_.uniform() < rate) x[i] += mutation_of(region_.width(i));
}

// Deb and Goyal: δ ∼ ½ (η_m + 1) (1 − |δ|)^η_m on (−1, 1); u ↦ δ inverts the integral of that.
double Genetic::mutation_of(double width) {
  if (options_.mutation == Mutation::normal)
    return options_.mutation_width * width * random_.normal();
  const double u = random_.uniform(), power = 1 / (options_.mutation_index + 1);
  return width * (u < 0.5 ? std::pow(2 * u, power) - 1 : 1 - std::pow(2 - 2 * u, power));
}

void Genetic::archive(Archive& archive) {
  archive("options", options_);
  archive("random", random_);
  archive("first_spread", first_spread_);
  archive("region", region_);
  archive("population", population_);
}

}  // namespace thalweg::optim
