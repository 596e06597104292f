#pragma once
/// Expressions of tensors, and how ops are applied to whatever they are given.
///
/// An expression is lazy: an unnamed one becomes part of the statement around it, a named one
/// (`auto u = a * b;`) is evaluated, and recorded, on its first use and then stays the same node:
///
///     auto u = a * b + c;               // nothing happens yet
///     Tensor y = exp(u) / sum(u);       // u is evaluated, once; gradients[u] can be asked for
///
/// Operands are held by value (a tensor is a handle), so expressions may be returned and stored.

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/statement/statement.hpp"
#include "thalweg/autodiff/tensor/parameter.hpp"

namespace thalweg {

/// op(operands...) over tensors, not yet evaluated.
template <class Op, class... Operands>
class TensorExpression : public detail::refused::OtherNames {
 public:
  using Tree = detail::Node<Op, Operands...>;
  using Real = typename Tree::Real;

  explicit TensorExpression(Tree tree) : tree_(std::move(tree)) {}
  /// A copy has the same name's node: copying counts as a use.
  TensorExpression(const TensorExpression& other) : tree_(other.tree_), node_(other.node()) {}
  TensorExpression(TensorExpression&&) = default;
  TensorExpression& operator=(const TensorExpression& other) {
    return *this = TensorExpression(other);
  }
  TensorExpression& operator=(TensorExpression&&) = default;

  /// The tensor of this name: evaluated on first use, the same one ever after.
  const Tensor<Real>& node(Location where = Location::current()) const {
    if (!node_.body() || missed()) node_ = run(where);
    return node_;
  }
  /// The tensor of an unnamed expression.
  Tensor<Real> record(Location where) const { return node_.body() ? node(where) : run(where); }
  const Tree& tree() const& { return tree_; }
  Tree tree() && { return std::move(tree_); }

  // Asking for anything but the tree evaluates.
  const Shape& shape() const { return node().shape(); }
  int rank() const { return node().rank(); }
  Index size() const { return node().size(); }
  Index size(int axis) const { return node().size(axis); }
  const Real* data() const { return node().data(); }
  std::span<const Real> values() const& { return node().values(); }
  std::vector<Real> values() && { return to_vector(); }
  std::vector<Real> to_vector() const { return node().to_vector(); }
  Real item() const { return node().item(); }
  Tensor<Real> detach() const { return node().detach(); }
  std::vector<Var<Real>> scalars() const { return node().scalars(); }
  Place place() const { return node().place(); }
  template <class... I>
  auto operator()(I... index) const {
    return node()(index...);
  }

 private:
  Tensor<Real> run(Location where) const {
    return detail::run_statement<false>(tree_, nullptr, Op::name, where);
  }
  /// Evaluated under NoTape, and now its tape records again.
  bool missed() const {
    if (!detail::recorder || node_.place().generation != 0) return false;
    bool active = false;
    detail::each_leaf(tree_,
                      [&](const auto& leaf, int) { active |= leaf.place().generation != 0; });
    return active;
  }

