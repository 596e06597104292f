#pragma once
/// Schedules that fall, in steps or steadily. t is the step, α(t) its rate.

#include <vector>

#include "thalweg/optim/schedule/schedule.hpp"

namespace thalweg::optim {

struct StepDecayOptions {
  double rate = required;    ///< α₀ ≥ 0
  Index every = 0;           ///< k ≥ 1; required
  double factor = required;  ///< φ ≥ 0; above 1 the rate rises
};

/// α(t) = α₀ φ^⌊t/k⌋.
///
///     auto rate = optim::step_decay({.rate = 0.1, .every = 30, .factor = 0.1});
///
///     α₀  rate      k  every      φ  factor
///
/// No end. PyTorch: StepLR. Throws ValueError for an option out of its domain, as all do.
Schedule step_decay(const StepDecayOptions& options);

struct MultiStepOptions {
  double rate = required;         ///< α₀ ≥ 0
  std::vector<Index> milestones;  ///< m₁ ≤ m₂ ≤ …, each ≥ 0
  double factor = required;       ///< φ ≥ 0
};

/// α(t) = α₀ φ^k,  k the number of milestones ≤ t.
///
///     auto rate = optim::multi_step({.rate = 0.1, .milestones = {30, 80}, .factor = 0.1});
///
///     α₀  rate      mᵢ  milestones      φ  factor
///
/// A milestone that stands twice counts twice. No end. PyTorch: MultiStepLR, which sorts them.
Schedule multi_step(const MultiStepOptions& options);

struct ExponentialOptions {
  double rate = required;    ///< α₀ ≥ 0
  double factor = required;  ///< φ ≥ 0; above 1 the rate rises, as in a search for the largest
};

/// α(t) = α₀ φᵗ.
///
///     auto rate = optim::exponential({.rate = 0.1, .factor = 0.999});
///
///     α₀  rate      φ  factor
///
/// No end. PyTorch: ExponentialLR.
Schedule exponential(const ExponentialOptions& options);

struct InverseTimeOptions {
  double rate = required;   ///< α₀ ≥ 0
  double decay = required;  ///< k ≥ 0
  double power = 1;         ///< p ≥ 0
};

/// The "annealing" of the textbooks, α(t) = α₀ / (1 + k t)ᵖ.
///
///     auto rate = optim::inverse_time({.rate = 0.1, .decay = 0.01});
///
///     α₀  rate      k  decay      p  power
///
/// For ½ < p ≤ 1 the rates have an infinite sum and a finite sum of squares, with which stochastic
/// gradient descent converges. No end; PyTorch has none. Source: H. Robbins and S. Monro, "A
/// Stochastic Approximation Method", Annals of Mathematical Statistics 22(3), 1951.
Schedule inverse_time(const InverseTimeOptions& options);

struct PolynomialOptions {
  double from = required;  ///< α₀ ≥ 0
  double to = 0;           ///< α₁ ≥ 0
  Index steps = 0;         ///< n ≥ 1; required
  double power = 1;        ///< p > 0
};

/// α(t) = α₁ + (α₀ − α₁) (1 − t/n)ᵖ, and α₁ from step n on.
///
///     auto rate = optim::polynomial({.from = 0.01, .steps = 90'000, .power = 0.9});
///
///     α₀  from      α₁  to      n  steps      p  power
///
/// Length n. PyTorch: PolynomialLR, where α₁ = 0.
Schedule polynomial(const PolynomialOptions& options);

struct LinearOptions {
  double from = required;  ///< α₀ ≥ 0
  double to = required;    ///< α₁ ≥ 0
  Index steps = 0;         ///< n ≥ 1; required
};

/// α(t) = α₀ + (α₁ − α₀) t/n, and α₁ from step n on.
///
///     auto rate = optim::linear({.from = 0.01, .to = 0, .steps = 1000});
///
///     α₀  from      α₁  to      n  steps
///
/// Length n. PyTorch: LinearLR, whose start_factor and end_factor are α₀ and α₁ in shares of the
/// optimizer's rate, and total_iters n.
Schedule linear(const LinearOptions& options);

}  // namespace thalweg::optim
