#pragma once
/// The two fused loops of a tensor statement.
///
/// Forward evaluates the whole tree per SIMD register. Backward reloads the leaves, recomputes the
/// intermediates in registers and adds to the adjoints of the leaves, from the root down:
///
///     x̄ₖ += ȳ · ∂y/∂xₖ     for each op y = f(x₁, …, xₙ) of the tree,
///
/// exactly 0 where ȳ is 0 or the op did not choose xₖ (number/rule.hpp).
///
/// A loop runs over segments: stretches of a row in which every operand advances by 1 or 0. Both
/// loops are templates of the leaf type L, which knows what numbers they compute in and how these
/// come from memory and go back; `Leaf<Real>` is that of lanes:
///
///     L::Value, L::width              the number type, and how many elements are in one
///     load(i)                         the value at element i
///     take(v, total, i)               stores v at element i, adds it there, or to the total
///     pad(at, rest, memory)           reads the last elements from there, filled up to a full
///     Value redirect(memory)                takes numbers there finish(total, at, rest, memory)
///     hands on what the loop made of those, and the total

#include "thalweg/autodiff/statement/tree.hpp"

namespace thalweg::detail {

/// What becomes of the numbers that a leaf takes.
enum class Mode : char { none, store, add, reduce };

template <class Real>
struct Leaf {
  using Value = Lanes<Real>;
  static constexpr int width = Value::width;

  const Real* value;  // what is read: null where the loop does not need it
  Real* adjoint;      // where numbers go, according to the mode
  bool step;          // 1 or 0 per element
  Mode mode;

  Value load(Index i) const { return step ? Value::load(value + i) : Value(*value); }
  void take(const Value& x, Value& total, Index i) const {
    if (mode == Mode::store)
      x.store(adjoint + i);
    else if (mode == Mode::add)
      (Value::load(adjoint + i) + x).store(adjoint + i);
    else if (mode == Mode::reduce)
      total += x;
  }
  void advance(Index offset) {
    if (value) value += offset;
    if (adjoint) adjoint += offset;
  }

