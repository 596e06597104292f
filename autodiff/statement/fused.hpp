#pragma once
/// The two fused loops of a tensor statement.
///
/// Forward evaluates the whole tree per SIMD register. Backward reloads the leaves, recomputes the
/// intermediates in registers and adds to the adjoints of the leaves, from the root down:
///
///     x̄ₖ += ȳ · ∂y/∂xₖ     for each op y = f(x₁, …, xₙ) of the tree.
///
/// A loop runs over segments: stretches of a row in which every operand advances by 1 or 0.

#include "thalweg/autodiff/statement/tree.hpp"

namespace thalweg::detail {

/// What a leaf does in the loop at hand.
enum class Mode : char { none, store, add, reduce };

template <class Real>
struct Leaf {
  const Real* value;
  Real* adjoint;
  bool step;
  Mode mode;

  Lanes<Real> load(Index i) const {
    return step ? Lanes<Real>::load(value + i) : Lanes<Real>(*value);
  }
  void advance(Index offset) {
    if (value) value += offset;
    if (adjoint) adjoint += offset;
  }
};

/// The numbers of one evaluation, in registers.
template <class Tree, class T>
struct Point {
  T value;
};
template <class Op, class... A, class T>
struct Point<Node<Op, A...>, T> {
  T value;
  std::tuple<Point<A, T>...> operands;
};

template <int first, class Real, class P>
inline void evaluate(const Constant<Real>& constant, const Leaf<Real>*, Index, P& point) {
  point.value = constant.number;
}
template <int first, class Real, class P>
inline void evaluate(const Dropped<Real>&, const Leaf<Real>*, Index, P& point) {
  point.value = Real(0);
}
template <int first, class Real, class P>
inline void evaluate(const Tensor<Real>&, const Leaf<Real>* leaves, Index i, P& point) {
  point.value = leaves[first].load(i);
}
template <int first, class Real, class P>
inline void evaluate(const Kept<Real>&, const Leaf<Real>* leaves, Index i, P& point) {
  point.value = leaves[first].load(i);
}
template <int first, class Op, class... A, class Real, class P>
inline void evaluate(const Node<Op, A...>& node, const Leaf<Real>* leaves, Index i, P& point);

template <int first, class Op, class... A, class Real, class P>
inline void evaluate_operands(const Node<Op, A...>& node, const Leaf<Real>* leaves, Index i,
                              P& point) {
  each_operand<first>(node, [&](auto k, auto start, const auto& operand) {
    evaluate<decltype(start)::value>(operand, leaves, i,
                                     std::get<decltype(k)::value>(point.operands));
  });
}
template <int first, class Op, class... A, class Real, class P>
inline void evaluate(const Node<Op, A...>& node, const Leaf<Real>* leaves, Index i, P& point) {
  evaluate_operands<first>(node, leaves, i, point);
  std::apply([&](const auto&... x) { point.value = node.op.value(x.value...); }, point.operands);
}

/// Carries the adjoint of a tree on to its leaves.
template <int first, class Real, class P>
inline void pull(const Constant<Real>&, const P&, Lanes<Real>, Leaf<Real>*, Lanes<Real>*, Index) {}
template <int first, class Tree, class Real, class P>
requires(Tree::leaves == 1 && requires(Tree leaf) { leaf.data(); }) inline void pull(
    const Tree&, const P&, Lanes<Real> adjoint, Leaf<Real>* leaves, Lanes<Real>* totals, Index i) {
  const Leaf<Real>& leaf = leaves[first];
  if (leaf.mode == Mode::store)
    adjoint.store(leaf.adjoint + i);
  else if (leaf.mode == Mode::add)
    (Lanes<Real>::load(leaf.adjoint + i) + adjoint).store(leaf.adjoint + i);
  else if (leaf.mode == Mode::reduce)
    totals[first] += adjoint;
}
template <int first, class Op, class... A, class Real, class P>
inline void pull(const Node<Op, A...>& node, const P& point, Lanes<Real> adjoint,
                 Leaf<Real>* leaves, Lanes<Real>* totals, Index i) {
  const auto slopes = std::apply(
      [&](const auto&... x) { return slopes_at<Lanes<Real>>(node.op, point.value, x.value...); },
      point.operands);
  each_operand<first>(node, [&](auto k, auto start, const auto& operand) {
    pull<decltype(start)::value>(operand, std::get<decltype(k)::value>(point.operands),
                                 adjoint * slopes[decltype(k)::value], leaves, totals, i);
  });
}

/// The elements left over by the last full register, padded to one. The loop runs once more over
/// them, so that its body exists only once.
template <class Real, int leaves>
struct Tail {
  static constexpr int width = Lanes<Real>::width;
  alignas(64) Real values[leaves + 2][width];
  alignas(64) Real adjoints[leaves + 1][width];

