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

#include <autodiff/autodiff.hpp>

#include "tests/autodiff/laws_numeric.hpp"

namespace laws {

using namespace thalweg;

template <class Op>
inline constexpr int arity = requires(const Op& op) {
  op.value(0.0);
}
? 1 : requires(const Op& op) { op.value(0.0, 0.0); }
? 2 : 3;

/// The arguments of one evaluation: a number, or one number per argument.
template <class Op>
using Point = std::conditional_t<arity<Op> == 1, double, std::array<double, arity<Op>>>;

template <class Op>
double coordinate(const Point<Op>& x, int k) {
  if constexpr (arity<Op> == 1)
    return x;
  else
    return x[static_cast<std::size_t>(k)];
}

/// Calls f(x₁, …, xₙ) with xₖ = argument(k).
template <class Op, class Argument, class F>
auto with_arguments(Argument&& argument, F&& f) {
  return [&]<int... k>(std::integer_sequence<int, k...>) {
    return f(argument(std::integral_constant<int, k>{})...);
  }
  (std::make_integer_sequence<int, arity<Op>>{});
}

/// What the rule itself says at x.
template <class Real>
struct Answer {
  Real value;
  std::array<Real, 3> slopes;
};
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

template <class Real, class Op>
std::array<Real, 3> arguments(const Point<Op>& point) {
  std::array<Real, 3> x{};
  for (int k = 0; k < arity<Op>; ++k)
    x[static_cast<std::size_t>(k)] = static_cast<Real>(coordinate<Op>(point, k));
  return x;
}

/// The slopes are the derivatives of the value.
template <class Op>
void central_differences(const Op& op, const std::array<double, 3>& x) {
  const Answer<double> answer = rule<double>(op, x);
  for (std::size_t k = 0; k < arity<Op>; ++k) {
    const auto f = [&](double xk) {
      std::array<double, 3> moved = x;
      moved[k] = xk;
      return rule<double>(op, moved).value;
    };
    expect_derivative(Op::name, f, x[k], answer.slopes[k]);
  }
}

/// Float says what double says.
template <class Op>
void float_is_double(const Op& op, const std::array<float, 3>& x) {
  const Answer<float> narrow = rule<float>(op, x);
  const Answer<double> wide = rule<double>(op, {x[0], x[1], x[2]});
  expect_close(Op::name, "float value", narrow.value, wide.value, {1e-5, 0});
  for (std::size_t k = 0; k < arity<Op>; ++k)
    expect_close(Op::name, "float slope", narrow.slopes[k], wide.slopes[k], {3e-5, 2e-6});
}

template <class Real, class Op>
void on_scalars(const Op& op, const std::array<Real, 3>& x) {
  const Answer<Real> answer = rule<Real>(op, x);
  Tape tape;
  const std::vector<Var<Real>> v = tape.variable(std::vector<Real>(x.begin(), x.end()));
  const auto variable = [&](auto k) { return v[k]; };
  const Var<Real> y =
      with_arguments<Op>(variable, [&](const auto&... xs) { return Var<Real>(apply(op, xs...)); });
  const Var<Real> z = with_arguments<Op>(variable, [&](const auto&... xs) {
    auto named = apply(op, (xs * Real(1))...);
    return Var<Real>(named * Real(2) + named);  // used twice, recorded once
  });
  expect_close(Op::name, "scalar value", y.value(), answer.value, same<Real>());
  const Gradients plain = tape.backward(y), fused = tape.backward(z);
  for (std::size_t k = 0; k < arity<Op>; ++k) {
    expect_close(Op::name, "scalar slope", plain[v[k]], answer.slopes[k], same<Real>());
    expect_close(Op::name, "scalar slope, named", fused[v[k]], 3 * answer.slopes[k], same<Real>());
  }
}

/// Operands of these shapes, filled with the points in turn, and what the rule says about them.
template <class Real, class Op>
struct Case {
  std::array<Tensor<Real>, 3> x;
  Tensor<Real> seed;
  Sums value;
  std::array<Sums, 3> gradient;

  Case(const Op& op, const std::vector<Point<Op>>& points, const std::vector<Shape>& shapes) {
    Shape full;
    for (const Shape& shape : shapes) full = broadcast("laws", full, shape);
    for (int k = 0; k < arity<Op>; ++k) fill(k, shapes[static_cast<std::size_t>(k)], points);
    seed = seeds<Real>(full);
    for (Index i = 0; i < full.size(); ++i) expect(op, full, i);
  }