  struct Memory {
    alignas(64) Real value[width];
    alignas(64) Real adjoint[width];
  };
  void pad(Index at, int rest, Memory& memory) {
    if (!step || !value) return;
    Value::load_first(value + at, rest).store(memory.value);
    value = memory.value;
  }
  void redirect(Memory& memory) {
    if (mode == Mode::none) return;
    adjoint = memory.adjoint;
    mode = Mode::store;
  }
  void finish(Value total, Index at, int rest, const Memory& memory) const {
    if (mode == Mode::reduce) {
      for (int lane = 0; lane < rest; ++lane) total.set(lane, total[lane] + memory.adjoint[lane]);
      *adjoint += sum(total);
    } else if (mode != Mode::none && rest != 0) {
      Value x = Value::load(memory.adjoint);
      if (mode == Mode::add) x += Value::load_first(adjoint + at, rest);
      x.store_first(adjoint + at, rest);
    }
  }
};

/// The numbers of one evaluation, in registers.
template <class Tree, class T>
struct Values {
  T value;
};
template <class Op, class... A, class T>
struct Values<Node<Op, A...>, T> {
  T value;
  Pack<Values<A, T>...> operands;
};

template <int first, class Real, class L, class T, class Tree>
inline void evaluate(const Constant<Real>& constant, const L*, Index, Values<Tree, T>& at) {
  at.value = T(constant.number);
}
template <int first, class Real, class L, class T, class Tree>
inline void evaluate(const Dropped<Real>&, const L*, Index, Values<Tree, T>& at) {
  at.value = T(Real(0));
}
template <int first, class Real, class L, class T, class Tree>
inline void evaluate(const Tensor<Real>&, const L* leaves, Index i, Values<Tree, T>& at) {
  at.value = leaves[first].load(i);
}
template <int first, class Real, class L, class T, class Tree>
inline void evaluate(const Kept<Real>&, const L* leaves, Index i, Values<Tree, T>& at) {
  at.value = leaves[first].load(i);
}
template <int first, class Op, class... A, class L, class T, class Tree>
inline void evaluate(const Node<Op, A...>& node, const L* leaves, Index i, Values<Tree, T>& at);

template <int first, class Op, class... A, class L, class T, class Tree>
inline void evaluate_operands(const Node<Op, A...>& node, const L* leaves, Index i,
                              Values<Tree, T>& at) {
  each_operand<first>(node, [&](auto k, auto start, const auto& operand) {
    evaluate<decltype(start)::value>(operand, leaves, i, element<decltype(k)::value>(at.operands));
  });
}
template <int first, class Op, class... A, class L, class T, class Tree>
inline void evaluate(const Node<Op, A...>& node, const L* leaves, Index i, Values<Tree, T>& at) {
  evaluate_operands<first>(node, leaves, i, at);
  at.value = at.operands.unpack([&](const auto&... x) { return node.op.value(x.value...); });
}

/// Carries the adjoint of a tree on to its leaves.
template <int first, class Real, class V, class T, class L>
inline void pull(const Constant<Real>&, const V&, const T&, const L*, T*, Index) {}
template <int first, TreeLeaf Tree, class V, class T, class L>
inline void pull(const Tree&, const V&, const T& adjoint, const L* leaves, T* totals, Index i) {
  leaves[first].take(adjoint, totals[first], i);
}
template <int first, class Op, class... A, class V, class T, class L>
inline void pull(const Node<Op, A...>& node, const V& at, const T& adjoint, const L* leaves,
                 T* totals, Index i) {
  const auto slopes = at.operands.unpack(
      [&](const auto&... x) { return slopes_at<T>(node.op, at.value, x.value...); });
  each_operand<first>(node, [&](auto k, auto start, const auto& operand) {
    pull<decltype(start)::value>(
        operand, element<decltype(k)::value>(at.operands),
        handed_on<Op, int(sizeof...(A))>(adjoint, slopes[decltype(k)::value]), leaves, totals, i);
  });
}

/// Calls body(leaves, totals, i) for every full register of n elements; `takers` leaves from
/// `first` on take numbers and have totals. What is left over is padded to a register, over which
/// the loop runs once more, so that its body exists only once. Totals move to second ones every so
/// often: the error of a sum grows with the length of these stretches only.
template <class L, int count, int first, int takers, class Body>
inline void each_register(const L* given, Index n, const Body& body) {
  using Value = typename L::Value;
  constexpr Index stretch = 64 * L::width;
  L leaves[count];
  Value totals[takers], sums[takers];  // the second ones once there is more than one stretch
  typename L::Memory memory[count];
  for (int k = 0; k < count; ++k) leaves[k] = given[k];
  for (int k = 0; k < takers; ++k) totals[k] = Value(0);
  const int rest = static_cast<int>(n % L::width);
  bool in_rest = false, several = false;
  Index i = 0;
  for (Index last = n - rest;;) {
    const Index end = i + stretch < last ? i + stretch : last;
    for (; i < end; i += L::width) body(leaves, totals, i);
    if (i < last) {
      for (int k = 0; k < takers; ++k) {
        sums[k] = several ? sums[k] + totals[k] : totals[k];
        totals[k] = Value(0);
      }
      several = true;
      continue;
    }
    if (rest == 0 || in_rest) break;
    for (int k = 0; k < count; ++k) leaves[k].pad(i, rest, memory[k]);
    for (int k = first; k < first + takers; ++k) leaves[k].redirect(memory[k]);
    in_rest = true;
    i = 0;
    last = L::width;
  }
  for (int k = 0; k < takers; ++k)
    given[first + k].finish(several ? sums[k] + totals[k] : totals[k], n - rest, rest,
                            memory[first + k]);
}

/// The root takes y = tree over n elements. After the tree's leaves `given` has the root.
template <class Tree, class L>
void forward_segment(const void* formula, const L* given, Index n) {
  const Tree& tree = *static_cast<const Tree*>(formula);
  constexpr int root = Tree::leaves;
  using T = typename L::Value;
  each_register<L, root + 1, root, 1>(given, n, [&](const L* leaves, T* totals, Index i) {
    Values<Tree, T> at;
    evaluate<0>(tree, leaves, i, at);
    leaves[root].take(at.value, totals[0], i);
  });
}

/// The leaves take the adjoints of n elements. After the tree's leaves `given` has the root's
/// values, which may be null, and the root's adjoint.
template <bool root_known, class Tree, class L, class Real>
void backward_segment(const void* formula, const L* given, Real scale, Index n) {
  const Tree& tree = *static_cast<const Tree*>(formula);
  constexpr int root = Tree::leaves;
  using T = typename L::Value;
  each_register<L, root + 2, 0, root>(given, n, [&](const L* leaves, T* totals, Index i) {
    Values<Tree, T> at;
    T adjoint = leaves[root + 1].load(i);
    if constexpr (root_known) {
      evaluate_operands<0>(tree, leaves, i, at);
      at.value = leaves[root].value ? leaves[root].load(i) : T(Real(0));
    } else {
      evaluate<0>(tree, leaves, i, at);
      adjoint = unless_zero<T>(adjoint, adjoint * T(scale));
    }
    pull<0>(tree, at, adjoint, leaves, totals, i);
  });
}

}  // namespace thalweg::detail
