#include "thalweg/optim/objective/check_gradient.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/optim/base/vectors.hpp"

namespace thalweg::optim::detail {
namespace {

/// What differences say of the slope of each number that f gives, and how far they may be off.
struct Estimate {
  double step = 0;  // h
  Vector slope, doubt;
};

/// Slopes along one direction after the other; a function of one number counts as one residual.
class Comparison {
 public:
  Comparison(const GradientCheck& check, Objective& f, View x, const Bounds& bounds)
      : f_(f), residuals_(dynamic_cast<Residuals*>(&f)), x_(x.begin(), x.end()), bounds_(bounds) {
    for (const ArgumentBlock& block : f.blocks()) epsilon_ = std::max(epsilon_, block.epsilon);
    given_step_ = check.step;
    step_ = check.step > 0 ? check.step : std::cbrt(epsilon_);
    made_.report.tolerance = check.tolerance > 0 ? check.tolerance : std::cbrt(epsilon_);
    made_.report.by = "given";
    differentiate();
    values_ = at(x_);
    compare_values();
  }

  void along_coordinate(std::size_t i, const std::string& where) {
    const auto k = static_cast<Index>(i);
    if (bounds_.lower(k) == bounds_.upper(k)) return;
    Vector d(x_.size());
    d[i] = 1;
    compare(d, where, scales(std::abs(x_[i])));
  }

  /// A random one, in units of |x|.
  void along_direction(const std::string& where, Random& random) {
    Vector d(x_.size());
    for (double& component : d) component = random.normal();
    scale(d, 1 / norm(d));
    for (std::size_t i = 0; i < d.size(); ++i) d[i] *= x_[i] != 0 ? std::abs(x_[i]) : 1;
    compare(d, where, {1});
  }

  GradientReport report() const { return made_.report; }

 private:
  std::size_t rows() const { return given_.size(); }
  View row(std::size_t i) const { return View(j_).subspan(i * x_.size(), x_.size()); }

  /// r and J as f gives them; what is left out of a gradient shows as NaN.
  void differentiate() {
    if (residuals_) {
      residuals_->jacobian(x_, given_, j_);
    } else {
      j_.assign(x_.size(), std::numeric_limits<double>::quiet_NaN());
      given_.assign(1, f_.value_and_gradient(x_, j_));
    }
    for (std::size_t i = 0; i < rows(); ++i) {
      double terms = 0;
      for (std::size_t k = 0; k < x_.size(); ++k)
        if (const double term = std::abs(row(i)[k] * x_[k]); std::isfinite(term)) terms += term;
      terms_.push_back(std::max(terms, std::abs(given_[i])));
    }
  }

  Vector at(const Vector& x) {
    Vector result = residuals_ ? residuals_->residuals(x) : Vector{f_.value(x)};
    if (result.size() == rows()) return result;
    throw ValueError(fmt::format("check_gradient: there are {} residuals without J and {} with it",
                                 result.size(), rows()));
  }
  Vector at(const Vector& d, double by) {
    Vector x = x_;
    add_scaled(x, by, d);
    return at(x);
  }

  std::string place(std::size_t i, const std::string& where) const {
    return residuals_ ? fmt::format("residual {}, {}", i, where) : where;
  }

  void compare_values() {
    for (std::size_t i = 0; i < rows(); ++i)
      made_.note(place(i, residuals_ ? "r itself" : "f itself"), given_[i], values_[i],
                 made_.report.tolerance * std::abs(values_[i]) + 16 * epsilon_ * terms_[i], 0);
  }

  std::vector<double> scales(double x) const {
    if (given_step_ > 0 || x >= 1) return {std::max(1.0, x)};
    if (x > 0) return {1, x};
    return {1, 1e-5, 1e-10};
  }

  // Shorter steps where the first leave a slope open, or contradict the one that is given.
  void compare(const Vector& d, const std::string& where, std::vector<double> scales) {
    std::vector<Estimate> estimates;
    const auto add = [&](double scale) { estimates.push_back(estimate(d, step_ * scale)); };
    for (const double scale : scales) add(scale);
    if (!settled(d, estimates))
      for (const double shorter : {1e-3, 1e-6}) add(shorter * scales.back());
    for (std::size_t i = 0; i < rows(); ++i) {
      const Estimate& by = best(estimates, i);
      made_.note(place(i, where), slope_given(i, d), by.slope[i], by.doubt[i], by.step);
    }
  }

  /// True if each slope is known well enough, and given.
  bool settled(const Vector& d, const std::vector<Estimate>& estimates) const {
    for (std::size_t i = 0; i < rows(); ++i) {
      const Estimate& by = best(estimates, i);
      const double given = slope_given(i, d);
      if (given == 0 && by.slope[i] == 0) continue;
      if (!(std::abs(given - by.slope[i]) <= by.doubt[i] && by.doubt[i] <= 0.5 * std::abs(given)))
        return false;
    }
    return true;
  }

