#include "tests/problems/global.hpp"

#include "tests/problems/dixon_szego.hpp"
#include "tests/problems/entry.hpp"

namespace thalweg::test_problems {

std::vector<Entry> entries_of_global() {
  std::vector<Entry> list;
  const auto add = [&]<class P>(P) { list.push_back(entry<P, false>()); };
  for_each_of_dixon_szego(add);
  for_each_of_many_minima(add);
  return list;
}

}  // namespace thalweg::test_problems
