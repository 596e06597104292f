#pragma once
/// The laws that every elementwise op obeys, one line per op:
///
///     laws::slope_is_derivative<op::Softplus>({-30.0, 0.5, 36.9, 37.1, 700.0});
///     laws::slope_is_derivative<op::Pow>({{2.0, 3.5}, {0.1, -2.0}});
///     laws::slope_is_derivative<op::LeakyRelu>({-2.0, 3.0}, {0.1});
///
/// At these points, which lie off the kinks:
///  - in double precision the slopes are the central differences of the value,
///  - in float value and slopes are those of double precision,
///  - a scalar variable, tensors of any size, and longer statements with named or unnamed parts
///    give this value and these gradients,
///  - broadcast operands gather the sum of their elements' gradients,
///  - a plain number or a passive operand changes nothing.
/// Borders and kinks: `laws::takes`. Accuracy: `laws::is_accurate`.

#include <thalweg/autodiff.hpp>

#include "tests/autodiff/laws/laws_rule.hpp"

namespace laws {

template <class Op>
inline constexpr int arity = requires(const Op& op) {
  op.value(0.0);
}
? 1 : requires(const Op& op) { op.value(0.0, 0.0); }
? 2 : 3;

/// The arguments of one evaluation: a number, or one number per argument.
template <class Op>
using Point = std::conditional_t<arity<Op> == 1, double, std::array<double, arity<Op>>>;

/// Calls f(x₁, …, xₙ) with xₖ = argument(k).
template <class Op, class Argument, class F>
auto with_arguments(Argument&& argument, F&& f) {
  return [&]<int... k>(std::integer_sequence<int, k...>) {
    return f(argument(std::integral_constant<int, k>{})...);
  }
  (std::make_integer_sequence<int, arity<Op>>{});
}

/// What the rule itself says at x.
template <class Real, class Op>
[[gnu::noinline]] Answer<Real> rule(const Op& op, const std::array<Real, 3>& x) {
  return with_arguments<Op>([&](auto k) { return x[k]; },
                            [&](auto... xs) {
                              const Real y = op.value(xs...);
                              const auto slopes = thalweg::detail::slopes_at<Real>(op, y, xs...);
                              Answer<Real> answer{y, {}};
                              for (std::size_t k = 0; k < slopes.size(); ++k)
                                answer.slopes[k] = slopes[k];
                              return answer;
                            });
}

/// The forms in which an op stands in a program. Everything that is not compiled for each op is in
/// laws_test.cpp.
template <class Op, class Real>
struct Forms {
  using Scalars = const std::vector<Var<Real>>&;
  using Tensors = const std::array<Tensor<Real>, 3>&;

