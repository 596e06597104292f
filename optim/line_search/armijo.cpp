#include "thalweg/optim/line_search/armijo.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::optim {
namespace {

void expect_inner(const char* option, double value) {
  if (value > 0 && value < 1) return;
  throw ValueError(fmt::format("Armijo: {} is {}; expected a number in (0, 1)", option, value));
}

}  // namespace

Armijo::Armijo(const ArmijoOptions& options) : options_(options) {
  expect_inner("c1", options.c1);
  expect_inner("factor", options.factor);
  detail::expect_evaluations("Armijo", options.evaluations);
}

// α ← τ α until φ(α) ≤ φ(0) + c₁ α φ′(0) (Nocedal and Wright, Algorithm 3.1).
Found Armijo::search(Line& line, double first) const {
  double step = std::min(first, line.longest());
  for (int k = 0; k < options_.evaluations; ++k, step *= options_.factor) {
    Trial trial = line.value_at(step);
    const bool lower = trial.value < line.start().value;  // not equal to rounding
    if (lower && decreases_enough(line.start(), trial, options_.c1))
      return {std::move(trial), true};
  }
  return {line.start(), false};
}

std::string Armijo::describe() const {
  return fmt::format("Armijo(c1 {}, factor {}, evaluations {})", options_.c1, options_.factor,
                     options_.evaluations);
}

}  // namespace thalweg::optim