  /// The one with the smallest doubt for its size.
  static const Estimate& best(const std::vector<Estimate>& estimates, std::size_t i) {
    const auto open = [i](const Estimate& e) {
      return e.doubt[i] / (std::abs(e.slope[i]) + e.doubt[i]);
    };
    const Estimate* best = &estimates.front();
    for (const Estimate& other : estimates)
      if (open(other) < open(*best) || (std::isnan(open(*best)) && !std::isnan(open(other))))
        best = &other;
    return *best;
  }

  double slope_given(std::size_t i, const Vector& d) const {
    double slope = 0;
    for (std::size_t k = 0; k < d.size(); ++k)
      if (d[k] != 0) slope += d[k] * row(i)[k];
    return slope;
  }

  // With D(h) = f′ + c h² + O(h⁴), from both sides or from one: D = (4 D(h/2) − D(h)) / 3.
  Estimate estimate(const Vector& d, double h) {
    const double side = inwards(d, h);
    const auto [wide, change] = difference(d, h, side);
    const auto [half, half_change] = difference(d, h / 2, side);
    Estimate result{.step = h, .slope = Vector(rows()), .doubt = Vector(rows())};
    for (std::size_t i = 0; i < rows(); ++i) {
      result.slope[i] = (4 * half[i] - wide[i]) / 3;
      result.doubt[i] = made_.report.tolerance * change[i] +
                        4 * std::abs(result.slope[i] - wide[i]) + 16 * epsilon_ * terms_[i] / h;
    }
    return result;
  }

  /// 0 if x ± 2 h d, of a coordinate, is inside the bounds, else the side with more room.
  double inwards(const Vector& d, double& h) const {
    double below = HUGE_VAL, above = HUGE_VAL;
    for (std::size_t i = 0; i < d.size(); ++i)
      if (const auto k = static_cast<Index>(i); d[i] != 0) {
        const double down = x_[i] - bounds_.lower(k), up = bounds_.upper(k) - x_[i];
        below = std::min(below, (d[i] > 0 ? down : up) / std::abs(d[i]));
        above = std::min(above, (d[i] > 0 ? up : down) / std::abs(d[i]));
      }
    if (std::min(below, above) >= 2 * h) return 0;
    h = std::min(h, std::max(below, above) / 4);
    return above >= below ? 1 : -1;
  }

  /// D(h), and by how much f changes over h. From one side, s = ±1:
  ///
  ///     D(h) = s (4 f(x + s h d) − f(x + 2 s h d) − 3 f(x)) / 2h
  std::pair<Vector, Vector> difference(const Vector& d, double h, double side) {
    Vector slope(rows()), change(rows());
    const Vector near = at(d, side == 0 ? -h : side * h), far = at(d, side == 0 ? h : 2 * side * h);
    for (std::size_t i = 0; i < rows(); ++i) {
      const double f = values_[i];
      slope[i] = side == 0 ? (far[i] - near[i]) / (2 * h)
                           : side * (4 * (near[i] - f) - (far[i] - f)) / (2 * h);
      const double rest = side == 0 ? std::abs(far[i] - f) : std::abs(far[i] - near[i]);
      change[i] = (std::abs(near[i] - f) + rest) / (2 * h);
    }
    return {slope, change};
  }

  Objective& f_;
  Residuals* residuals_;
  const Vector x_;
  const Bounds& bounds_;
  double epsilon_ = 0, given_step_ = 0, step_ = 0;
  Vector given_, j_;  // f or r [m], and J [m, n]
  Vector values_;     // f or r without J
  Vector terms_;      // T of each
  derive::GradientComparison made_;
};

}  // namespace

GradientReport check_gradient_within(const GradientCheck& check, Objective& f, View x,
                                     const Bounds& bounds) {
  if (static_cast<Index>(x.size()) != f.size())
    throw ValueError(
        fmt::format("check_gradient: x has {} numbers; the function takes {}", x.size(), f.size()));
  Comparison comparison(check, f, x, bounds);
  if (check.directions > 0) {
    Random random{check.seed};
    for (Index k = 0; k < check.directions; ++k)
      comparison.along_direction(fmt::format("direction {}", k), random);
    return comparison.report();
  }
  std::size_t i = 0;
  for (const ArgumentBlock& block : f.blocks())
    for (Index k = 0; k < block.shape.size(); ++k)
      comparison.along_coordinate(i++, block.name + derive::position(block.shape, k));
  return comparison.report();
}

}  // namespace thalweg::optim::detail