  static const Op& as_op(const void* op) { return *static_cast<const Op*>(op); }
  static Answer<Real> at(const void* op, const std::array<Real, 3>& x) {
    return rule<Real>(as_op(op), x);
  }
  static Var<Real> scalar(const void* op, Scalars v) {
    return with_arguments<Op>(
        [&](auto k) { return v[k]; },
        [&](const auto&... xs) { return Var<Real>(apply(as_op(op), xs...)); });
  }
  static Var<Real> scalar_in_statement(const void* op, Scalars v) {
    return with_arguments<Op>(
        [&](auto k) { return v[k]; },
        [&](const auto&... xs) {
          auto named = apply(as_op(op), (xs * Real(1))...);
          return Var<Real>(named * Real(2) + named);  // used twice, recorded once
        });
  }
  static Var<Real> beside_number(const void* op, Var<Real> a, Real b) {
    if constexpr (arity<Op> == 2) return apply(as_op(op), a, b);
    return a;
  }
  static Var<Real> after_number(const void* op, Real a, Var<Real> b) {
    if constexpr (arity<Op> == 2) return apply(as_op(op), a, b);
    return b;
  }
  static Tensor<Real> tensor(const void* op, Tensors x) {
    return with_arguments<Op>(
        [&](auto k) { return x[k]; },
        [&](const auto&... xs) { return Tensor<Real>(apply(as_op(op), xs...)); });
  }
  static Tensor<Real> named(const void* op, Tensors x, const Tensor<Real>& seed,
                            Tensor<Real>& part) {
    const auto name = with_arguments<Op>(
        [&](auto k) { return x[k]; },
        [&](const auto&... xs) { return apply(as_op(op), Tensor<Real>(xs * Real(1))...); });
    part = name.node();
    return name * seed;
  }
  static Tensor<Real> unnamed(const void* op, Tensors x, const Tensor<Real>& seed) {
    if constexpr (std::is_same_v<Real, double>)  // once is enough: compile time is not free
      return with_arguments<Op>(
          [&](auto k) { return x[k]; },
          [&](const auto&... xs) {
            return Tensor<Real>(Real(0.5) * apply(as_op(op), (xs * Real(1))...) * seed * Real(2));
          });
    return {};
  }
};

template <class Real, class Op>
Rule<Real> rule_of(const Op& op) {
  using F = Forms<Op, Real>;
  return {Op::name,         arity<Op>,       &op,       F::at,    F::scalar, F::scalar_in_statement,
          F::beside_number, F::after_number, F::tensor, F::named, F::unnamed};
}

template <class Op>
void slope_is_derivative(std::initializer_list<Point<Op>> at, const Op& op = {}) {
  std::vector<std::array<double, 3>> points;
  for (const Point<Op>& point : at) {
    std::array<double, 3> x{};
    if constexpr (arity<Op> == 1)
      x[0] = point;
    else
      std::copy(point.begin(), point.end(), x.begin());
    points.push_back(x);
  }
  check_laws(rule_of<double>(op), rule_of<float>(op), points);
}

/// Value and slope at a kink or a border, exactly: for double, float and lanes of both.
template <class Real, class Op>
void takes_exactly(const Op& op, double at, double value, double slope) {
  const Real x = static_cast<Real>(at);
  const Answer<Real> scalar = rule<Real>(op, {x, 0, 0});
  const Lanes<Real> lanes_x(x), lanes_y = op.value(lanes_x);
  const Lanes<Real> lanes_slope = thalweg::detail::slopes_at<Lanes<Real>>(op, lanes_y, lanes_x)[0];
  const Real y = static_cast<Real>(value), dy = static_cast<Real>(slope);
  expect_close(Op::name, "value at a border", scalar.value, y, {});
  expect_close(Op::name, "slope at a border", scalar.slopes[0], dy, {});
  expect_close(Op::name, "value of lanes at a border", lanes_y[1], y, {});
  expect_close(Op::name, "slope of lanes at a border", lanes_slope[1], dy, {});
}
template <class Op>
void takes(double at, double value, double slope, const Op& op = {}) {
  takes_exactly<double>(op, at, value, slope);
  takes_exactly<float>(op, at, value, slope);
}

/// The same for an op of two arguments.
template <class Op>
void takes(std::array<double, 2> at, double value, std::array<double, 2> slopes,
           const Op& op = {}) {
  const Answer<double> wide = rule<double>(op, {at[0], at[1], 0});
  const Lanes<double> a(at[0]), b(at[1]), y = op.value(a, b);
  const auto of_lanes = thalweg::detail::slopes_at<Lanes<double>>(op, y, a, b);
  expect_close(Op::name, "value at a border", wide.value, value, {});
  expect_close(Op::name, "value of lanes at a border", y[1], value, {});
  for (std::size_t k = 0; k < 2; ++k) {
    expect_close(Op::name, "slope at a border", wide.slopes[k], slopes[k], {});
    expect_close(Op::name, "slope of lanes at a border", of_lanes[k][1], slopes[k], {});
  }
}

/// The value is that of `exact`, computed in extended precision: to 1e-14 relative in double, 1e-6
/// in float, tiny results included.
template <class Op, class Exact>
void is_accurate(Exact exact, std::initializer_list<double> at, double tolerance = 1e-14) {
  const Op op{};
  for (const double x : at) {
    const float narrow = static_cast<float>(x);
    const double y = static_cast<double>(exact(static_cast<long double>(x)));
    const double of_narrow = static_cast<double>(exact(static_cast<long double>(narrow)));
    expect_close(Op::name, "double", op.value(x), y, {tolerance, 0});
    expect_close(Op::name, "lanes of double", op.value(Lanes<double>(x))[1], y, {tolerance, 0});
    if (std::abs(of_narrow) < 1e-36 || std::abs(of_narrow) > 1e38) continue;
    const double loose = tolerance * 1e8;
    expect_close(Op::name, "float", op.value(narrow), of_narrow, {loose, 0});
    expect_close(Op::name, "lanes of float", op.value(Lanes<float>(narrow))[1], of_narrow,
                 {loose, 0});
  }
}

}  // namespace laws
