#pragma once
/// How a function by type becomes a `Problem`.

#include <fmt/format.h>

#include <algorithm>

#include "tests/problems/parts.hpp"
#include "tests/problems/problems.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

namespace thalweg::test_problems {

/// A name, and what makes the problem: at its usual size, or with n variables.
struct Entry {
  std::string_view name;
  Problem (*make)();
  Problem (*make_of_size)(size_t n);
};

// In one source each, so that they are compiled side by side.
std::vector<Entry> entries_of_fixed_size();
std::vector<Entry> entries_of_any_size();
std::vector<Entry> entries_of_global();

template <class P>
double value(std::span<const double> x) {
  return P{}(Point(x.begin(), x.end()));
}

template <class P>
double value_and_gradient(std::span<const double> x, std::span<double> gradient) {
  Tape tape;
  const std::vector<Var<double>> variables = tape.variable(Point(x.begin(), x.end()));
  const Var<double> f = P{}(variables);
  std::ranges::copy(tape.backward(f)[variables], gradient.begin());
  return f.value();
}

/// `n` is nothing, or the number of variables.
template <class P, bool smooth, class... N>
Problem make(N... n) {
  Problem made{.name = P::name,
               .start = P::start(n...),
               .lower = {},
               .upper = {},
               .minimum = P::minimum(n...),
               .minimiser = {},
               .minimisers = P::minimisers(n...),
               .smooth = smooth,
               .value = value<P>,
               .value_and_gradient = value_and_gradient<P>,
               .residuals = nullptr};
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Domain domain = cube(made.start.size(), -infinity, infinity);
  if constexpr (requires { P::domain(n...); }) domain = P::domain(n...);
  made.lower = domain.lower;
  made.upper = domain.upper;
  if (!made.minimisers.empty()) made.minimiser = made.minimisers.front();
  for (const Point& x : P::local_minimisers(n...)) made.minimisers.push_back(x);
  if constexpr (requires { P::residuals(std::vector<Var<double>>()); })
    made.residuals = P::template residuals<Var<double>>;
  return made;
}

/// Throws ValueError for a number of variables that P is not made for.
template <class P, bool smooth>
Problem make_of_size(size_t n) {
  if constexpr (requires { P::start(n); }) {
    if (n > 0 && n % P::block == 0) return make<P, smooth>(n);
    throw ValueError(fmt::format("problem: {} has {} variables; expected a multiple of {}", P::name,
                                 n, P::block));
  } else {
    if (n == P::start().size()) return make<P, smooth>();
    throw ValueError(
        fmt::format("problem: {} has {} variables; expected {}", P::name, n, P::start().size()));
  }
}

template <class P, bool smooth>
Entry entry() {
  return {P::name, make<P, smooth>, make_of_size<P, smooth>};
}

}  // namespace thalweg::test_problems
