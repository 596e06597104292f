// A rule depends on nothing but the operations of its number type: run on a type that writes down
// its own formula, it gives C++ that computes the same numbers. (That text is compiled into this
// program; without -O it contracts a b + c as the rules do or not, hence a tolerance.)

#include "tests/formulas/formulas.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/formulas/rules.hpp"

namespace {

bool same(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b || std::abs(a - b) <= 1e-12 * std::max({std::abs(a), std::abs(b), 1e-3});
}

template <class Rule, std::size_t... k>
void check(const Rule& rule, int& next, std::index_sequence<k...>) {
  const int first = next;
  for (const auto& x : formulas::points) {
    next = first;
    const double y = rule.value(x[k]...);
    const auto agrees = [&](double ours, const char* what) {
      const double text = formulas::functions[next++](x[0], x[1], x[2], x[3]);
      CHECK_MESSAGE(same(ours, text),
                    fmt::format("{}: {} at ({}) is {}, by its formula {}", Rule::name, what,
                                fmt::join(x, x + sizeof...(k), ", "), ours, text));
    };
    agrees(y, "value");
    for (const double slope : thalweg::detail::slopes_at<double>(rule, y, x[k]...))
      agrees(slope, "slope");
  }
}

/// An address for each type.
template <class T>
constexpr char tag = 0;

}  // namespace

TEST_CASE("a rule computes what it writes down") {
  int next = 0;
  formulas::for_each_rule([&](const auto& rule, auto arity) {
    check(rule, next, std::make_index_sequence<decltype(arity)::value>());
  });
  CHECK(next == formulas::function_count);
}

TEST_CASE("every rule of the library is among those tried") {
  std::vector<const void*> names;
  formulas::for_each_rule([&](const auto& rule, auto) {
    const void* const type = &tag<std::remove_cvref_t<decltype(rule)>>;
    if (std::find(names.begin(), names.end(), type) == names.end()) names.push_back(type);
  });
  CHECK(names.size() == THALWEG_RULES);
}
