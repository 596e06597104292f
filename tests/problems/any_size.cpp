#include "tests/problems/entry.hpp"
#include "tests/problems/many_variables.hpp"
#include "tests/problems/systems.hpp"

namespace thalweg::test_problems {

std::vector<Entry> entries_of_any_size() {
  std::vector<Entry> list;
  const auto add = [&]<class P>(P) { list.push_back(entry<P, true>()); };
  for_each_of_many_variables(add);
  for_each_system(add);
  return list;
}

}  // namespace thalweg::test_problems
