#pragma once
/// Simulated annealing: downhill, and uphill ever more rarely.

#include "thalweg/optim/objective/bounds.hpp"
#include "thalweg/optim/run/method.hpp"

namespace thalweg::optim {

/// The share cₖ of the first temperature that is left after k levels.
enum class Cooling {
  geometric,    ///< αᵏ
  logarithmic,  ///< 1 / ln(e + k)
};

struct SimulatedAnnealingOptions {
  Bounds bounds = {};
  /// T₀ ≥ 0, in the units of f; 0 accepts nothing worse. Without: the mean of |f(y) − f(x₀)| over
  /// twenty moves y of the start.
  std::optional<double> temperature = {};
  Cooling cooling = Cooling::geometric;
  double factor = 0.95;  ///< α in (0, 1)
  Index moves = 100;     ///< L ≥ 1 per level
  std::optional<double> radius =
      {};                        ///< r₀ > 0; without: max |xᵢ| of the start, or 1 at the origin
  double radius_exponent = 0.5;  ///< q ≥ 0; 0 keeps the radius
  double coldest = 1e-12;        ///< in [0, 1); of T₀
  Index reheats = 0;             ///< ≥ 0
  std::uint64_t seed = 0;
};

/// Simulated annealing with normal moves.
///
///     optim::SimulatedAnnealing search{{.temperature = 10, .radius = 2, .reheats = 3}};
///
///     level k:   Tₖ = cₖ T₀,   rₖ = cₖ^q r₀
///       L times:   y = x + rₖ N(0, I), reflected at the bounds
///                  x ← y with probability min(1, e^((f(x) − f(y)) / Tₖ))
///     once cₖ ≤ coldest:   converged; or, `reheats` times, k ← 0 and x ← the best so far
///
///     T₀  temperature     r₀  radius     L  moves     q  radius_exponent
///
/// The rule of acceptance is that of Metropolis: at a fixed T the points visited come to have the
/// density e^(−f / T), for which the moves must be as likely one way as the other; reflection
/// keeps that, clamping would not. T₀ should be as large as the hills that are to be crossed, r₀ as
/// wide as they are apart. With q = ½ moves change f by about as much as Tₖ near a minimum, so that
/// a steady share of them is accepted.
///
/// One iteration is one level: L evaluations, one after the other. `Point::x` is the best point of
/// the level, `Iterate::step` is Tₖ. A move to where f is not finite is never accepted; a start
/// there ends the run as `nonfinite_start`.
///
/// Sources: N. Metropolis et al., "Equation of State Calculations by Fast Computing Machines", J.
/// Chemical Physics 21, 1953; S. Kirkpatrick, C. D. Gelatt and M. P. Vecchi, "Optimization by
/// Simulated Annealing", Science 220, 1983, with geometric cooling, α = 0.9; S. Geman and D. Geman,
/// IEEE PAMI 6, 1984, and B. Hajek, "Cooling schedules for optimal annealing", Math. of OR 13,
/// 1988: logarithmic cooling reaches the minimum almost surely if T₀ is at least the depth of the
/// deepest other valley, in a time that nobody has. Where versions disagree: Hajek's Tₖ is
/// d / ln(1 + k), infinite at k = 0; the e makes c₀ = 1.
class SimulatedAnnealing final : public Clonable<SimulatedAnnealing> {
 public:
  using Options = SimulatedAnnealingOptions;
  /// Throws ValueError for an option out of range.
  explicit SimulatedAnnealing(const Options& options = {});

  const char* kind() const override { return "SimulatedAnnealing"; }
  Bounds box() const override { return options_.bounds; }
  /// Throws ValueError for a start outside the bounds.
  void begin(Objective& f, Point& point) override;
  std::optional<Halt> advance(Objective& f, Point& point) override;
  void archive(Archive& archive) override;

 private:
  /// A place and f there.
  struct Site {
    std::vector<double> x;
    double value = 0;
  };

  double left() const;  // cₖ
  double usual_temperature(Objective& f);
  Site moved(Objective& f, double radius);
  bool accepts(double value, double temperature);

  Options options_;
  Random random_{0};
  Site current_, best_;
  double temperature_ = 0, radius_ = 0;  // T₀, r₀
  Index level_ = 0, reheated_ = 0;
};

}  // namespace thalweg::optim
