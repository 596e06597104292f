#pragma once
/// Small dense systems: a few dozen unknowns.

#include <span>
#include <vector>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::optim::detail {

/// A = P L U of a square matrix, for many right-hand sides.
class Factored {
 public:
  Factored() = default;
  /// a [n, n], row-major.
  Factored(std::vector<double> a, Index n);

  /// Solves A x = b in place. Elements are not finite if A is singular.
  void solve(std::span<double> b) const;

 private:
  std::vector<double> lu_;
  std::vector<Index> pivots_;
  Index n_ = 0;
};

}  // namespace thalweg::optim::detail
