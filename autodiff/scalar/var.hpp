#pragma once
/// `Var<Real>`: a number that remembers how it was computed.
///
///     Tape tape;
///     Var x = tape.variable(2.0);
///     Var y = sin(x) * exp(x) + 3;          // one statement on the tape
///     double slope = tape.backward(y)[x];
///
/// A `Var` is a value and the place of its statement, 16 bytes in double precision. A variable
/// made from a plain number is passive: it is never recorded. Without a tape nothing is: then a
/// variable of a tape that lives, on another thread, is refused (TapeError), except inside NoTape.
///
/// Operators give expressions. An unnamed sub-expression is part of its statement; a named one
/// (`auto u = w * x;`) becomes a statement of its own the first time it is used, and is recorded
/// once. Expressions hold their operands by value: they may be returned, stored and copied.

#include <concepts>
#include <string_view>
#include <utility>

#include "thalweg/autodiff/base/pack.hpp"
#include "thalweg/autodiff/number/rule.hpp"
#include "thalweg/autodiff/scalar/kinds.hpp"
#include "thalweg/autodiff/scalar/other_names.hpp"
#include "thalweg/autodiff/scalar/scalar_statements.hpp"

namespace thalweg {

namespace detail {

/// A plain number inside a statement.
template <class RealType>
struct Constant {
  using Real = RealType;
  static constexpr int leaves = 0;
  static constexpr bool chooses = false;
  static constexpr const char* name = "constant";
  Real number;
  const Real& value() const { return number; }
  bool active_on(std::uint32_t) const { return true; }
  template <class F>
  void each_place(F&&) const {}
  template <class Sink>
  void push(Sink&, const Real&) const {}
  void check_finite(Location) const {}
};

template <class E>
constexpr std::string_view type_name() {
  return __PRETTY_FUNCTION__;
}

}  // namespace detail

template <class RealType>
class Var : public detail::refused::OtherNames {
 public:
  using Real = RealType;
  static constexpr int leaves = 1;
  static constexpr bool chooses = false;
  static constexpr const char* name = "variable";

  constexpr Var() = default;
  /// A passive variable: a plain number.
  constexpr Var(const Real& value) : value_(value) {}
  template <OtherNumberThan<Real> Number>
  constexpr Var(Number value) : value_(static_cast<Real>(value)) {}
  /// Records the expression as one statement, if a tape records and an operand is active.
  template <detail::ScalarExpressionOf<Real> E>
  Var(E&& expression, Location where = Location::current())
      : Var(std::is_lvalue_reference_v<E> ? expression.node(where) : expression.record(where)) {}
  /// Refused: what a tensor computes is a tensor, even if it is one number.
  template <TensorLike X>
  Var(X&&) {
    static_assert(detail::never<X>,
                  "thalweg: a tensor is no Var, even if it holds one number; write `Tensor loss = "
                  "...` (backward takes it), loss.item() for the plain number, or x(i) for a Var");
  }
  constexpr Var(const Real& value, Place place) : value_(value), place_(place) {}
  constexpr Var(const Var&) = default;
  /// Only variables are assigned to.
  constexpr Var& operator=(const Var&) & = default;
  template <class X>
  void operator=(const X&) && {
    refuse_to_write<X>();
  }
  template <class X>
  void operator+=(const X&) && {
    refuse_to_write<X>();
  }
  template <class X>
  void operator-=(const X&) && {
    refuse_to_write<X>();
  }
  template <class X>
  void operator*=(const X&) && {
    refuse_to_write<X>();
  }
  template <class X>
  void operator/=(const X&) && {
    refuse_to_write<X>();
  }
  template <std::floating_point Number>
  operator Number() const = delete;  // write x.value() for the plain number, which has no gradient

  const Real& value() const { return value_; }
  Place place() const { return place_; }
  /// The same number, unknown to any tape.
  Var detach() const { return Var(value_); }

  template <class X>
  Var& operator+=(X&& x) & {
    return *this = *this + std::forward<X>(x);
  }
  template <class X>
  Var& operator-=(X&& x) & {
    return *this = *this - std::forward<X>(x);
  }
  template <class X>
  Var& operator*=(X&& x) & {
    return *this = *this * std::forward<X>(x);
  }
  template <class X>
  Var& operator/=(X&& x) & {
    return *this = *this / std::forward<X>(x);
  }

  Var& operator++() & { return *this = *this + Real(1); }
  Var& operator--() & { return *this = *this - Real(1); }
  Var operator++(int) & { return std::exchange(*this, Var(*this + Real(1))); }
  Var operator--(int) & { return std::exchange(*this, Var(*this - Real(1))); }

  // What a statement asks of its leaves.
  bool active_on(std::uint32_t generation) const { return place_.generation == generation; }
  template <class F>
  void each_place(F&& f) const {
    f(place_);
  }
  template <class Sink>
  void push(Sink& sink, const Real& partial) const {
    sink.argument(place_, partial);
  }
  void check_finite(Location) const {}

 private:
  template <class X>
  static void refuse_to_write() {
    static_assert(detail::never<X>,
                  "thalweg: what t(i) gives is a copy, no place to write to; write t.set({i}, "
                  "number), or make a new tensor of the old one (where, concat, stack)");
  }

