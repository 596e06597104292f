#pragma once
/// `minimise`: the smallest value of a function, found by any of the methods.
///
///     auto rosenbrock = [](const auto& x) {
///       auto a = 1 - x[0];
///       auto b = x[1] - x[0] * x[0];
///       return a * a + 100 * b * b;
///     };
///     auto result = optim::minimise(rosenbrock, {-1.2, 1.0}, optim::Lbfgs{});
///     result.x;                                    // {1, 1}
///     fmt::print("{}\n", result);                  // gradient_norm after 35 iterations, ...
///
/// The library differentiates f; methods that need no gradient only evaluate it. The start decides
/// how f is called:
///
///     | start                     | f is called with                        |
///     | ------------------------- | --------------------------------------- |
///     | a number                  | a `Var`                                 |
///     | vector or array of them   | a vector or array of `Var`              |
///     | a tensor                  | a `Tensor`                              |
///     | an Eigen vector or matrix | that, of `Var` (autodiff/eigen.hpp)     |
///     | std::tuple of these       | one argument each                       |
///     | a list of parameters      | nothing; it uses the parameters, which  |
///     |                           | end at the best point                   |
///     | (an `Objective`, a point) | that function of n numbers              |
///
/// What a run comes to does not depend on the units of f and x: no default tolerance, first step or
/// trust region is in them. Rates of update rules, bounds and limits that are given are.
///
/// Points are kept in double, whatever the start's number type. Numerical trouble is a status,
/// never an exception: `result.stop` names why the run ended, `result.x` is the best point seen.
/// What f throws is thrown on.
///
/// For least squares f returns the residuals, a vector of `Var` or a tensor, and the method is
/// `LevenbergMarquardt` or `GaussNewton`: minimised is ½ ‖f(x)‖². Bounds and losses that outliers
/// do not decide are options of the former.
///
/// A gradient that is written by hand is checked before the first iteration if the limits say so:
/// `{.check_gradient = true}`.

#include <array>
#include <initializer_list>

#include "thalweg/optim/objective/check_gradient.hpp"
#include "thalweg/optim/objective/function.hpp"
#include "thalweg/optim/run/observer.hpp"
#include "thalweg/optim/run/residual_method.hpp"
#include "thalweg/optim/run/rule_method.hpp"

namespace thalweg::optim {

/// What `minimise` goes downhill by: a method, or an update rule.
template <class M>
concept Minimiser = std::derived_from<std::remove_cvref_t<M>, Method> ||
    std::derived_from<std::remove_cvref_t<M>, Optimizer>;

/// A function that the library differentiates.
template <class F>
concept Differentiable = !std::derived_from<F, Objective>;

/// f as the methods see it, its arguments those of `start`; refers to f.
template <class F, class X>
auto objective(const F& f, const X& start) {
  return detail::Function<F, X>(f, start);
}
template <class F, class X>
auto objective(const F&& f, const X& start) = delete;  // f has to live as long: give it a name

/// The same for a function that gives residuals.
template <class F, class X>
auto residuals(const F& f, const X& start) {
  return detail::ResidualFunction<F, X>(f, start);
}
template <class F, class X>
auto residuals(const F&& f, const X& start) = delete;

/// What the start becomes: of its own type, but for whole numbers, which become double.
template <class X>
using PointOf = typename derive::ArgumentList<X>::Point;

/// Minimises f from `start`.
///
/// `method` is copied. `observers` are called after every iteration (optim/run/observer.hpp).
/// Throws ValueError for an empty start, one outside the method's bounds, and limits out of range.
template <Differentiable F, class X, Minimiser M, class... Observers>
auto minimise(const F& f, const X& start, const M& method, const Limits& limits = {},
              Observers&&... observers) -> Result<PointOf<X>>;

template <Differentiable F, Minimiser M, class... Observers>
auto minimise(const F& f, std::initializer_list<double> start, const M& method,
              const Limits& limits = {}, Observers&&... observers) {
  return minimise(f, std::vector<double>(start), method, limits, observers...);
}

namespace detail {

template <class M>
decltype(auto) as_method(const M& method) {
  if constexpr (std::derived_from<M, Method>)
    return (method);
  else
    return RuleMethod(method);
}

/// The objective for this method, found at the template's seam.
template <class M, class F, class X>
auto objective_for(const F& f, const X& start) {
  if constexpr (std::derived_from<M, ResidualMethod>)
    return ResidualFunction<F, X>(f, start);
  else
    return Function<F, X>(f, start);
}

template <class M, class... Seers>
std::pair<Outcome, std::vector<double>> drive(Objective& f, std::vector<double> start,
                                              const M& method, const Limits& limits,
                                              Seers&... observers) {
  const auto& recipe = as_method(method);
  Run run(f, recipe, std::move(start), limits);
  const std::array<ObserverReference<Watching>, sizeof...(Seers)> references = {
      reference_to(observers)...};
  Outcome outcome = drive(run, Observers<Watching>(references));
  return {std::move(outcome), run.best().x};
}

}  // namespace detail

template <Differentiable F, class X, Minimiser M, class... Observers>
auto minimise(const F& f, const X& start, const M& method, const Limits& limits,
              Observers&&... observers) -> Result<PointOf<X>> {
  auto function = detail::objective_for<M>(f, start);
  auto [outcome, x] = detail::drive(function, function.start(), method, limits, observers...);
  return {std::move(outcome), function.unpacked(x)};
}

/// A function of one's own making, with its own gradient.
template <std::derived_from<Objective> F, Minimiser M, class... Observers>
Result<std::vector<double>> minimise(F& f, std::vector<double> start, const M& method,
                                     const Limits& limits = {}, Observers&&... observers) {
  auto [outcome, x] = detail::drive(f, std::move(start), method, limits, observers...);
  return {std::move(outcome), std::move(x)};
}

}  // namespace thalweg::optim
