#pragma once
/// Particle swarm: points that fly past their own best and the best of all.

#include "thalweg/optim/global/population.hpp"

namespace thalweg::optim {

struct ParticleSwarmOptions {
  Bounds bounds = {};
  /// > 0; where there are no bounds, half the width of the region. Without: max |xᵢ| of the start,
  /// or 1 at the origin.
  std::optional<double> spread = {};
  Index particles = 40;            ///< N ≥ 2
  double own_pull = 2.05;          ///< c₁ ≥ 0
  double pull = 2.05;              ///< c₂ ≥ 0;  c₁ + c₂ > 4
  double relative_spread = 1e-12;  ///< τ ≥ 0
  std::uint64_t seed = 0;
  bool parallel = false;  ///< evaluate the particles on all threads; the results are the same
};

/// Particle swarm optimisation with constriction, where everybody knows the best of all.
///
///     optim::ParticleSwarm search{{.bounds = {-5, 5}, .particles = 60}};
///
///     x   the start, and N − 1 points uniform in the region; p = x
///     v   half the way from x to another point uniform in the region
///     for each particle, u and w uniform on [0, 1) and drawn anew for each coordinate:
///       v ← χ (v + c₁ u (p − x) + c₂ w (g − x))
///       x ← x + v, moved to the nearest point inside the bounds; v is 0 in coordinates so moved
///       p ← x if f(x) < f(p);     g is the best of the p
///     χ = 2 / |2 − φ − √(φ² − 4 φ)|,   φ = c₁ + c₂
///     converged once all p are within τ max(s₀, ‖x‖) of their mean, root mean square;
///     s₀ is what that was in the first generation
///
///     N  particles     c₁  own_pull     c₂  pull     p, g  the best points of one, of all
///
/// The region is the box between the bounds; in a coordinate without two finite ones, `spread` to
/// both sides of the start. χ makes the flights die out without a limit on their speed; for
/// φ = 4.1 it is 0.7298.
///
/// Only the order of the values counts. Values that are not finite are the worst; the start is one
/// of the particles, so that the run stops as `nonfinite_start` only if f is finite at none.
/// `Point::x` is g, `Iterate::step` the spread of the p. Cost: N evaluations per iteration.
///
/// Sources: J. Kennedy and R. Eberhart, "Particle Swarm Optimization", ICNN 1995; M. Clerc and J.
/// Kennedy, "The particle swarm – explosion, stability, and convergence in a multidimensional
/// complex space", IEEE TEC 6(1), 2002, eq. 4.15. Where versions disagree: some draw u and w once
/// per particle, which keeps a flight in the plane of p − x and g − x.
class ParticleSwarm final : public Clonable<ParticleSwarm> {
 public:
  using Options = ParticleSwarmOptions;
  /// Throws ValueError for an option out of range.
  explicit ParticleSwarm(const Options& options = {});

  const char* kind() const override { return "ParticleSwarm"; }
  Bounds box() const override { return options_.bounds; }
  /// Throws ValueError for a start outside the bounds.
  void begin(Objective& f, Point& point) override;
  std::optional<Halt> advance(Objective& f, Point& point) override;
  void archive(Archive& archive) override;

 private:
  void fly(Index k, std::span<const double> best_of_all);

  Options options_;
  Random random_{0};
  detail::Population particles_, best_;  // x; p
  std::vector<double> speeds_;           // v [N, n]
  double first_spread_ = 0;
};

}  // namespace thalweg::optim