  Real value_{};
  Place place_;
};

Var()->Var<double>;
template <std::integral Number>
Var(Number) -> Var<double>;
template <ScalarExpressionType E>
Var(E&&) -> Var<typename std::remove_cvref_t<E>::Real>;
template <ScalarExpressionType E>
Var(const E&) -> Var<typename E::Real>;
template <TensorLike X>
Var(X&&) -> Var<typename std::remove_cvref_t<X>::Real>;

namespace detail {

/// op(operands...) inside a statement: its value, and how to record it. Trivial to copy, so that
/// the compiler keeps it in registers.
template <class Op, class First, class... Rest>
struct ScalarNode {
  using Real = typename First::Real;
  static constexpr int leaves = First::leaves + (Rest::leaves + ... + 0);
  static constexpr bool chooses = Choosing<Op> || First::chooses || (Rest::chooses || ... || false);
  static constexpr const char* name = Op::name;
  static constexpr std::uint32_t open = UINT32_MAX;  // the generation of what is not recorded yet

  Real number;
  Place place{0, open};
  [[no_unique_address]] Op op;
  Pack<First, Rest...> operands;

  const Real& value() const { return number; }

  bool active_on(std::uint32_t generation) const {
    if (place.generation != open) return place.generation == generation;
    return operands.unpack(
        [&](const auto&... x) { return (int(x.active_on(generation)) & ...) != 0; });
  }
  /// f of the places of the variables in it.
  template <class F>
  void each_place(F&& f) const {
    if (place.generation != open) return f(place);
    operands.unpack([&](const auto&... x) { (x.each_place(f), ...); });
  }
  template <class Sink>
  void push(Sink& sink, const Real& adjoint) const {
    if (place.generation != open) return sink.argument(place, adjoint);
    operands.unpack([&](const auto&... x) { push_operands(sink, adjoint, x...); });
  }
  /// Throws NonfiniteError naming the innermost op whose value is not finite.
  void check_finite(Location where) const {
    if (number - number == Real(0) || place.generation != open) return;
    operands.unpack([&](const auto&... x) { (x.check_finite(where), ...); });
    throw_nonfinite(Op::name, "value", double(number), where);
  }

 private:
  template <class Sink, class... X>
  void push_operands(Sink& sink, const Real& adjoint, const X&... x) const {
    const auto slopes = slopes_at<Real>(op, number, x.value()...);
    if constexpr (requires { sink.slope(Op::name, slopes[0]); })
      for (const Real& slope : slopes) sink.slope(Op::name, slope);
    std::size_t k = 0;
    (x.push(sink, handed_on<Op, int(sizeof...(X))>(adjoint, slopes[k++])), ...);
  }
};

}  // namespace detail

namespace detail {
/// Of two types of expressions only the one that comes later by name converts to the other.
template <class From, class To>
concept ConvertsTo = ScalarExpressionOf<From, typename To::Real> &&
    (type_name<To>() < type_name<std::remove_cvref_t<From>>());
}  // namespace detail

/// op(operands...): a value, recorded as one statement when it is named and used, or assigned.
template <class Op, class... Operands>
class ScalarExpression : public detail::refused::OtherNames {
 public:
  using Node = detail::ScalarNode<Op, Operands...>;
  using Real = typename Node::Real;

  explicit ScalarExpression(const Node& unnamed) : node_(unnamed) {}
  /// A copy has the same name's node: copying counts as a use.
  ScalarExpression(const ScalarExpression& other) : node_((other.node(), other.node_)) {}
  ScalarExpression(ScalarExpression&&) = default;
  ScalarExpression& operator=(const ScalarExpression& other) {
    return *this = ScalarExpression(other);
  }
  ScalarExpression& operator=(ScalarExpression&&) = default;

  /// So that `c ? a * b : a + b` has a type. One of the two becomes the other, as a finished node.
  template <detail::ConvertsTo<ScalarExpression> Other>
  ScalarExpression(Other&& other) {
    const Var<Real> done(std::forward<Other>(other));
    node_.number = done.value();
    node_.place = done.place();
  }

  const Real& value() const { return node_.number; }
  Var<Real> detach() const { return Var<Real>(value()); }

  /// The variable of this name: recorded on first use, the same one ever after.
  Var<Real> node(Location where = Location::current()) const {
    if (node_.place.generation != Node::open) return {value(), node_.place};
    if (!detail::recording<Real>) return Var<Real>(value());  // a later use may be recorded
    return {value(), node_.place = record(where).place()};
  }
  /// The variable of an unnamed expression.
  Var<Real> record(Location where) const {
    if (node_.place.generation != Node::open) return {value(), node_.place};
    detail::ScalarStatements<Real>* const statements = detail::recording<Real>;
    if (!statements) return Var<Real>(value());
    const auto recorded = statements->append(node_, where);
    return {recorded.value, recorded.place};
  }
  Place place() const { return node().place(); }
  /// What an expression around it absorbs.
  const Node& unnamed() const { return node_; }

 private:
  mutable Node node_;
};

}  // namespace thalweg

#include "thalweg/autodiff/scalar/limits.hpp"
