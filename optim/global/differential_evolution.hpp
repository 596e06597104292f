#pragma once
/// Differential evolution: steps that are differences of the population's points.

#include "thalweg/optim/global/population.hpp"

namespace thalweg::optim {

/// Where a mutant starts and what it is drawn to; a, b, c are different points of the population.
enum class DifferentialStrategy {
  rand_1_bin,             ///< v = a + F (b − c)
  best_1_bin,             ///< v = best + F (b − c)
  current_to_best_1_bin,  ///< v = x + F (best − x) + F (b − c)
};

struct DifferentialEvolutionOptions {
  Bounds bounds = {};
  /// > 0; where there are no bounds, half the width of the region. Without: max |xᵢ| of the start,
  /// or 1 at the origin.
  std::optional<double> spread = {};
  Index population = 0;  ///< N ≥ 4; 0 for 10 n, but at least 20
  DifferentialStrategy strategy = DifferentialStrategy::rand_1_bin;
  double weight = 0.5;     ///< F in [0, 2]
  double crossover = 0.9;  ///< CR in [0, 1]; low where f nearly is a sum over the coordinates
  double dither = 0;       ///< ≥ 0; F of each mutant is uniform on F ± dither
  double jitter = 0;       ///< ≥ 0; and that of each coordinate on F (1 ± jitter)
  double relative_spread = 1e-12;  ///< τ ≥ 0
  std::uint64_t seed = 0;
  bool parallel = false;  ///< evaluate the population on all threads; the results are the same
};

/// Differential evolution.
///
///     optim::DifferentialEvolution search{{.bounds = {-5, 5}, .dither = 0.3}};
///
///     the first generation: the start, and N − 1 points uniform in the region
///     for each point x of the population, against the old generation:
///       v   the mutant of options.strategy
///       uᵢ  = vᵢ with probability CR, and in one coordinate drawn at random; xᵢ in the others
///       x ← u if f(u) ≤ f(x)
///     converged once all points are within τ max(s₀, ‖x‖) of their mean, root mean square;
///     s₀ is what that was in the first generation
///
///     N  population     F  weight     CR  crossover     τ  relative_spread
///
/// The differences shrink and turn with the population, so that steps have the scale and the
/// direction of the valley in which it lies. A mutant's coordinate outside the bounds is drawn
/// anew, uniform between the bound and the coordinate that v started at. The region is the box
/// between the bounds; in a coordinate without two finite ones, `spread` to both sides of the
/// start.
///
/// Only the order of the values counts. Values that are not finite are the worst; the start is one
/// of the population, so that the run stops as `nonfinite_start` only if all of it is. `Point::x`
/// is the best of the population, which never gets worse; `Iterate::step` is the spread. Cost: N
/// evaluations per generation.
///
/// Source: R. Storn and K. Price, "Differential Evolution – A Simple and Efficient Heuristic for
/// Global Optimization over Continuous Spaces", J. Global Optimization 11, 1997; K. V. Price, R. M.
/// Storn and J. A. Lampinen, "Differential Evolution", 2005, for bounds, dither and jitter. Where
/// versions disagree: the paper replaces x for f(u) ≤ f(x), some programs only for <, which gets
/// stuck on plateaus; a, b, c differ from x there, and here.
class DifferentialEvolution final : public Clonable<DifferentialEvolution> {
 public:
  using Options = DifferentialEvolutionOptions;
  /// Throws ValueError for an option out of range.
  explicit DifferentialEvolution(const Options& options = {});

  const char* kind() const override { return "DifferentialEvolution"; }
  Bounds box() const override { return options_.bounds; }
  /// Throws ValueError for a start outside the bounds.
  void begin(Objective& f, Point& point) override;
  std::optional<Halt> advance(Objective& f, Point& point) override;
  void archive(Archive& archive) override;

 private:
  void make_trial(Index k, Index best, std::span<double> trial);
  Index other_than(std::initializer_list<Index> taken);

  Options options_;
  Random random_{0};
  detail::Population population_;
  double first_spread_ = 0;
};

}  // namespace thalweg::optim
