#include "tests/problems/curve_fits.hpp"
#include "tests/problems/entry.hpp"
#include "tests/problems/few_variables.hpp"

namespace thalweg::test_problems {

std::vector<Entry> entries_of_fixed_size() {
  std::vector<Entry> list;
  const auto add = [&]<class P>(P) { list.push_back(entry<P, true>()); };
  for_each_of_few_variables(add);
  for_each_curve_fit(add);
  return list;
}

}  // namespace thalweg::test_problems
