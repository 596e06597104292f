#pragma once
/// CMA-ES: a normal distribution that learns the shape of f.

#include "thalweg/optim/global/cma_penalty.hpp"
#include "thalweg/optim/global/cma_stops.hpp"

namespace thalweg::optim {

/// How a restart of CMA-ES differs from the run before.
enum class CmaRestarts {
  ipop,   ///< the population is doubled
  bipop,  ///< that, in turn with small populations and short steps
};

struct CmaEsOptions {
  Bounds bounds = {};
  /// σ₀ > 0: the minimum should lie within about 3 σ₀ of the start in every coordinate. If not
  /// given, 0.3 of the narrowest width between two finite bounds; where there are none, max |xᵢ| of
  /// the start, or 1 at the origin.
  std::optional<double> sigma = {};
  Index population = 0;  ///< λ ≥ 2; 0 for 4 + ⌊3 ln n⌋
  bool active = true;    ///< learn from the worse half also: negative weights
  Index restarts = 0;    ///< how often the population may be doubled, 0 to 30
  CmaRestarts scheme = CmaRestarts::bipop;
  double tol_fun = 1e-12;       ///< ≥ 0; of f over some generations and all of the last
  double tol_hist_fun = 1e-12;  ///< ≥ 0; of the best f over some generations; both in units of F
  double tol_x = 1e-12;         ///< ≥ 0; of the deviations, in units of σ₀
  std::uint64_t seed = 0;
  bool parallel = false;  ///< evaluate the population on all threads; the results are the same
};

/// The covariance matrix adaptation evolution strategy.
///
///     optim::CmaEs search{{.bounds = {-5, 5}, .restarts = 9, .seed = 1}};
///     auto result = optim::minimise(f, start, search, {.iterations = 100'000, .value = 1e-8});
///
///     y₁ … y_λ ∼ N(0, C),   xₖ = m + σ yₖ           m starts at the start, C at I
///     m, σ, C learn from the yₖ in the order of f(xₖ)          (optim/global/cma_distribution.hpp)
///
///     λ  options.population     σ  Iterate::step, options.sigma
///
/// Only the order of the values counts: f and any increasing function of f give the same points. C
/// learns the scales of the coordinates and how they are coupled, so that a rotation of x costs
/// nothing. The method of choice for rugged or ill-conditioned functions of 3 to 100 variables
/// without a gradient. `Point::x` is the best of the generation.
///
/// Restarts. A run ends when a criterion of `detail::cma_stops` is met; then, as long as
/// `options.restarts` allows, another begins, at a point uniform between the bounds (within 3 σ₀
/// of the start where there are none):
///
///     ipop     λ doubles each time
///     bipop    if the short runs have cost less so far than the long ones, a short run:
///                λ ← ⌊λ₀ (½ λ_long / λ₀)^(u²)⌋,  σ ← 10^(−2 v) σ₀,  u and v uniform on [0, 1),
///                for at most half of the evaluations of the latest long run;
///              otherwise a long run: λ_long doubles.  The first run counts as short.
///
/// After the last the run stops and `Result::why` names the criterion. F is what f has fallen since
/// the median of the first generation, so that no criterion depends on the units of f and x. The
/// many basins of a function like Rastrigin's need the larger populations.
///
/// Bounds: f is evaluated at the nearest point inside, and the distance is paid for in the ranking
/// (optim/global/cma_penalty.hpp). Values of f that are not finite rank last; a generation without
/// a finite one is drawn again. The start itself is evaluated for the record: if f is not finite
/// there, the run stops as `nonfinite_start`.
///
/// Cost of a generation: λ evaluations, 3 λ n² flops, and 9 n³ more for an eigendecomposition: in
/// each one below some 200 variables, in every n / 150th above. Memory: 2 n² + 2 λ n numbers.
///
/// Sources: N. Hansen, "The CMA Evolution Strategy: A Tutorial", arXiv 1604.00772, figure 6 and
/// section B.3; A. Auger and N. Hansen, "A Restart CMA Evolution Strategy With Increasing
/// Population Size", CEC 2005; N. Hansen, "Benchmarking a BI-Population CMA-ES on the BBOB-2009
/// Function Testbed", GECCO 2009. Where versions disagree: tol_fun is 1e-12 in the tutorial, 1e-11
/// in its author's programs, and absolute in both; relative to F it is their `tolfunrel`;
/// tol_hist_fun is in the papers of 2009 and in the programs only. The 9 restarts that BIPOP is
/// published with are doublings, as here.
class CmaEs final : public Clonable<CmaEs> {
 public:
  using Options = CmaEsOptions;
  /// Throws ValueError for an option out of range.
  explicit CmaEs(const Options& options = {});

  const char* kind() const override { return "CmaEs"; }
  Bounds box() const override { return options_.bounds; }
  /// Throws ValueError for a start outside the bounds.
  void begin(Objective& f, Point& point) override;
  std::optional<Halt> advance(Objective& f, Point& point) override;
  void archive(Archive& archive) override;

 private:
  void start_at(std::vector<double> mean, double sigma, Index lambda);
  std::vector<Index> ranking(const detail::Population& at, const detail::Population& inside) const;
  std::optional<Halt> reason_to_stop(const detail::Population& population) const;
  std::optional<Halt> restart(Halt halt);
  void start_long();
  void start_short();
  std::vector<double> drawn_start();

  Options options_;
  Random random_{0};
  detail::Region region_;  // of the starts
  double sigma_ = 0;       // σ₀
  Index lambda_ = 0;       // λ₀

  detail::CmaDistribution distribution_;
  detail::CmaPenalty penalty_;
  detail::CmaHistory history_;

  Index restarts_ = 0, doublings_ = 0;
  bool short_run_ = true;
  Index used_ = 0;                        // evaluations of this run
  Index used_short_ = 0, used_long_ = 0;  // of those before it
  Index budget_ = 0;                      // of a short run; 0: none
  Index latest_long_ = 0;                 // evaluations of the latest long run
};

}  // namespace thalweg::optim
