#pragma once
/// Line searches: how far to go along a direction of descent.

#include <concepts>
#include <limits>
#include <span>
#include <string>

#include "thalweg/autodiff/tensor/tensor.hpp"
#include "thalweg/optim/objective/bounds.hpp"
#include "thalweg/optim/run/method.hpp"

namespace thalweg::optim {

/// A point on a line, where φ(α) = f(x + α d). A value or slope that is not finite counts as +∞.
struct Trial {
  double step = 0;          ///< α
  double value = 0;         ///< φ(α)
  double slope = 0;         ///< φ′(α) = ∇f(x + α d)ᵀ d; NaN if it was not asked for
  Tensor<double> gradient;  ///< ∇f(x + α d); empty if it was not asked for
};

/// The line from x along d, with its evaluations.
class Line {
 public:
  /// Refers to all of them. `longest` is the largest α that may be tried; points that rounding puts
  /// outside `bounds` are moved to them.
  Line(Objective& f, const Point& from, std::span<const double> direction,
       double longest = std::numeric_limits<double>::infinity(), const Bounds& bounds = {});

  /// α = 0.
  const Trial& start() const { return start_; }
  double longest() const { return longest_; }
  /// ‖d‖∞
  double size() const { return size_; }
  /// Did a trial give −∞, or a slope that only −∞ is beyond?
  bool bottomless() const { return bottomless_; }
  /// The shortest step that was tried; +∞ before the first.
  double shortest() const { return shortest_; }
  /// The value alone: one evaluation.
  Trial value_at(double step);
  /// Value and slope: one evaluation with gradient.
  Trial at(double step);
  /// Moves `point`, which may be the one that the line starts from, to the trial's place; evaluates
  /// the gradient there if the trial has none.
  void move(Point& point, const Trial& trial);

 private:
  void place(double step);

  Objective& f_;
  const Point& from_;
  std::span<const double> direction_;
  double longest_, size_;
  Bounds bounds_;
  Trial start_;
  std::vector<double> x_;  // of the trial
  bool bottomless_ = false;
  double shortest_ = std::numeric_limits<double>::infinity();
};

/// What a search came to. Without success the trial is still the best point that was met.
struct Found {
  Trial trial;
  bool success;
};

class LineSearch {
 public:
  virtual ~LineSearch() = default;
  /// Looks for an acceptable step, trying `first` first.
  virtual Found search(Line& line, double first) const = 0;
  /// Name and options, to be compared when a run is restored.
  virtual std::string describe() const = 0;
};

/// A search that a method can be made with.
template <class S>
concept Search = std::derived_from<S, LineSearch>;

/// A search whose steps fulfil φ′(α) ≥ c₂ φ′(0), 0 < c₂ < 1, so that sᵀy > 0. Quasi-Newton methods
/// and conjugate gradients need it; a search says that it does so by
/// `static constexpr bool ensures_curvature = true`.
template <class S>
concept CurvatureSearch = Search<S> && S::ensures_curvature;

/// φ(α) ≤ φ(0) + c₁ α φ′(0): sufficient decrease (Armijo).
inline bool decreases_enough(const Trial& start, const Trial& trial, double c1) {
  return trial.value <= start.value + c1 * trial.step * start.slope;
}
/// |φ′(α)| ≤ c₂ |φ′(0)|: the strong curvature condition.
inline bool flat_enough(const Trial& start, const Trial& trial, double c2) {
  return std::abs(trial.slope) <= -c2 * start.slope;
}

namespace detail {
/// Throws ValueError unless 0 < c1 < c2 < 1.
void expect_wolfe(const char* search, double c1, double c2);
/// Throws ValueError unless the count is at least 1.
void expect_evaluations(const char* search, int evaluations);
}  // namespace detail

}  // namespace thalweg::optim
