#pragma once
/// The form of a tensor statement: ops over leaves, known at compile time.
///
/// A tree is a `Node` over trees; its leaves are tensors and plain numbers. On the tape a tensor
/// leaf becomes `Kept` if the backward pass reads its value and `Dropped` if not: which of the two
/// follows from what the slopes of the ops above it read.

#include <utility>

#include "thalweg/autodiff/base/pack.hpp"
#include "thalweg/autodiff/number/rule.hpp"
#include "thalweg/autodiff/statement/space.hpp"
#include "thalweg/autodiff/tape/record.hpp"

namespace thalweg::detail {

template <class Op, class First, class... Rest>
struct Node {
  using Real = typename First::Real;
  static constexpr int arity = 1 + sizeof...(Rest);
  static constexpr int leaves = First::leaves + (Rest::leaves + ... + 0);
  [[no_unique_address]] Op op;
  Pack<First, Rest...> operands;
};

template <class RealType>
struct Kept {
  using Real = RealType;
  static constexpr int leaves = 1;
  Saved<Real> tensor;
  const Shape& shape() const { return tensor->shape(); }
  const Real* data() const { return tensor.data(); }
};

template <class RealType>
struct Dropped {
  using Real = RealType;
  static constexpr int leaves = 1;
  Shape form;
  const Shape& shape() const { return form; }
  const Real* data() const { return nullptr; }
};

/// A leaf that stands for a tensor.
template <class T>
concept TreeLeaf = T::leaves == 1 && requires(const T& leaf) {
  leaf.data();
};

template <class Tree>
inline constexpr const char* name_of = "tensor";
template <class Op, class... A>
inline constexpr const char* name_of<Node<Op, A...>> = Op::name;

/// Calls f(leaf, position) for every tensor leaf, from the left.
template <int first = 0, class Real, class F>
void each_leaf(const Constant<Real>&, F&&) {}
template <int first = 0, TreeLeaf T, class F>
void each_leaf(const T& leaf, F&& f) {
  f(leaf, first);
}
template <int first = 0, class Op, class... A, class F>
void each_leaf(const Node<Op, A...>& node, F&& f);

/// f(operand, its first leaf's position as std::integral_constant) for every operand of the node.
template <int first, class Op, class... A, class F>
void each_operand(const Node<Op, A...>& node, F&& f) {
  [&]<std::size_t... k>(std::index_sequence<k...>) {
    constexpr int sizes[] = {A::leaves...};
    constexpr auto start = [](std::size_t operand, const int* counts) {
      int position = first;
      for (std::size_t j = 0; j < operand; ++j) position += counts[j];
      return position;
    };
    (f(std::integral_constant<std::size_t, k>{}, std::integral_constant<int, start(k, sizes)>{},
       element<k>(node.operands)),
     ...);
  }
  (std::make_index_sequence<sizeof...(A)>{});
}

template <int first, class Op, class... A, class F>
void each_leaf(const Node<Op, A...>& node, F&& f) {
  each_operand<first>(node, [&](auto, auto start, const auto& operand) {
    each_leaf<decltype(start)::value>(operand, f);
  });
}

/// The shape of the result. Throws ShapeError naming the op whose operands do not broadcast.
template <class Real>
Shape shape_of(const Constant<Real>&) {
  return {};
}
template <TreeLeaf T>
Shape shape_of(const T& leaf) {
  return leaf.shape();
}
template <class Op, class... A>
Shape shape_of(const Node<Op, A...>& node) {
  const Shape* shapes[Node<Op, A...>::leaves];
  each_leaf(node, [&](const auto& leaf, int k) { shapes[k] = &leaf.shape(); });
  Shape shape;
  if (same_or_single(shapes, Node<Op, A...>::leaves, shape)) return shape;
  node.operands.unpack(
      [&](const A&... x) { ((shape = broadcast(Op::name, shape, shape_of(x))), ...); });
  return shape;
}

/// The tree as the tape keeps it. `needed`: the backward pass reads the value of this tree.
template <bool needed, class Real>
Constant<Real> save(const Constant<Real>& constant) {
  return constant;
}
template <bool needed, class Real>
auto save(const Tensor<Real>& tensor) {
  if constexpr (needed)
    return Kept<Real>{Saved<Real>(tensor)};
  else
    return Dropped<Real>{tensor.shape()};
}
/// `root_known`: the value of this node can be read from the result instead.
template <bool needed, bool root_known = false, class Op, class... A>
auto save(const Node<Op, A...>& node) {
  constexpr int arity = sizeof...(A);
  constexpr bool computed = needed || (reads_output<Op, arity> && !root_known);
  constexpr bool operands_needed = computed || reads_inputs<Op, arity>;
  return node.operands.unpack([&](const A&... x) {
    return Node<Op, decltype(save<operands_needed>(x))...>{node.op, {save<operands_needed>(x)...}};
  });
}

}  // namespace thalweg::detail