  Tree tree_;
  mutable Tensor<Real> node_;
};

/// Any value that ops take.
template <class X>
concept Variable = Scalar<X> || TensorLike<X>;

namespace detail {

template <class T>
inline constexpr bool is_lanes = false;
template <class Real>
inline constexpr bool is_lanes<Lanes<Real>> = true;

/// A plain number that rules evaluate directly.
template <class X>
concept PlainNumber =
    std::is_floating_point_v<std::remove_cvref_t<X>> || is_lanes<std::remove_cvref_t<X>>;

/// The number type of the variables among X...; they must agree.
template <class... X>
struct CommonReal;
template <>
struct CommonReal<> {
  using Type = void;
};
template <class First, class... Rest>
struct CommonReal<First, Rest...> {
  using Others = typename CommonReal<Rest...>::Type;
  template <class X>
  static auto real() {
    if constexpr (Arithmetic<X>) {
      return std::type_identity<Others>{};
    } else {
      using Real = typename X::Real;
      static_assert(std::is_void_v<Others> || std::is_same_v<Real, Others>,
                    "thalweg: operands of different number types; convert one of them, for "
                    "example with cast<double>(x)");
      return std::type_identity<Real>{};
    }
  }
  using Type = typename decltype(real<std::remove_cvref_t<First>>())::type;
};

/// An operand of a scalar expression: an rvalue expression is absorbed, a named one is a variable.
template <class Real, class X>
auto scalar_operand(X&& x) {
  if constexpr (Arithmetic<X>)
    return Constant<Real>{static_cast<Real>(x)};
  else if constexpr (is_var<std::remove_cvref_t<X>>)
    return Var<Real>(x);
  else if constexpr (std::is_lvalue_reference_v<X>)
    return x.node(Location{});
  else
    return x.unnamed();
}

template <class Real, class Op, class... Operands>
ScalarExpression<Op, Operands...> scalar_expression(const Op& op, const Operands&... x) {
  using Node = ScalarNode<Op, Operands...>;
  return ScalarExpression<Op, Operands...>(
      Node{op.value(x.value()...), {0, Node::open}, op, {x...}});
}

/// The same for tensors. A scalar variable becomes a tensor of rank 0.
template <class Real, class X>
auto tensor_operand(X&& x) {
  if constexpr (Arithmetic<X>)
    return Constant<Real>{static_cast<Real>(x)};
  else if constexpr (Scalar<X>)
    return Tensor<Real>(Var<Real>(std::forward<X>(x)));
  else if constexpr (!is_tensor_expression<std::remove_cvref_t<X>>)
    return Tensor<Real>(std::forward<X>(x));
  else if constexpr (std::is_lvalue_reference_v<X>)
    return Tensor<Real>(x.node(Location{}));
  else
    return std::move(x).tree();
}

}  // namespace detail

/// The tensor that an operand stands for; evaluates an expression.
template <TensorLike X>
auto as_tensor(X&& x, Location where = Location::current()) {
  using Real = typename std::remove_cvref_t<X>::Real;
  if constexpr (is_tensor_expression<std::remove_cvref_t<X>>)
    return Tensor<Real>(std::forward<X>(x), where);
  else
    return Tensor<Real>(std::forward<X>(x));
}

/// What can be kept and asked for: an expression's variable or tensor, a parameter's tensor, a
/// plain number as a passive variable; anything else as it is.
template <class X>
auto settled(X&& x) {
  using Type = std::remove_cvref_t<X>;
  if constexpr (detail::Arithmetic<Type>)
    return Var(x);
  else if constexpr (is_scalar_expression<Type>)
    return Var<typename Type::Real>(std::forward<X>(x));
  else if constexpr (TensorLike<Type>)
    return as_tensor(std::forward<X>(x));
  else
    return std::forward<X>(x);
}

template <class X>
concept OneNumber = Scalar<X> || detail::Arithmetic<X>;

/// The tensor of a scalar, of rank 0, or of several variables side by side.
template <OneNumber X>
auto as_tensor(const X& x, Location = Location::current()) {
  const auto variable = settled(x);
  return Tensor<typename decltype(variable)::Real>(variable);
}
template <Scalar X>
auto as_tensor(std::span<const X> xs, Location = Location::current()) {
  using Real = typename X::Real;
  if constexpr (is_var<X>)
    return Tensor<Real>(xs);
  else
    return Tensor<Real>(std::vector<Var<Real>>(xs.begin(), xs.end()));
}
template <Scalar X>
auto as_tensor(const std::vector<X>& xs, Location = Location::current()) {
  return as_tensor(std::span<const X>(xs));
}
template <Scalar X, std::size_t n>
auto as_tensor(const std::array<X, n>& xs, Location = Location::current()) {
  return as_tensor(std::span<const X>(xs));
}

/// op(xs...) on plain numbers, scalars or tensors.
template <class Op, class... X>
auto apply(const Op& op, X&&... xs) {
  if constexpr ((Variable<X> || ...)) {
    using Real = typename detail::CommonReal<X...>::Type;
    if constexpr ((TensorLike<X> || ...)) {
      using Expression =
          TensorExpression<Op, decltype(detail::tensor_operand<Real>(std::forward<X>(xs)))...>;
      return Expression({op, {detail::tensor_operand<Real>(std::forward<X>(xs))...}});
    } else {
      return detail::scalar_expression<Real>(op,
                                             detail::scalar_operand<Real>(std::forward<X>(xs))...);
    }
  } else {
    using T = std::common_type_t<std::remove_cvref_t<X>...>;
    return op.value(static_cast<T>(xs)...);
  }
}

/// Arguments of a function op: variables or lanes, or plain numbers throughout.
template <class... X>
concept Arguments = ((Variable<X> || ...) && ((Variable<X> || detail::Arithmetic<X>)&&...)) ||
                    ((detail::is_lanes<std::remove_cvref_t<X>> || ...) &&
                     ((detail::PlainNumber<X> || detail::Arithmetic<X>)&&...)) ||
                    (std::is_floating_point_v<std::remove_cvref_t<X>> && ...);

/// Arguments of an operator: at least one variable.
template <class... X>
concept Operands = (Variable<X> || ...) && ((Variable<X> || detail::Arithmetic<X>)&&...);

}  // namespace thalweg
