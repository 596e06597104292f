#pragma once
/// A genetic algorithm on real numbers.

#include "thalweg/optim/global/population.hpp"

namespace thalweg::optim {

/// How two parents a, b make two children.
enum class Crossover {
  simulated_binary,  ///< near the parents, at distances in proportion to theirs: SBX
  blend,             ///< uniform over the interval between the parents and beyond: BLX-α
};

/// How a child changes by itself.
enum class Mutation {
  polynomial,  ///< by less than the width of the region, mostly by little
  normal,      ///< by N(0, 1) times a part of that width
};

struct GeneticOptions {
  Bounds bounds = {};
  /// > 0; where there are no bounds, half the width of the region. Without: max |xᵢ| of the start,
  /// or 1 at the origin.
  std::optional<double> spread = {};
  Index population = 100;  ///< N ≥ 2
  Index elites = 1;        ///< in 0 … N − 1; the best, which live on unchanged
  Index tournament = 4;    ///< k ≥ 1; the larger, the greedier
  Crossover crossover = Crossover::simulated_binary;
  double crossover_rate = 0.9;  ///< in [0, 1]; of pairs that cross
  double crossover_index = 15;  ///< η_c ≥ 0; the larger, the nearer are children to parents
  double blend_margin = 0.5;    ///< α ≥ 0
  Mutation mutation = Mutation::polynomial;
  std::optional<double> mutation_rate = {};  ///< in [0, 1], per coordinate; without: 1 / n
  double mutation_index = 20;                ///< η_m ≥ 0; the larger, the smaller are mutations
  double mutation_width = 0.1;               ///< s ≥ 0
  double relative_spread = 1e-12;            ///< τ ≥ 0
  std::uint64_t seed = 0;
  bool parallel = false;  ///< evaluate the population on all threads; the results are the same
};

/// A generation after another of points that are selected, crossed and mutated.
///
///     optim::Genetic search{{.bounds = {-5, 5}, .elites = 2}};
///
///     the first generation: the start, and N − 1 points uniform in the region
///     each next one:
///       1. the `elites` best of the old one stay
///       2. until there are N: two parents, each the best of k drawn at random (a tournament),
///          make two children, which take their place (crossover), change a little (mutation) and
///          are moved to the nearest point inside the bounds
///       3. f of the children
///     converged once all points are within τ max(s₀, ‖x‖) of their mean, root mean square;
///     s₀ is what that was in the first generation
///
/// The region is the box between the bounds; in a coordinate without two finite ones, `spread` to
/// both sides of the start. Its width is Δ.
///
/// Crossover, with probability crossover_rate; otherwise the children are copies. u ∼ U[0, 1):
///
///     simulated binary   each coordinate with probability ½, else it is copied:
///                          β = (2u)^(1 / (η_c + 1))             if u ≤ ½
///                              (1 / (2 − 2u))^(1 / (η_c + 1))   if not
///                          ½ ((1 + β) a + (1 − β) b),  ½ ((1 − β) a + (1 + β) b)
///     blend              each coordinate of each child uniform on
///                          [min(a, b) − α |a − b|, max(a, b) + α |a − b|]
///
/// Mutation, of each coordinate with probability mutation_rate:
///
///     polynomial         x + δ Δ,  δ = (2u)^(1 / (η_m + 1)) − 1            if u < ½
///                                      1 − (2 − 2u)^(1 / (η_m + 1))        if not
///     normal             x + s Δ N(0, 1)
///
///     N  population   k  tournament   η_c  crossover_index   α  blend_margin
///     η_m  mutation_index   s  mutation_width   τ  relative_spread
///
/// Only the order of the values counts. Simulated binary crossover moves coordinates one by one:
/// it does well where f nearly is a sum over coordinates, badly in a narrow turned valley, where
/// `CmaEs` is at home. Values that are not finite are the worst; the start is one of the
/// population, so that the run stops as `nonfinite_start` only if all of it is. `Point::x` is the
/// best of the generation, `Iterate::step` the spread. Cost: N − elites evaluations per generation.
///
/// Sources: J. H. Holland, "Adaptation in Natural and Artificial Systems", 1975; K. Deb and R. B.
/// Agrawal, "Simulated Binary Crossover for Continuous Search Space", Complex Systems 9, 1995; L.
/// J. Eshelman and J. D. Schaffer, "Real-Coded Genetic Algorithms and Interval-Schemata", FOGA 2,
/// 1993; K. Deb and M. Goyal, "A Combined Genetic Adaptive Search (GeneAS) for Engineering Design",
/// Computer Science and Informatics 26(4), 1996, for the polynomial mutation. Where versions
/// disagree: Deb's later programs bend β and δ so that no child leaves the bounds, and swap the
/// two children's coordinates at random; here both are as published first.
class Genetic final : public Clonable<Genetic> {
 public:
  using Options = GeneticOptions;
  /// Throws ValueError for an option out of range.
  explicit Genetic(const Options& options = {});

  const char* kind() const override { return "Genetic"; }
  Bounds box() const override { return options_.bounds; }
  /// Throws ValueError for a start outside the bounds.
  void begin(Objective& f, Point& point) override;
  std::optional<Halt> advance(Objective& f, Point& point) override;
  void archive(Archive& archive) override;

 private:
  Index selected();
  void cross(std::span<double> a, std::span<double> b);
  void cross_simulated_binary(std::span<double> a, std::span<double> b);
  void cross_blend(std::span<double> a, std::span<double> b);
  void mutate(std::span<double> x);
  double mutation_of(double width);

  Options options_;
  Random random_{0};
  detail::Region region_;
  detail::Population population_;
  double first_spread_ = 0;
};

}  // namespace thalweg::optim
