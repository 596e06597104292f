#include "thalweg/optim/line_search/strong_wolfe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::optim {

/// Two trials with an acceptable step between them. `low` decreases enough and is the lowest such.
struct StrongWolfe::Bracket {
  Trial low, high;
  bool at_edge = false;  // did the last cubic minimum fall near an end?

  double left() const { return std::min(low.step, high.step); }
  double right() const { return std::max(low.step, high.step); }
  double width() const { return right() - left(); }

  /// The next trial: the cubic's minimum, kept away from the ends if it was near one before.
  double inside() {
    const double margin = 0.1 * width();
    double step = std::isfinite(high.value) ? detail::cubic_minimum(low, high, left(), right())
                                            : 0.5 * (left() + right());
    const bool near = std::min(right() - step, step - left()) < margin;
    if (near && (at_edge || step >= right() || step <= left())) {
      step = right() - step < step - left() ? right() - margin : left() + margin;
      at_edge = false;
    } else {
      at_edge = near;
    }
    return step;
  }
};

namespace detail {

// Nocedal and Wright, eq. 3.59. With l and r the left and the right trial,
//
//     d₁ = φ′l + φ′r − 3 (φl − φr) / (αl − αr),   d₂ = √(d₁² − φ′l φ′r)
//     α = αr − (αr − αl) (φ′r + d₂ − d₁) / (φ′r − φ′l + 2 d₂)
//
// The cubic has no minimum where the root is not real.
double cubic_minimum(const Trial& a, const Trial& b, double lo, double hi) {
  const Trial& left = a.step <= b.step ? a : b;
  const Trial& right = a.step <= b.step ? b : a;
  const double d1 =
      left.slope + right.slope - 3 * (left.value - right.value) / (left.step - right.step);
  const double square = d1 * d1 - left.slope * right.slope;
  if (!(square >= 0)) return 0.5 * (lo + hi);
  const double d2 = std::sqrt(square);
  const double step = right.step - (right.step - left.step) * ((right.slope + d2 - d1) /
                                                               (right.slope - left.slope + 2 * d2));
  return std::isnan(step) ? 0.5 * (lo + hi) : std::min(std::max(step, lo), hi);
}

}  // namespace detail

StrongWolfe::StrongWolfe(const StrongWolfeOptions& options) : options_(options) {
  detail::expect_wolfe("StrongWolfe", options.c1, options.c2);
  detail::expect_evaluations("StrongWolfe", options.evaluations);
  if (!(options.least_width >= 0))
    throw ValueError(fmt::format("StrongWolfe: least_width is {}; expected a number, at least 0",
                                 options.least_width));
}

/// Do the values agree to what rounding leaves of them?
bool StrongWolfe::indistinct(const Trial& start, const Trial& trial) {
  return std::abs(trial.value - start.value) <= 1e-11 * std::abs(start.value);
}

bool StrongWolfe::decreases(const Trial& start, const Trial& trial) const {
  if (indistinct(start, trial) && trial.slope <= (2 * options_.c1 - 1) * start.slope) return true;
  return decreases_enough(start, trial, options_.c1);
}

// Algorithm 3.5: outwards. [before, trial] holds acceptable steps as soon as the trial
//
//     has not fallen enough, or lies above the one before     low = before
//     rises, φ′ ≥ 0                                           low = the lower of the two
//
// and the search goes on inside, from the end called low.
Found StrongWolfe::search(Line& line, double first) const {
  const Trial& start = line.start();
  Trial before = start;
  Trial trial = line.at(std::min(first, line.longest()));
  for (int k = 0; k < options_.evaluations; ++k) {
    const bool risen = trial.value >= before.value && !indistinct(start, trial);
    if (!decreases(start, trial) || (k > 1 && risen))
      return zoom(line, {.low = before, .high = trial}, k);
    if (flat_enough(start, trial, options_.c2)) return {std::move(trial), true};
    if (trial.slope >= 0 && !risen) return zoom(line, {.low = trial, .high = before}, k);
    if (trial.slope >= 0) return zoom(line, {.low = before, .high = trial}, k);
    if (trial.step >= line.longest()) return {std::move(trial), true};  // the bound is in the way
    const double least = trial.step + 0.01 * (trial.step - before.step);
    const double next = detail::cubic_minimum(before, trial, least, 10 * trial.step);
    before = std::move(trial);
    trial = line.at(std::min(next, line.longest()));
  }
  return zoom(line, {.low = trial, .high = start}, options_.evaluations);
}

// Algorithm 3.6: inwards. low has decreased enough and is the lowest such; φ′ there points to high.
// A trial that has not fallen enough becomes high. Any other becomes low; the old low becomes high
// if the slope at the trial points away from the old high.
Found StrongWolfe::zoom(Line& line, Bracket bracket, int trials) const {
  const Trial& start = line.start();
  for (; trials < options_.evaluations; ++trials) {
    if (bracket.width() * line.size() < options_.least_width) break;
    if (bracket.width() <= 1e-16 * bracket.right()) break;
    Trial trial = line.at(bracket.inside());
    const bool risen = trial.value >= bracket.low.value && !indistinct(start, trial);
    if (!decreases(start, trial) || risen) {
      bracket.high = std::move(trial);
      continue;
    }
    if (flat_enough(start, trial, options_.c2)) return {std::move(trial), true};
    if (trial.slope * (bracket.high.step - bracket.low.step) >= 0)
      bracket.high = std::move(bracket.low);
    bracket.low = std::move(trial);
  }
  const bool success = bracket.low.step > 0 && bracket.low.value < start.value;
  return {std::move(bracket.low), success};
}

std::string StrongWolfe::describe() const {
  return fmt::format("StrongWolfe(c1 {}, c2 {}, evaluations {}, least_width {})", options_.c1,
                     options_.c2, options_.evaluations, options_.least_width);
}

}  // namespace thalweg::optim
