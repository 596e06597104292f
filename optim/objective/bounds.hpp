#pragma once
/// `Bounds`: a box, lower ≤ x ≤ upper.

#include <limits>
#include <span>
#include <vector>

#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/optim/state/archive.hpp"

namespace thalweg::optim {

/// Of every coordinate: `Bounds{-5, 5}` for all of them, or one bound per coordinate. An infinite
/// bound is none.
class Bounds {
 public:
  /// None.
  Bounds() = default;
  /// Throws ValueError unless lower ≤ upper everywhere and the lengths agree.
  Bounds(double lower, double upper);
  Bounds(std::vector<double> lower, std::vector<double> upper);

  /// True if no coordinate has a bound.
  bool none() const { return lower_.empty(); }
  double lower(Index i) const { return none() ? -infinity : lower_[at(i)]; }
  double upper(Index i) const { return none() ? infinity : upper_[at(i)]; }

  /// Throws ValueError, beginning with the method's name, unless x has as many coordinates as there
  /// are bounds and lies inside; names the first coordinate that does not.
  void expect_inside(const char* method, std::span<const double> x) const;
  /// Throws ValueError unless every coordinate has two finite bounds.
  void expect_finite(const char* method, Index size) const;

  bool contains(std::span<const double> x) const;
  /// True if coordinate i of x is at a bound, to four units in the last place, that −gradient
  /// points out of: a way down would lead outside.
  bool holds(Index i, double x, double gradient) const;
  /// Sets to 0 what is held of the gradient: what is left is 0 at a minimum in the box.
  void project(std::span<double> gradient, std::span<const double> x) const;
  /// The nearest point inside.
  void clamp(std::span<double> x) const;
  /// Uniform inside; needs finite bounds.
  void sample(std::span<double> x, Random& random) const;

 private:
  static constexpr double infinity = std::numeric_limits<double>::infinity();
  std::size_t at(Index i) const { return lower_.size() == 1 ? 0 : static_cast<std::size_t>(i); }

  std::vector<double> lower_, upper_;  // empty: none; one number: the same for all

 public:
  static constexpr auto fields = named("lower", &Bounds::lower_, "upper", &Bounds::upper_);
};

}  // namespace thalweg::optim
