#pragma once
/// Random search: points drawn at random, the best is kept. The yardstick for every other search.

#include "thalweg/optim/objective/bounds.hpp"
#include "thalweg/optim/run/method.hpp"

namespace thalweg::optim {

struct RandomSearchOptions {
  Bounds bounds = {};  ///< finite in every coordinate
  Index samples = 1;   ///< m ≥ 1 points per iteration
  std::uint64_t seed = 0;
  bool parallel = false;  ///< evaluate the points on all threads; the results are the same
};

/// Pure random search.
///
///     optim::RandomSearch search{{.bounds = {-5, 5}, .samples = 100}};
///
///     y₁ … y_m uniform between the bounds
///     x ← the best of x, y₁ … y_m
///
///     m  options.samples
///
/// A set that fills the part p of the box has been hit after N points with probability
/// 1 − (1 − p)ᴺ, whatever f is; a cube of side ε has p = εⁿ, so that this is
/// hopeless beyond a few coordinates.
///
/// The start is evaluated and is the first x; if f is not finite there, the run stops as
/// `nonfinite_start`. A later point where f is not finite is never kept.
/// `Iterate::step` is 0. Cost: m evaluations per iteration.
///
/// Source: S. H. Brooks, "A Discussion of Random Methods for Seeking Maxima", Operations Research
/// 6(2), 1958.
class RandomSearch final : public Clonable<RandomSearch> {
 public:
  using Options = RandomSearchOptions;
  /// Throws ValueError for an option out of range.
  explicit RandomSearch(const Options& options);

  const char* kind() const override { return "RandomSearch"; }
  Bounds box() const override { return options_.bounds; }
  /// Throws ValueError for a start outside the bounds, and for bounds that are not finite.
  void begin(Objective& f, Point& point) override;
  std::optional<Halt> advance(Objective& f, Point& point) override;
  void archive(Archive& archive) override;

 private:
  Options options_;
  Random random_{0};
};

struct LocalRandomSearchOptions {
  Bounds bounds = {};  ///< none by default
  std::optional<double> radius =
      {};                      ///< r₀ > 0; without: max |xᵢ| of the start, or 1 at the origin
  double grow = 1.5;           ///< factor of r after a better point; ≥ 1
  double shrink = 0.90360208;  ///< factor of r after none, in (0, 1]; 1.5^(−1/4)
  double relative_radius = 1e-12;  ///< τ ≥ 0
  Index samples = 1;               ///< m ≥ 1 points per iteration
  std::uint64_t seed = 0;
  bool parallel = false;  ///< evaluate the points on all threads; the results are the same
};

/// Local random search: normal steps around the best point, whose radius follows success.
///
///     optim::LocalRandomSearch search{{.radius = 0.5}};
///
///     y₁ … y_m = x + r N(0, I), moved to the nearest point inside the bounds
///     x ← the best of them and r ← grow · r,   if it is better than x
///     r ← shrink · r,                          if not
///     converged once r ≤ τ max(r₀, ‖x‖)
///
///     r  Iterate::step, options.radius    m  options.samples    τ  options.relative_radius
///
/// By default r stays where a fifth of the iterations succeed, the rate at which such a search
/// gains most on a sphere and in a corridor, since 1.5 · shrink⁴ = 1. With grow = shrink = 1 the
/// radius is fixed and every point is reached sooner or later: the global search of Matyas.
///
/// A point where f is not finite is never kept; a start there ends the run as `nonfinite_start`.
/// Cost: m evaluations per iteration.
///
/// Sources: J. Matyas, "Random optimization", Automation and Remote Control 26, 1965; I.
/// Rechenberg, "Evolutionsstrategie", 1973, for the rule of one fifth; its form here is that of S.
/// Kern et al., "Learning probability distributions in continuous evolutionary algorithms", Natural
/// Computing 3, 2004. Where versions disagree: Rechenberg counts successes over 10 n steps and
/// changes the radius by 0.85; here each step changes it.
class LocalRandomSearch final : public Clonable<LocalRandomSearch> {
 public:
  using Options = LocalRandomSearchOptions;
  /// Throws ValueError for an option out of range.
  explicit LocalRandomSearch(const Options& options = {});

  const char* kind() const override { return "LocalRandomSearch"; }
  Bounds box() const override { return options_.bounds; }
  /// Throws ValueError for a start outside the bounds.
  void begin(Objective& f, Point& point) override;
  std::optional<Halt> advance(Objective& f, Point& point) override;
  void archive(Archive& archive) override;

 private:
  Options options_;
  Random random_{0};
  double first_radius_ = 0;  // r₀
};

}  // namespace thalweg::optim
