// Writes formulas.cpp: for every rule its value and its slopes as C++, as the rule itself spells
// them when it runs on `Formula`.
//     write_formulas FILE

#include <cstdio>

#include "tests/formulas/formula.hpp"
#include "tests/formulas/rules.hpp"

using formulas::Formula;

namespace {

constexpr const char* names[] = {"a", "b", "c", "d"};

/// One function of four numbers.
void write(std::FILE* file, const Formula& formula) {
  fmt::print(file, "  [](double a, double b, double c, double d) -> double {{\n");
  fmt::print(file, "    return (void)a, (void)b, (void)c, (void)d, {};\n  }},\n", formula.text());
}

template <class Rule, int arity>
void write_rule(std::FILE* file, const Rule& rule, std::integral_constant<int, arity>) {
  [&]<std::size_t... k>(std::index_sequence<k...>) {
    const Formula x[] = {Formula::variable(names[k])...};
    const Formula y = rule.value(x[k]...);
    write(file, y);
    for (const Formula& slope : thalweg::detail::slopes_at<Formula>(rule, y, x[k]...))
      write(file, slope);
  }
  (std::make_index_sequence<arity>{});
}

}  // namespace

int main(int count, char** arguments) {
  std::FILE* const file = count == 2 ? std::fopen(arguments[1], "w") : nullptr;
  if (!file) return std::fputs("usage: write_formulas FILE\n", stderr), 2;
  fmt::print(file,
             "#include <cmath>\n#include \"tests/formulas/formulas.hpp\"\n"
             "#include \"thalweg/autodiff/number/special_functions.hpp\"\n"
             "formulas::Function* const formulas::functions[] = {{\n");
  formulas::for_each_rule([&](const auto& rule, auto arity) { write_rule(file, rule, arity); });
  fmt::print(
      file,
      "}};\nconst int formulas::function_count = sizeof(functions) / sizeof(functions[0]);\n");
  return std::fclose(file) == 0 ? 0 : 1;
}
