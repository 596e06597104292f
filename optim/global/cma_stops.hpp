#pragma once
/// When a run of CMA-ES has come to its end.

#include "thalweg/optim/global/cma_distribution.hpp"

namespace thalweg::optim::detail {

/// The best and the median value of each generation, the latest 20,000 of them.
struct CmaHistory {
  std::vector<double> best, median;
  double first = 0;  ///< the median of the first generation's finite values
  double least = 0;  ///< the best value of all generations

  /// F, by how much f has fallen: what spans are compared with.
  double fall() const { return first - least; }
  void note(const Population& population);
};

struct CmaTolerances {
  double fun, hist_fun, x;  ///< x absolute, the others in units of F
  double sigma;             ///< σ₀
};

/// All that the criteria look at.
struct CmaView {
  const CmaDistribution& distribution;
  const CmaHistory& history;
  const Population& population;
  const CmaTolerances& tolerances;
};

// One predicate per criterion of the tutorial's section B.3. H = 10 + ⌈30 n / λ⌉.
namespace cma_stops {

/// The best values of the latest H generations and all of the last one span less than tol_fun F.
bool tol_fun(const CmaView& now);
/// The best values of the latest H generations span less than tol_hist_fun F.
bool tol_hist_fun(const CmaView& now);
/// They are all the same.
bool equal_fun_values(const CmaView& now);
/// σ √Cᵢᵢ and σ |p_c,ᵢ| are below tol_x in every coordinate.
bool tol_x(const CmaView& now);
/// σ max D has grown beyond 10⁴ σ₀: σ₀ was far too small, or f falls without end.
bool tol_x_up(const CmaView& now);
/// cond C > 10¹⁴
bool condition_cov(const CmaView& now);
/// m + 0.1 σ dₖ bₖ = m in floating point, of axis k = g mod n.
bool no_effect_axis(const CmaView& now);
/// mᵢ + 0.2 σ √Cᵢᵢ = mᵢ in floating point, of any coordinate.
bool no_effect_coord(const CmaView& now);
/// Over the latest fifth of the generations, but 120 + 30 n / λ … 20,000 of them, neither the best
/// nor the median values got better: the median of the last 30 % of them is not below that of the
/// first 30 %.
bool stagnation(const CmaView& now);

}  // namespace cma_stops

/// The first criterion that is met: `unbounded` for TolXUp, `no_improvement` for Stagnation,
/// `method_converged` for the others. Or nothing.
std::optional<Halt> first_stop(const CmaView& now);

}  // namespace thalweg::optim::detail
