#pragma once
/// < > <= >= == !=
///
/// Of scalars they compare the values and give a truth value, so that control flow is plain C++.
/// Of tensors they give an expression of zeros and ones, element by element, with broadcasting; it
/// has no slope, so nothing of it is recorded. With NaN all but != are false.

#include "thalweg/autodiff/statement/expression.hpp"

namespace thalweg {
namespace op {
// clang-format off

/// y = 1 where the relation holds, otherwise 0.    Slopes 0.
template <class Relation>
struct Comparison {
  template <class T> static T value(const T& a, const T& b) {
    return select(Relation::holds(a, b), T(1), T(0));
  }
  template <class T> static Slopes<T, 2> slopes() { return {T(0), T(0)}; }
};

struct Less : Comparison<Less> {
  static constexpr auto name = "less";
  template <class T> static auto holds(const T& a, const T& b) { return a < b; }
};
struct Greater : Comparison<Greater> {
  static constexpr auto name = "greater";
  template <class T> static auto holds(const T& a, const T& b) { return a > b; }
};
struct LessEqual : Comparison<LessEqual> {
  static constexpr auto name = "less_equal";
  template <class T> static auto holds(const T& a, const T& b) { return a <= b; }
};
struct GreaterEqual : Comparison<GreaterEqual> {
  static constexpr auto name = "greater_equal";
  template <class T> static auto holds(const T& a, const T& b) { return a >= b; }
};
struct Equal : Comparison<Equal> {
  static constexpr auto name = "equal";
  template <class T> static auto holds(const T& a, const T& b) { return a == b; }
};
struct NotEqual : Comparison<NotEqual> {
  static constexpr auto name = "not_equal";
  template <class T> static auto holds(const T& a, const T& b) { return a != b; }
};

// clang-format on
}  // namespace op

namespace detail {

/// Takes a tree off the tape.
template <class Real>
void forget(Constant<Real>&) {}
template <class Real>
void forget(Tensor<Real>& leaf) {
  const Place place = leaf.place();
  if ((place.generation | place.id) != 0) leaf = leaf.detach();
}
template <class Op, class... A>
void forget(Node<Op, A...>& node) {
  node.operands.unpack([](A&... x) { (forget(x), ...); });
}

/// An operand whose gradient is not wanted.
template <class X>
auto passive(X&& x) {
  if constexpr (Arithmetic<X>) {
    return x;
  } else if constexpr (is_parameter<std::remove_cvref_t<X>>) {
    return x.value();
  } else if constexpr (is_tensor_expression<X>) {  // unnamed
    auto tree = std::move(x).tree();
    forget(tree);
    return X(std::move(tree));
  } else {
    return x.detach();
  }
}

template <class Real, class X>
Real number(const X& x) {
  if constexpr (Arithmetic<X>)
    return static_cast<Real>(x);
  else
    return x.value();
}

template <class Op, class A, class B>
auto compare(const Op& op, A&& a, B&& b) {
  if constexpr (TensorLike<A> || TensorLike<B>) {
    return apply(op, passive(std::forward<A>(a)), passive(std::forward<B>(b)));
  } else {
    using Real = typename CommonReal<A, B>::Type;
    return Op::holds(number<Real>(a), number<Real>(b));
  }
}

}  // namespace detail

template <class A, class B>
requires Operands<A, B>
auto operator<(A&& a, B&& b) {
  return detail::compare(op::Less{}, std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B>
requires Operands<A, B>
auto operator>(A&& a, B&& b) {
  return detail::compare(op::Greater{}, std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B>
requires Operands<A, B>
auto operator<=(A&& a, B&& b) {
  return detail::compare(op::LessEqual{}, std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B>
requires Operands<A, B>
auto operator>=(A&& a, B&& b) {
  return detail::compare(op::GreaterEqual{}, std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B>
requires Operands<A, B>
auto operator==(A&& a, B&& b) {
  return detail::compare(op::Equal{}, std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B>
requires Operands<A, B>
auto operator!=(A&& a, B&& b) {
  return detail::compare(op::NotEqual{}, std::forward<A>(a), std::forward<B>(b));
}

}  // namespace thalweg
