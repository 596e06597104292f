#pragma once
/// Rates that rise before they fall: again and again, or once.

#include "thalweg/optim/schedule/schedule.hpp"

namespace thalweg::optim {

/// How the triangles of `cyclic` shrink.
enum class CyclicMode {
  triangular,   ///< not at all
  triangular2,  ///< by half after each cycle
  exponential,  ///< by `factor` in each step
};

struct CyclicOptions {
  double least = required;  ///< α₀ ≥ 0
  double most = required;   ///< α₁ ≥ α₀
  Index up = 0;             ///< u ≥ 1; required
  Index down = 0;           ///< d ≥ 1, or 0 for d = u
  CyclicMode mode = CyclicMode::triangular;
  double factor = 1;  ///< φ in [0, 1], of CyclicMode::exponential alone
};

/// Triangles between two rates.
///
///     c = ⌊t / (u + d)⌋,  r = t mod (u + d)
///     h = r/u if r ≤ u,  (u + d − r)/d if not
///     α(t) = α₀ + (α₁ − α₀) h s,  s = 1, 2⁻ᶜ or φᵗ by the mode
///
///     auto rate = optim::cyclic({.least = 1e-4, .most = 1e-2, .up = 2000});
///
///     α₀  least      u  up          φ  factor
///     α₁  most       d  down
///
/// No end. PyTorch: CyclicLR; triangular2 there is the same, exponential is exp_range and φ gamma.
/// It moves the momentum against the rate as well. Source: L. N. Smith, "Cyclical Learning Rates
/// for Training Neural Networks", WACV 2017. His exp_range lets both bounds shrink by φᵗ, here and
/// in PyTorch the lower one stays.
Schedule cyclic(const CyclicOptions& options);

/// From one rate to another.
enum class Anneal {
  cosine,  ///< half a cosine
  linear,
};

struct OneCycleOptions {
  double most = required;     ///< α₁ ≥ 0
  Index steps = 0;            ///< n ≥ 1; required
  double warm = 0.3;          ///< w in [0, 1]; in [0, 0.5] with three phases
  double start_divisor = 25;  ///< a > 0
  double end_divisor = 1e4;   ///< b > 0
  Anneal anneal = Anneal::cosine;
  bool three_phase = false;
};

/// One rise to a rate that is too high for long, and a fall below the first one.
///
///     two phases     α₁/a at step 0,  α₁ at w n − 1,  α₁/(a b) at n − 1
///     three phases   α₁/a at step 0,  α₁ at w n − 1,  α₁/a at 2 w n − 2,  α₁/(a b) at n − 1
///
///     auto rate = optim::one_cycle({.most = 0.1, .steps = 10'000});
///
///     α₁  most       w  warm                a  start_divisor
///     n   steps      b  end_divisor
///
/// and in between on half a cosine or a straight line. The peak lies between two steps if w n is
/// not whole. Length n; the last step has the least rate. PyTorch: OneCycleLR with max_lr = α₁,
/// total_steps = n, pct_start = w, div_factor = a, final_div_factor = b; it moves the momentum
/// against the rate as well. Source: L. N. Smith and N. Topin, "Super-Convergence: Very Fast
/// Training of Neural Networks Using Large Learning Rates", 2017, who have three phases and
/// straight lines; two phases and the cosine are fastai's.
Schedule one_cycle(const OneCycleOptions& options);

}  // namespace thalweg::optim
