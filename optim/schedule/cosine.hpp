#pragma once
/// Half a cosine from one rate to another, once or again and again.

#include "thalweg/optim/schedule/schedule.hpp"

namespace thalweg::optim {

struct CosineOptions {
  double from = required;  ///< α₀ ≥ 0
  double to = 0;           ///< α₁ ≥ 0
  Index steps = 0;         ///< n ≥ 1; required
};

/// α(t) = α₁ + (α₀ − α₁) (1 + cos(π t/n)) / 2, and α₁ from step n on.
///
///     auto rate = optim::warmup(500) | optim::cosine({.from = 1e-3, .steps = 10'000});
///
///     α₀  from      α₁  to      n  steps
///
/// Length n. PyTorch: CosineAnnealingLR with T_max = n and eta_min = α₁, which after step n rises
/// to α₀ again, and so on with period 2 n. Source: I. Loshchilov and F. Hutter, "SGDR: Stochastic
/// Gradient Descent with Warm Restarts", ICLR 2017, equation 5.
Schedule cosine(const CosineOptions& options);

struct CosineRestartsOptions {
  double from = required;  ///< α₀ ≥ 0
  double to = 0;           ///< α₁ ≥ 0
  Index period = 0;        ///< T₀ ≥ 1; required
  Index growth = 1;        ///< g ≥ 1
};

/// Gradient descent with warm restarts: half a cosine in each of the cycles i = 0, 1, …
///
///     Tᵢ = T₀ gⁱ steps in cycle i,  t − (T₀ + … + Tᵢ₋₁) of them done at step t
///     α(t) = α₁ + (α₀ − α₁) (1 + cos(π done/Tᵢ)) / 2
///
///     auto rate = optim::cosine_restarts({.from = 0.05, .period = 10, .growth = 2});
///
///     α₀  from      α₁  to      T₀  period      g  growth
///
/// Each cycle begins at α₀; where the next would reach α₁, it begins anew. No end. PyTorch:
/// CosineAnnealingWarmRestarts with T_0, T_mult = g and eta_min = α₁. Source: as `cosine`; the best
/// parameters are those at the end of a cycle.
Schedule cosine_restarts(const CosineRestartsOptions& options);

}  // namespace thalweg::optim
