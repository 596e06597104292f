#pragma once
/// Whether a method has come to a minimum that is known.

#include <algorithm>
#include <cmath>

#include "tests/problems/problems.hpp"

namespace thalweg::optim::problems {

/// How far f is from the nearest of the problem's known minima, relative to 1 + |f|.
inline double from_minimum(const test_problems::Problem& problem, double value) {
  double least = std::abs(value - problem.minimum);
  for (const std::vector<double>& x : problem.minimisers)
    least = std::min(least, std::abs(value - problem.value(x)));
  return least / (1 + std::abs(value));
}

}  // namespace thalweg::optim::problems
