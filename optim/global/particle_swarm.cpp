#include "thalweg/optim/global/particle_swarm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::optim {

ParticleSwarm::ParticleSwarm(const Options& options) : options_(options) {
  if (options.spread) detail::expect_positive(kind(), "spread", *options.spread);
  detail::expect_at_least(kind(), "particles", options.particles, 2);
  detail::expect_nonnegative(kind(), "own_pull", options.own_pull);
  detail::expect_nonnegative(kind(), "pull", options.pull);
  if (options.own_pull + options.pull <= 4)
    throw ValueError(fmt::format("{}: own_pull + pull is {}; expected more than 4", kind(),
                                 options.own_pull + options.pull));
  detail::expect_nonnegative(kind(), "relative_spread", options.relative_spread);
}

void ParticleSwarm::begin(Objective& f, Point& point) {
  options_.bounds.expect_inside(kind(), point.x);
  random_ = Random(options_.seed);
  const detail::Region region(options_.bounds, point.x,
                              options_.spread.value_or(detail::width_around(point.x)));
  particles_ = detail::populate(region, point, options_.particles, random_, f, options_.parallel);
  first_spread_ = point.step;
  best_ = particles_;
  speeds_.clear();
  std::vector<double> other(point.x.size());
  for (Index k = 0; k < options_.particles; ++k) {
    region.sample(other, random_);
    for (std::size_t i = 0; i < other.size(); ++i)
      speeds_.push_back(0.5 * (other[i] - particles_[k][i]));
  }
}

std::optional<Halt> ParticleSwarm::advance(Objective& f, Point& point) {
  const detail::Population& best = best_;
  for (Index k = 0; k < options_.particles; ++k) fly(k, best[best.best()]);
  particles_.evaluate(f, options_.parallel);
  for (Index k = 0; k < options_.particles; ++k)
    if (particles_.value(k) < best_.value(k)) best_.set(k, particles_, k);
  detail::show_best(point, best_);
  return detail::halt_if_gathered(point, options_.relative_spread, first_spread_);
}

// v ← χ (v + c₁ u (p − x) + c₂ w (g − x)),  x ← x + v: Clerc and Kennedy, eq. 4.15. Without the
// randomness it is a linear recursion, whose eigenvalues have modulus √χ < 1 for φ > 4: the flight
// dies out around the mean of p and g, weighted by c₁ and c₂.
void ParticleSwarm::fly(Index k, std::span<const double> best_of_all) {
  const double c1 = options_.own_pull, c2 = options_.pull, phi = c1 + c2;
  const double chi = 2 / std::abs(2 - phi - std::sqrt(phi * phi - 4 * phi));
  const std::span<double> x = particles_[k], p = best_[k];
  const std::span<double> v =
      std::span(speeds_).subspan(static_cast<std::size_t>(k) * x.size(), x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double u = random_.uniform(), w = random_.uniform();
    v[i] = chi * (v[i] + c1 * u * (p[i] - x[i]) + c2 * w * (best_of_all[i] - x[i]));
    const double to = x[i] + v[i];
    const auto coordinate = static_cast<Index>(i);
    x[i] = std::clamp(to, options_.bounds.lower(coordinate), options_.bounds.upper(coordinate));
    if (x[i] != to) v[i] = 0;
  }
}

void ParticleSwarm::archive(Archive& archive) {
  archive("options", options_);
  archive("random", random_);
  archive("first_spread", first_spread_);
  archive("particles", particles_);
  archive("best", best_);
  archive("speeds", speeds_);
}

}  // namespace thalweg::optim
