#pragma once
/// Optimisation problems with known answers, for tests and benchmarks: all of them, by type.
///
///     for_each_smooth([](const auto& f) {
///       const auto [value, slope] = value_and_gradient(f, f.start());
///     });
///
/// What each struct offers is in parts.hpp. `problems.hpp` has the same functions behind one type.

#include "tests/problems/curve_fits.hpp"      // tables of data, 3 to 11 parameters
#include "tests/problems/dixon_szego.hpp"     // several minima, 2 to 6 variables
#include "tests/problems/few_variables.hpp"   // valleys, bad scales, 2 to 4 variables
#include "tests/problems/global.hpp"          // many minima
#include "tests/problems/many_variables.hpp"  // sums of squares of any size
#include "tests/problems/systems.hpp"         // equations of any size, convex quadratics

namespace thalweg::test_problems {

/// Those on which a descent from `start` ends at a minimiser that is listed, or that the comment
/// names.
template <class F>
void for_each_smooth(F&& f) {
  for_each_of_few_variables(f);
  for_each_curve_fit(f);
  for_each_of_many_variables(f);
  for_each_system(f);
}

/// Those whose minimum has to be searched for in a domain.
template <class F>
void for_each_global(F&& f) {
  for_each_of_dixon_szego(f);
  for_each_of_many_minima(f);
}

}  // namespace thalweg::test_problems
