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

#include "tests/autodiff/laws/laws_rule.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

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

/// One op's rule and forms. Everything that is not compiled for each op is in laws_test.cpp.
template <class Op>
struct Of {
  static constexpr int n = arity<Op>;

  static const Op& as_op(const void* op) { return *static_cast<const Op*>(op); }

  template <class T>
  static T value(const void* op, const std::array<T, 3>& x) {
    return with_arguments<n>([&](auto k) { return x[k]; },
                             [&](auto... xs) { return as_op(op).value(xs...); });
  }
  template <class T>
  static std::array<T, 3> slopes(const void* op, const std::array<T, 3>& x, const T& y) {
    const auto slopes = with_arguments<n>(
        [&](auto k) { return x[k]; },
        [&](auto... xs) { return thalweg::detail::slopes_at<T>(as_op(op), y, xs...); });
    std::array<T, 3> all{};
    for (std::size_t k = 0; k < slopes.size(); ++k) all[k] = slopes[k];
    return all;
  }
  template <class Real>
  static Var<Real> scalar(const void* op, const std::vector<Var<Real>>& v) {
    return with_arguments<n>([&](auto k) { return v[k]; },
                             [&](const auto&... xs) { return Var<Real>(apply(as_op(op), xs...)); });
  }
  static Var<double> beside_number(const void* op, Var<double> a, double b) {
    return apply(as_op(op), a, b);
  }
  static Var<double> after_number(const void* op, double a, Var<double> b) {
    return apply(as_op(op), a, b);
  }
  template <class Real>
  static Tensor<Real> tensor(const void* op, const std::array<Tensor<Real>, 3>& x) {
    return with_arguments<n>(
        [&](auto k) { return x[k]; },
        [&](const auto&... xs) { return Tensor<Real>(apply(as_op(op), xs...)); });
  }
  template <class Real>
  static Tensor<Real> named(const void* op, const std::array<Tensor<Real>, 3>& x,
                            const Tensor<Real>& seed, Tensor<Real>& part) {
    const auto name = with_arguments<n>(
        [&](auto k) { return x[k]; },
        [&](const auto&... xs) { return apply(as_op(op), Tensor<Real>(xs * Real(1))...); });
    part = name.node();
    return part * seed;
  }

  template <class Real>
  static Rule<Real> rule(const Op& op) {
    return {
        Op::name, n, &op, {value<Real>, slopes<Real>}, {value<Lanes<Real>>, slopes<Lanes<Real>>}};
  }
  template <class Real>
  static Forms<Real> forms(const Op& op) {
    using Statements =
        Longer<Real, n, thalweg::detail::reads_inputs<Op, n>, thalweg::detail::reads_output<Op, n>>;
    Forms<Real> forms{rule<Real>(op), scalar<Real>, Statements::scalar, nullptr,
                      nullptr,        tensor<Real>, named<Real>,        Statements::unnamed};
    if constexpr (n == 2 && std::is_same_v<Real, double>) {
      forms.beside_number = beside_number;
      forms.after_number = after_number;
    }
    return forms;
  }
};

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
  check_laws(Of<Op>::template forms<double>(op), Of<Op>::template forms<float>(op), points);
}

/// Value and slope at a kink or a border, exactly: for double, float and lanes of both.
template <class Op>
void takes(double at, double value, double slope, const Op& op = {}) {
  check_border(Of<Op>::template rule<double>(op), Of<Op>::template rule<float>(op), at, value,
               slope);
}

/// The same for an op of two arguments, in double.
template <class Op>
void takes(std::array<double, 2> at, double value, std::array<double, 2> slopes,
           const Op& op = {}) {
  check_border(Of<Op>::template rule<double>(op), at, value, slopes);
}

/// The value is that of `exact`, computed in extended precision: to 1e-14 relative in double, 1e-6
/// in float, tiny results included.
template <class Op>
void is_accurate(long double (*exact)(long double), std::initializer_list<double> at,
                 double tolerance = 1e-14) {
  const Op op{};
  check_accuracy(Of<Op>::template rule<double>(op), Of<Op>::template rule<float>(op), exact, at,
                 tolerance);
}

}  // namespace laws
