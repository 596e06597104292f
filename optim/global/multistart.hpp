#pragma once
/// Multistart and basin hopping: a local method from many starts.

#include <chrono>

#include "thalweg/optim/objective/bounds.hpp"
#include "thalweg/optim/rules/optimizer.hpp"
#include "thalweg/optim/run/method.hpp"

namespace thalweg::optim {

struct MultistartOptions {
  Index starts = 20;               ///< ≥ 1, the first included
  Bounds bounds = {};              ///< of the starts; finite, unless `hop` is given
  std::optional<double> hop = {};  ///< r > 0; starts next to the minimum before: basin hopping
  double temperature = 0;          ///< T ≥ 0, in the units of f; of basin hopping
  Limits limits = {.iterations = 1'000};  ///< of the method, at each start
  std::uint64_t seed = 0;
};

/// A minimum that a start led to.
struct LocalMinimum {
  std::vector<double> x;
  double value = 0;
};

/// Starts a local method anew, whenever it has stopped.
///
///     optim::Multistart search{optim::Lbfgs{}, {.starts = 50, .bounds = {-5, 5}, .seed = 1}};
///     optim::Multistart hopping{optim::Lbfgs{}, {.starts = 500, .hop = 0.5, .temperature = 1}};
///
///     first start: that of the run.   The next ones:
///       multistart      uniform between the bounds
///       basin hopping   y + r N(0, I), moved to the nearest point inside the bounds; y becomes the
///                       latest minimum with probability min(1, e^((f(y) − f(minimum)) / T)),
///                       at T = 0 if it is not worse
///     from each: iterations of the method, until it halts or one of `options.limits` is met
///     converged after `starts` of them, at the best minimum
///
/// The method is any other, or an update rule such as `Adam`; it gets no bounds from here: give it
/// its own if it is to keep inside. Multistart finds the valley of the share p of the box with
/// probability 1 − (1 − p)ᴺ in N starts; basin hopping finds valleys that lie next to each other on
/// a slope.
///
/// One iteration is one of the method. `Point::x` and `Iterate::step` are the method's, its
/// gradient is not shown: limits on it belong in `options.limits`, where evaluations and seconds
/// count from each start. A start at which f is not finite is given up, except the first. Where the
/// method finds that f falls without end, the run stops as `unbounded`. Cost: the method's.
///
/// Sources: A. H. G. Rinnooy Kan and G. T. Timmer, "Stochastic global optimization methods",
/// Mathematical Programming 39, 1987; D. J. Wales and J. P. K. Doye, "Global Optimization by
/// Basin-Hopping", J. Physical Chemistry A 101, 1997, who draw steps from a cube and adapt r.
class Multistart final : public Clonable<Multistart> {
 public:
  using Options = MultistartOptions;
  /// Works on copies of the method. Throws ValueError for an option out of range.
  Multistart(const Method& method, const Options& options);
  Multistart(const Optimizer& rule, const Options& options);

  const char* kind() const override { return "Multistart"; }
  Bounds box() const override { return options_.bounds; }
  /// Throws ValueError for a start outside the bounds, and where these are infinite without `hop`.
  void begin(Objective& f, Point& point) override;
  std::optional<Halt> advance(Objective& f, Point& point) override;
  /// All but the limits. Throws DataError if another method is stored.
  void archive(Archive& archive) override;

  /// What the starts led to so far, in their order, one each. A run has its own copy of the method:
  /// its minima are in what it saves, under "state.minima".
  const std::vector<LocalMinimum>& minima() const { return minima_; }

 private:
  /// A method that is copied with its owner.
  struct Owned {
    std::unique_ptr<Method> method;

    explicit Owned(std::unique_ptr<Method> m) : method(std::move(m)) {}
    Owned(const Owned& other) : method(other.method->clone()) {}
    Owned& operator=(const Owned& other) { return method = other.method->clone(), *this; }
  };
  /// One run of the method, from one start.
  struct Leg {
    Point point, best;
    std::vector<double> before;  // xₖ₋₁; not state, since `advance` begins by setting it
    std::vector<double> values;  // f(xₖ₋w) … f(xₖ)
    Index iteration = 0, best_iteration = 0;
    double first_gradient_norm = 0, largest_x_norm = 0;
    Index evaluations = 0;  // the objective's at the start
    double seconds = 0;     // of this leg, before it was saved
    std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();

    void note(Index window);
    /// True if the leg is to end.
    bool met(const Objective& f, const Limits& limits) const;
    void archive(Archive& archive);
  };

  Multistart(Owned method, const Options& options);
  void start_leg(Objective& f, std::vector<double> x);
  /// A halt that ends all legs, or none.
  std::optional<Halt> step(Objective& f);
  void show(Point& point, const Point& local) const;
  void keep_minimum();
  bool climbs(double climb);  // accepts a minimum that is worse by this
  std::vector<double> next_start();

  Options options_;
  Random random_{0};
  Owned recipe_, local_;
  Leg leg_;
  bool ended_ = false;  // the leg
  Index started_ = 0;
  std::vector<LocalMinimum> minima_;
  LocalMinimum base_;  // of basin hopping: y
};

}  // namespace thalweg::optim
