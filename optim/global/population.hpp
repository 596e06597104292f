#pragma once
/// What the global searches share: many points and f of each, where they start, how a point shows.

#include <span>
#include <string>
#include <vector>

#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/optim/base/options.hpp"
#include "thalweg/optim/objective/bounds.hpp"
#include "thalweg/optim/run/method.hpp"

namespace thalweg::optim::detail {

/// f as a search compares it: NaN and infinities count as +∞, the worst.
double comparable(double value);

/// Points and f of each.
class Population {
 public:
  Population() = default;
  Population(Index count, Index size)
      : count_(count), size_(size), points_(count * size), values_(count) {}

  Index count() const { return count_; }
  std::span<double> operator[](Index k) { return std::span(points_).subspan(at(k), n()); }
  std::span<const double> operator[](Index k) const {
    return std::span(points_).subspan(at(k), n());
  }
  double value(Index k) const { return values_[k]; }
  void set_value(Index k, double value) { values_[k] = value; }
  std::span<const double> values() const { return values_; }

  /// Point k becomes that of another population, its value too.
  void set(Index k, const Population& other, Index of_other);
  /// f of every point, `comparable`; on all threads if `parallel`.
  void evaluate(Objective& f, bool parallel);
  /// The best, the first of equals.
  Index best() const;
  /// All, the best first; equals in their order.
  std::vector<Index> ranking() const;
  /// √(mean ‖x − x̄‖²) with x̄ the mean of the points.
  double spread() const;

  void archive(Archive& archive);

 private:
  std::size_t n() const { return static_cast<std::size_t>(size_); }
  std::size_t at(Index k) const { return static_cast<std::size_t>(k * size_); }

  Index count_ = 0, size_ = 0;
  std::vector<double> points_, values_;
};

/// Where a search starts: between the bounds; in a coordinate that has not two finite ones, within
/// `spread` of the start as far as the bounds go.
struct Region {
  std::vector<double> lower, upper;

  Region() = default;
  Region(const Bounds& bounds, std::span<const double> start, double spread);
  double width(std::size_t i) const { return upper[i] - lower[i]; }
  /// Uniform inside.
  void sample(std::span<double> x, Random& random) const;

  static constexpr auto fields = named("lower", &Region::lower, "upper", &Region::upper);
};

/// The start and count − 1 points of the region, evaluated; the start becomes the best of them.
Population populate(const Region& region, Point& start, Index count, Random& random, Objective& f,
                    bool parallel);

/// f at the start, for a method that looks at no gradient.
void evaluate_start(Objective& f, Point& point, double step);
/// The point becomes x, unless f is infinite there.
void show(Point& point, std::span<const double> x, double value, double step);
/// The point becomes the population's best.
void show_best(Point& point, const Population& population);
/// Halts once spread ≤ relative_spread · max(first_spread, ‖x‖), of a population shown by
/// `show_best`; first_spread is that of the first generation.
std::optional<Halt> halt_if_gathered(const Point& point, double relative_spread,
                                     double first_spread);
/// max |xᵢ|, or 1 at the origin: how wide a search without bounds looks around its start, so that
/// it follows the unit of x.
double width_around(std::span<const double> start);

/// yᵢ + radius · N(0, 1), moved to the nearest point inside the bounds.
void perturb(std::span<double> y, double radius, const Bounds& bounds, Random& random);

// Domains of options. Each throws ValueError: "Genetic: population is 1; expected at least 2".
void expect_at_least(const char* method, const char* option, Index value, Index least);
/// "Genetic: blend_margin is -1; expected a finite number, at least 0"
void expect_nonnegative(const char* method, const char* option, double value);
/// "Genetic: mutation_rate is 2; expected a number in [0, 1]"
void expect_probability(const char* method, const char* option, double value);

}  // namespace thalweg::optim::detail