 private:
  void fill(int k, const Shape& shape, const std::vector<Point<Op>>& points) {
    std::vector<Real> values;
    for (Index i = 0; i < shape.size(); ++i) {
      const auto& point = points[static_cast<std::size_t>(i) % points.size()];
      values.push_back(static_cast<Real>(coordinate<Op>(point, k)));
    }
    const auto at = static_cast<std::size_t>(k);
    x[at] = Tensor<Real>(shape, values);
    gradient[at].value.assign(values.size(), 0);
    gradient[at].size.assign(values.size(), 0);
  }
  void expect(const Op& op, const Shape& full, Index i) {
    std::array<Real, 3> arguments{};
    std::array<std::size_t, 3> offset{};
    for (std::size_t k = 0; k < arity<Op>; ++k) {
      offset[k] = static_cast<std::size_t>(offset_in(x[k].shape(), full, i));
      arguments[k] = x[k].data()[offset[k]];
    }
    const Answer<Real> answer = rule<Real>(op, arguments);
    value.value.push_back(answer.value);
    value.size.push_back(std::abs(answer.value));
    for (std::size_t k = 0; k < arity<Op>; ++k)
      gradient[k].add(offset[k], double(answer.slopes[k]) * double(seed.data()[i]));
  }
};

/// Alone, named and unnamed within a longer statement, operands active or not.
template <class Real, class Op>
void on_tensors(const Op& op, const std::vector<Point<Op>>& points,
                const std::vector<Shape>& shapes) {
  const Case<Real, Op> given(op, points, shapes);
  const Tensor<Real>& seed = given.seed;
  for (unsigned active = 1; active < 1u << arity<Op>; ++active) {
    Tape tape;
    auto x = given.x;
    for (std::size_t k = 0; k < arity<Op>; ++k)
      if (active >> k & 1) tape.watch(x[k]);
    const auto leaf = [&](auto k) { return x[k]; };
    const auto check = [&](const char* form, const Gradients& gradients) {
      for (std::size_t k = 0; k < arity<Op>; ++k)
        if (active >> k & 1) expect_all(Op::name, form, gradients[x[k]], given.gradient[k]);
    };
    const Tensor<Real> y =
        with_arguments<Op>(leaf, [&](const auto&... xs) { return Tensor<Real>(apply(op, xs...)); });
    expect_all(Op::name, "tensor value", y, given.value);
    check("tensor gradient", tape.backward(y, seed));

    const auto named = with_arguments<Op>(
        leaf, [&](const auto&... xs) { return apply(op, Tensor<Real>(xs * Real(1))...); });
    const Tensor<Real> z = named * seed;
    const Gradients gradients = tape.backward(z, ones_like(z));
    check("gradient through a named part", gradients);
    expect_all(Op::name, "gradient of a named part", gradients[named], sums(seed));
    if constexpr (std::is_same_v<Real, double>) {  // once is enough: compile time is not free
      if (active + 1 < 1u << arity<Op>) continue;
      const Tensor<Real> fused = with_arguments<Op>(leaf, [&](const auto&... xs) {
        return Tensor<Real>(Real(0.5) * apply(op, (xs * Real(1))...) * seed * Real(2));
      });
      check("gradient through an unnamed part", tape.backward(fused, ones_like(fused)));
    }
  }
}

/// A plain number on one side.
template <class Real, class Op>
void with_numbers(const Op& op, const std::vector<Point<Op>>& points) {
  static_assert(arity<Op> == 2);
  for (const Point<Op>& point : points) {
    const auto x = arguments<Real, Op>(point);
    const Answer<Real> answer = rule<Real>(op, x);
    Tape tape;
    const Var<Real> a = tape.variable(x[0]), b = tape.variable(x[1]);
    const Var<Real> left = apply(op, a, x[1]), right = apply(op, x[0], b);
    const Gradients of_left = tape.backward(left), of_right = tape.backward(right);
    expect_close(Op::name, "value beside a number", left.value(), answer.value, same<Real>());
    expect_close(Op::name, "slope beside a number", of_left[a], answer.slopes[0], same<Real>());
    expect_close(Op::name, "slope after a number", of_right[b], answer.slopes[1], same<Real>());
  }
}

template <class Real, class Op>
void holds_for(const Op& op, const std::vector<Point<Op>>& points) {
  for (const Point<Op>& point : points) on_scalars<Real>(op, arguments<Real, Op>(point));
  for (const Index size : {0, 1, 7, 64, 1000})
    on_tensors<Real>(op, points, std::vector<Shape>(arity<Op>, Shape{size}));
  if constexpr (arity < Op >> 1)
    for (const std::vector<Shape>& shapes : broadcasts(arity<Op>))
      on_tensors<Real>(op, points, shapes);
  if constexpr (arity<Op> == 2 && std::is_same_v<Real, double>) with_numbers<Real>(op, points);
}

template <class Op>
void slope_is_derivative(std::initializer_list<Point<Op>> at, const Op& op = {}) {
  const std::vector<Point<Op>> points(at);
  std::vector<Point<Op>> moderate;  // where the results fit into a float
  for (const Point<Op>& point : points) {
    central_differences(op, arguments<double, Op>(point));
    const auto narrow = arguments<float, Op>(point);
    if (!fits_float(rule<float>(op, narrow))) continue;
    float_is_double(op, narrow);
    moderate.push_back(point);
  }
  holds_for<double>(op, points);
  if (!moderate.empty()) holds_for<float>(op, moderate);
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