  static void pad(const Real*& from, Index at, int count, Real* to) {
    Lanes<Real>::load_first(from + at, count).store(to);
    from = to;
  }
};

/// y = tree over n elements, stored to `out`, added to it, or their sum added to `*out`.
template <class Tree, class Real>
void forward_segment(const void* formula, const Leaf<Real>* given, Real* out, Mode mode, Index n) {
  const Tree& tree = *static_cast<const Tree*>(formula);
  constexpr int width = Lanes<Real>::width;
  Leaf<Real> leaves[Tree::leaves];
  for (int k = 0; k < Tree::leaves; ++k) leaves[k] = given[k];
  Tail<Real, Tree::leaves> tail;
  const int rest = static_cast<int>(n % width);
  Lanes<Real> total(0);
  Real* to = out;
  Mode how = mode;
  Index i = 0;
  for (Index end = n - rest;; end = width) {
    for (; i < end; i += width) {
      Point<Tree, Lanes<Real>> point;
      evaluate<0>(tree, leaves, i, point);
      if (how == Mode::store)
        point.value.store(to + i);
      else if (how == Mode::add)
        (Lanes<Real>::load(to + i) + point.value).store(to + i);
      else
        total += point.value;
    }
    if (rest == 0 || to == tail.adjoints[0]) break;
    for (int k = 0; k < Tree::leaves; ++k)
      if (leaves[k].step) Tail<Real, Tree::leaves>::pad(leaves[k].value, i, rest, tail.values[k]);
    to = tail.adjoints[0];
    how = Mode::store;
    i = 0;
  }
  if (rest != 0) {
    Lanes<Real> y = Lanes<Real>::load(tail.adjoints[0]);
    if (mode == Mode::reduce) {
      for (int k = 0; k < rest; ++k) total.set(k, total[k] + y[k]);
    } else {
      if (mode == Mode::add) y += Lanes<Real>::load_first(out + (n - rest), rest);
      y.store_first(out + (n - rest), rest);
    }
  }
  if (mode == Mode::reduce) *out += sum(total);
}

/// The backward pass over n elements. `y`: the root's values or null; `adjoint` advances by `step`.
template <bool root_known, class Tree, class Real>
void backward_segment(const void* formula, const Leaf<Real>* given, const Real* y,
                      const Real* adjoint, bool step, Real scale, Index n) {
  const Tree& tree = *static_cast<const Tree*>(formula);
  constexpr int width = Lanes<Real>::width;
  Leaf<Real> leaves[Tree::leaves];
  Lanes<Real> totals[Tree::leaves];
  for (int k = 0; k < Tree::leaves; ++k) {
    leaves[k] = given[k];
    totals[k] = Real(0);
  }
  Tail<Real, Tree::leaves> tail;
  const int rest = static_cast<int>(n % width);
  bool in_tail = false;
  Index i = 0;
  for (Index end = n - rest;; end = width) {
    for (; i < end; i += width) {
      Point<Tree, Lanes<Real>> point;
      Lanes<Real> seed = step ? Lanes<Real>::load(adjoint + i) : Lanes<Real>(*adjoint);
      if constexpr (root_known) {
        evaluate_operands<0>(tree, leaves, i, point);
        point.value = y ? Lanes<Real>::load(y + i) : Lanes<Real>(Real(0));
      } else {
        evaluate<0>(tree, leaves, i, point);
        seed *= scale;
      }
      pull<0>(tree, point, seed, leaves, totals, i);
    }
    if (rest == 0 || in_tail) break;
    for (int k = 0; k < Tree::leaves; ++k) {
      if (leaves[k].step && leaves[k].value)
        Tail<Real, Tree::leaves>::pad(leaves[k].value, i, rest, tail.values[k]);
      if (leaves[k].mode == Mode::none) continue;
      leaves[k].mode = Mode::store;
      leaves[k].adjoint = tail.adjoints[k];
    }
    if (y) Tail<Real, Tree::leaves>::pad(y, i, rest, tail.values[Tree::leaves]);
    if (step) Tail<Real, Tree::leaves>::pad(adjoint, i, rest, tail.values[Tree::leaves + 1]);
    in_tail = true;
    i = 0;
  }
  for (int k = 0; k < Tree::leaves; ++k) {
    const Mode mode = given[k].mode;
    if (mode == Mode::reduce) {
      Real total = n >= width ? sum(totals[k]) : Real(0);
      for (int j = 0; j < rest; ++j) total += tail.adjoints[k][j];
      *given[k].adjoint += total;
    } else if (mode != Mode::none && rest != 0) {
      Real* const to = given[k].adjoint + (n - rest);
      Lanes<Real> x = Lanes<Real>::load(tail.adjoints[k]);
      if (mode == Mode::add) x += Lanes<Real>::load_first(to, rest);
      x.store_first(to, rest);
    }
  }
}

}  // namespace thalweg::detail
