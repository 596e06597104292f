#pragma once
/// `Var<Real>`: a number that remembers how it was computed.
///
///     Tape tape;
///     Var x = tape.variable(2.0);
///     Var y = sin(x) * exp(x) + 3;          // one statement on the tape
///     double slope = tape.backward(y)[x];
///
/// A `Var` is a value and the place of its statement, 16 bytes in double precision. A variable
/// made from a plain number is passive: it is never recorded. Without a tape nothing is.
///
/// Operators give expressions. An unnamed sub-expression is part of its statement; a named one
/// (`auto u = w * x;`) becomes a statement of its own the first time it is used, and is recorded
/// once. Expressions hold their operands by value: they may be returned, stored and copied.

#include <string_view>
#include <tuple>
#include <utility>

#include "autodiff/ops/rule.hpp"
#include "autodiff/statements.hpp"

namespace thalweg {

template <class Real>
class Var;
template <class Op, class... Operands>
class ScalarExpression;

namespace detail {

template <class X>
inline constexpr bool is_scalar_expression = false;
template <class Op, class... A>
inline constexpr bool is_scalar_expression<ScalarExpression<Op, A...>> = true;
template <class X>
inline constexpr bool is_var = false;
template <class Real>
inline constexpr bool is_var<Var<Real>> = true;

/// A plain number inside a statement.
template <class RealType>
struct Constant {
  using Real = RealType;
  static constexpr int leaves = 0;
  static constexpr const char* name = "constant";
  Real number;
  const Real& value() const { return number; }
  template <class Sink>
  void push(Sink&, const Real&) const {}
  void check_finite(Location) const {}
};

template <class E>
constexpr std::string_view type_name() {
  return __PRETTY_FUNCTION__;
}

}  // namespace detail

/// A `Var` or an expression of them.
template <class X>
concept Scalar = detail::is_var<std::remove_cvref_t<X>> ||
                 detail::is_scalar_expression<std::remove_cvref_t<X>>;

namespace detail {
template <class X>
concept ScalarExpressionType = is_scalar_expression<std::remove_cvref_t<X>>;
template <class X>
concept Arithmetic = std::is_arithmetic_v<std::remove_cvref_t<X>>;
}  // namespace detail

template <class RealType>
class Var {
 public:
  using Real = RealType;
  static constexpr int leaves = 1;
  static constexpr const char* name = "variable";

  constexpr Var() = default;
  /// A passive variable: a plain number.
  constexpr Var(const Real& value) : value_(value) {}
  template <detail::Arithmetic Number>
    requires(!std::is_same_v<Number, Real>)
  constexpr Var(Number value) : value_(static_cast<Real>(value)) {}
  /// Records the expression as one statement, if a tape records and an operand is active.
  template <detail::ScalarExpressionType E>
    requires std::is_same_v<typename std::remove_cvref_t<E>::Real, Real>
  Var(E&& expression, Location where = Location::current())
      : Var(std::is_lvalue_reference_v<E> ? expression.node(where) : expression.record(where)) {}
  constexpr Var(const Real& value, Place place) : value_(value), place_(place) {}

  const Real& value() const { return value_; }
  Place place() const { return place_; }
  /// The same number, unknown to any tape.
  Var detach() const { return Var(value_); }

  template <class X>
  Var& operator+=(const X& x) & {
    return *this = *this + x;
  }
  template <class X>
  Var& operator-=(const X& x) & {
    return *this = *this - x;
  }
  template <class X>
  Var& operator*=(const X& x) & {
    return *this = *this * x;
  }
  template <class X>
  Var& operator/=(const X& x) & {
    return *this = *this / x;
  }

  // What a statement asks of its leaves.
  template <class Sink>
  void push(Sink& sink, const Real& partial) const {
    sink.argument(place_, partial);
  }
  void check_finite(Location) const {}

 private:
  Real value_{};
  Place place_;
};

template <class Number>
  requires std::is_integral_v<Number>
Var(Number) -> Var<double>;
template <detail::ScalarExpressionType E>
Var(E&&) -> Var<typename std::remove_cvref_t<E>::Real>;

/// op(operands...): its value, and how to record it.
template <class Op, class First, class... Rest>
class ScalarExpression<Op, First, Rest...> {
 public:
  using Real = typename First::Real;
  static constexpr int leaves = First::leaves + (Rest::leaves + ... + 0);
  static constexpr const char* name = Op::name;

  ScalarExpression(const Op& op, First first, Rest... rest)
      : value_(op.value(first.value(), rest.value()...)),
        op_(op),
        operands_(std::move(first), std::move(rest)...) {}

  /// A copy has the same name's node: copying counts as a use.
  ScalarExpression(const ScalarExpression& other)
      : value_(other.value_),
        place_(other.place()),
        op_(other.op_),
        operands_(other.operands_) {}
  ScalarExpression(ScalarExpression&&) = default;
  ScalarExpression& operator=(const ScalarExpression&) = default;
  ScalarExpression& operator=(ScalarExpression&&) = default;

  /// So that `c ? a * b : a + b` has a type. One of the two becomes the other, as a finished node.
  template <detail::ScalarExpressionType Other>
    requires(std::is_same_v<typename std::remove_cvref_t<Other>::Real, Real> &&
             detail::type_name<ScalarExpression>() <
                 detail::type_name<std::remove_cvref_t<Other>>())
  ScalarExpression(Other&& other) : ScalarExpression(Var<Real>(std::forward<Other>(other))) {}

  const Real& value() const { return value_; }
  Var<Real> detach() const { return Var<Real>(value_); }

  /// The variable of this name: recorded on first use, the same one ever after.
  Var<Real> node(Location where = Location::current()) const {
    if (place_.generation == open) place_ = record(where).place();
    return {value_, place_};
  }
  /// The variable of an unnamed expression.
  Var<Real> record(Location where) const {
    if (place_.generation != open) return {value_, place_};
    detail::Statements<Real>* const statements = detail::recording<Real>;
    return {value_, statements ? statements->record(*this, where) : Place{}};
  }
  Place place() const { return node().place(); }

  template <class Sink>
  void push(Sink& sink, const Real& adjoint) const {
    if (place_.generation != open) return sink.argument(place_, adjoint);
    std::apply([&](const auto&... x) { push_operands(sink, adjoint, x...); }, operands_);
  }
  /// Throws NonfiniteError naming the innermost op whose value is not finite.
  void check_finite(Location where) const {
    if (value_ - value_ == Real(0) || place_.generation != open) return;
    std::apply([&](const auto&... x) { (x.check_finite(where), ...); }, operands_);
    detail::throw_nonfinite(Op::name, "value", double(value_), where);
  }

 private:
  static constexpr std::uint32_t open = UINT32_MAX;

  explicit ScalarExpression(const Var<Real>& done)
      : value_(done.value()), place_(done.place()), op_{}, operands_{} {}

  template <class Sink, class... X>
  void push_operands(Sink& sink, const Real& adjoint, const X&... x) const {
    const auto slopes = detail::slopes_at<Real>(op_, value_, x.value()...);
    if constexpr (requires { sink.slope(Op::name, slopes[0]); })
      for (const Real& slope : slopes) sink.slope(Op::name, slope);
    std::size_t k = 0;
    (x.push(sink, adjoint * slopes[k++]), ...);
  }

  Real value_;
  mutable Place place_{0, open};
  [[no_unique_address]] Op op_;
  std::tuple<First, Rest...> operands_;
};

}  // namespace thalweg
