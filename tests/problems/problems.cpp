#include "tests/problems/problems.hpp"

#include "tests/problems/entry.hpp"

namespace thalweg::test_problems {
namespace {

const std::vector<Entry>& entries() {
  static const std::vector<Entry> all = [] {
    std::vector<Entry> list;
    for (const auto& part : {entries_of_fixed_size(), entries_of_any_size(), entries_of_global()})
      list.insert(list.end(), part.begin(), part.end());
    return list;
  }();
  return all;
}

const Entry& entry_of(std::string_view name) {
  for (const Entry& entry : entries())
    if (entry.name == name) return entry;
  throw ValueError(fmt::format("problem: there is none named {}", name));
}

}  // namespace

const std::vector<Problem>& problems() {
  static const std::vector<Problem> all = [] {
    std::vector<Problem> list;
    for (const Entry& entry : entries()) list.push_back(entry.make());
    return list;
  }();
  return all;
}

Problem problem(std::string_view name) { return entry_of(name).make(); }
Problem problem(std::string_view name, std::size_t n) { return entry_of(name).make_of_size(n); }

}  // namespace thalweg::test_problems
