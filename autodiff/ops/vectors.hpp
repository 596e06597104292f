#pragma once
/// Sums of variables side by side: one statement on the tape for up to 255 of them.
///
///     std::vector<Var<double>> x(100, tape.variable(0.5));
///     Var y = sum(x) + dot(x, weights) + logsumexp(x);
///
/// Of vectors, arrays and spans of `Var`; `dot` also of one of them with plain numbers. Longer ones
/// take a statement per 255 and one for these: errors and depth grow with log n.

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <span>
#include <vector>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/scalar/var.hpp"

namespace thalweg {

namespace detail {

template <class X>
using ElementOfRange = std::remove_cvref_t<decltype(*std::data(std::declval<X&>()))>;
template <class X>
concept VarRange = is_var<ElementOfRange<X>>;
template <class X>
concept NumberRange = Arithmetic<ElementOfRange<X>>;

/// y = number, ∂y/∂xₖ = partials[k], as what a tape appends.
template <class Op, class RealType>
struct ManyArguments {
  using Real = RealType;
  static constexpr int leaves = ScalarStatements<Real>::most_arguments;
  static constexpr bool chooses = false;
  static constexpr const char* name = Op::name;
  std::span<const Var<Real>> x;
  const Real* partials;
  Real number;

  const Real& value() const { return number; }
  bool active_on(std::uint32_t generation) const {
    return std::all_of(x.begin(), x.end(),
                       [=](const Var<Real>& one) { return one.active_on(generation); });
  }
  template <class Sink>
  void push(Sink& sink, const Real& adjoint) const {
    for (std::size_t k = 0; k < x.size(); ++k) x[k].push(sink, adjoint * partials[k]);
  }
  template <class F>
  void each_place(F&& f) const {
    for (const Var<Real>& one : x) one.each_place(f);
  }
  void check_finite(Location where) const {
    if (!(number - number == Real(0))) throw_nonfinite(name, "value", double(number), where);
  }
};

template <class Op, class Real>
Var<Real> record_many(std::span<const Var<Real>> x, const Real* partials, const Real& value,
                      Location where) {
  ScalarStatements<Real>* const statements = recording<Real>;
  if (!statements) return Var<Real>(value);
  const auto recorded = statements->append(ManyArguments<Op, Real>{x, partials, value}, where);
  return {recorded.value, recorded.place};
}

/// `block`(part of x) for each `most` of x, and of these again, until one is left.
template <class Real, class Block>
Var<Real> in_blocks(std::span<const Var<Real>> x, Block&& block) {
  constexpr std::size_t most = ScalarStatements<Real>::most_arguments;
  if (x.size() <= most) return block(x);
  std::vector<Var<Real>> parts;
  for (std::size_t k = 0; k < x.size(); k += most)
    parts.push_back(block(x.subspan(k, std::min(most, x.size() - k))));
  return in_blocks(std::span<const Var<Real>>(parts), block);
}

// Names for messages; no rules: their slopes are known when they are recorded.
struct SumOfMany {
  static constexpr const char* name = "sum";
};
struct DotOfMany {
  static constexpr const char* name = "dot";
};
struct LogSumExpOfMany {
  static constexpr const char* name = "logsumexp";
};

template <class Real>
Var<Real> sum_of(std::span<const Var<Real>> x, Location where) {
  return in_blocks(x, [=](std::span<const Var<Real>> part) {
    Real partials[ScalarStatements<Real>::most_arguments], total(0);
    for (std::size_t k = 0; k < part.size(); ++k) total += part[k].value(), partials[k] = Real(1);
    return record_many<SumOfMany>(part, partials, total, where);
  });
}

/// Σ block(first, count) over blocks of at most `most` of n.
template <class Real, std::size_t most, class Block>
Var<Real> sum_of_blocks(std::size_t n, const Block& block, Location where) {
  if (n <= most) return block(std::size_t{0}, n);
  std::vector<Var<Real>> sums;
  for (std::size_t k = 0; k < n; k += most) sums.push_back(block(k, std::min(most, n - k)));
  return sum_of(std::span<const Var<Real>>(sums), where);
}

inline void expect_as_many(std::size_t a, std::size_t b) {
  if (a != b) throw ShapeError(fmt::format("dot: {} numbers and {}", a, b));
}

}  // namespace detail

/// Σ xₖ; 0 of none.
template <detail::VarRange X>
auto sum(const X& x, Location where = Location::current()) {
  using Real = typename detail::ElementOfRange<X>::Real;
  return detail::sum_of(std::span<const Var<Real>>(std::data(x), std::size(x)), where);
}

/// Σ aₖ bₖ of two ranges of variables. Throws ShapeError unless they are equally long.
template <detail::VarRange A, detail::VarRange B>
auto dot(const A& a, const B& b, Location where = Location::current()) {
  using Real = typename detail::ElementOfRange<A>::Real;
  constexpr std::size_t most = detail::ScalarStatements<Real>::most_arguments / 2;
  detail::expect_as_many(std::size(a), std::size(b));
  const auto block = [&](std::size_t first, std::size_t count) {
    Var<Real> arguments[detail::ScalarStatements<Real>::most_arguments];
    Real partials[detail::ScalarStatements<Real>::most_arguments], total(0);
    for (std::size_t i = 0; i < count; ++i) {
      const Var<Real>&x = std::data(a)[first + i], &y = std::data(b)[first + i];
      total += x.value() * y.value();
      arguments[2 * i] = x, partials[2 * i] = y.value();
      arguments[2 * i + 1] = y, partials[2 * i + 1] = x.value();
    }
    return detail::record_many<detail::DotOfMany>(std::span<const Var<Real>>(arguments, 2 * count),
                                                  partials, total, where);
  };
  return detail::sum_of_blocks<Real, most>(std::size(a), block, where);
}

/// The same of variables and plain numbers.
template <detail::VarRange A, detail::NumberRange B>
auto dot(const A& a, const B& b, Location where = Location::current()) {
  using Real = typename detail::ElementOfRange<A>::Real;
  constexpr std::size_t most = detail::ScalarStatements<Real>::most_arguments;
  detail::expect_as_many(std::size(a), std::size(b));
  const auto block = [&](std::size_t first, std::size_t count) {
    Real partials[detail::ScalarStatements<Real>::most_arguments], total(0);
    for (std::size_t i = 0; i < count; ++i) {
      partials[i] = static_cast<Real>(std::data(b)[first + i]);
      total += std::data(a)[first + i].value() * partials[i];
    }
    return detail::record_many<detail::DotOfMany>(
        std::span<const Var<Real>>(std::data(a) + first, count), partials, total, where);
  };
  return detail::sum_of_blocks<Real, most>(std::size(a), block, where);
}
template <detail::NumberRange A, detail::VarRange B>
auto dot(const A& a, const B& b, Location where = Location::current()) {
  return dot(b, a, where);
}

/// log Σ e^xₖ without overflow;  ∂y/∂xₖ = e^(xₖ − y). −∞ of none, with slopes 0 where all xₖ are
/// −∞.
template <detail::VarRange X>
auto logsumexp(const X& x, Location where = Location::current()) {
  using Real = typename detail::ElementOfRange<X>::Real;
  using std::exp, std::log;
  const auto block = [=](std::span<const Var<Real>> part) {
    const Real none = -std::numeric_limits<Real>::infinity();
    Real partials[detail::ScalarStatements<Real>::most_arguments], most = none, total(0);
    for (const Var<Real>& one : part)
      if (!(one.value() <= most)) most = one.value();  // NaN stays
    const Real shift = most - most == Real(0) ? most : Real(0);
    for (std::size_t k = 0; k < part.size(); ++k)
      total += partials[k] = exp(Real(part[k].value() - shift));
    for (std::size_t k = 0; k < part.size() && total != Real(0); ++k) partials[k] /= total;
    const Real y = total == Real(0) ? none : Real(shift + log(total));
    return detail::record_many<detail::LogSumExpOfMany>(part, partials, y, where);
  };
  return detail::in_blocks(std::span<const Var<Real>>(std::data(x), std::size(x)), block);
}

}  // namespace thalweg
