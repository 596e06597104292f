#pragma once
/// The functions of functions.hpp behind one type: compiled once, cheap to include.
///
///     for (const Problem& p : problems()) minimise(p.value_and_gradient, p.start);

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thalweg {
template <class Real>
class Var;
}

namespace thalweg::test_problems {

struct Problem {
  std::string name;
  std::vector<double> start;         ///< the sources' starting point
  std::vector<double> lower, upper;  ///< the domain; ∓∞ where there is none
  double minimum;                    ///< NaN if not known
  std::vector<double> minimiser;     ///< the first one known; empty if none is
  /// All that are known, those where f is greater than the minimum after the others.
  std::vector<std::vector<double>> minimisers;
  /// Of for_each_smooth; otherwise of for_each_global, to be searched for inside the domain.
  bool smooth;

  double (*value)(std::span<const double> x);
  /// f(x) by a tape, and ∇f(x), written to `gradient`.
  double (*value_and_gradient)(std::span<const double> x, std::span<double> gradient);
  /// r(x) with f = Σ rᵢ², recorded if a tape records; null if f is no sum of squares.
  std::vector<Var<double>> (*residuals)(const std::vector<Var<double>>& x);
};

/// All of them, those of any size at their usual size: the smooth ones first.
const std::vector<Problem>& problems();

/// One of them; those of any size with n variables. Throws ValueError for a name that there is
/// not, or an n that the function is not made for.
Problem problem(std::string_view name);
Problem problem(std::string_view name, std::size_t n);

}  // namespace thalweg::test_problems
