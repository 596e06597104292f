#pragma once
/// Tensor statements: evaluated in one pass, on the tape as one record, swept in one pass.
///
/// The two fused loops (fused.hpp) are compiled for each form of statement; what is around them,
/// autodiff/statement/statement.cpp, only once: it sees a statement as a `Formula`. The arrays of
/// leaves that the loops are given have the statement's root after those of the tree.

#include "thalweg/autodiff/statement/fused.hpp"

namespace thalweg::detail {

/// What the root of a statement does with its values: the statement's result, or, for a reduced
/// statement, `scale` times their sum over the axes where `form` has size 1.
template <class Real>
struct SumOverAxes {
  Shape form;    // of the full rank
  Shape result;  // `form`, with the reduced axes kept or dropped
  Real scale = 1;
};

/// A statement whose type is forgotten: its leaves, and its loops over one segment of them.
template <class Real>
struct Formula {
  const void* tree;
  int leaves;
  const Shape* shapes[most_operands];
  const Tensor<Real>* tensors[most_operands];  // null where the value is not kept
  Shape (*shape)(const void* tree);  // of the result; throws where operands do not broadcast
  void (*forward)(const void* tree, const Leaf<Real>*, Index n);
  void (*backward)(const void* tree, const Leaf<Real>*, Real scale, Index n);
  /// The name of the innermost op whose value at the first element is not finite.
  const char* (*culprit)(const void* tree, const Leaf<Real>*);
};

/// The values, or their reduction.
template <class Real>
Tensor<Real> evaluate_statement(const Formula<Real>& formula, const SumOverAxes<Real>* reduction,
                                Location where);

/// x̄ₖ += ȳ ∂y/∂xₖ. `y`: the values, or empty if the slopes do not read them.
template <class Real>
void sweep_statement(const Formula<Real>& formula, const Operand* operands, std::uint32_t output,
                     const Tensor<Real>& y, const SumOverAxes<Real>* reduction, Sweep& sweep);

#define THALWEG_DECLARE(Real)                                                                     \
  extern template Tensor<Real> evaluate_statement(const Formula<Real>&, const SumOverAxes<Real>*, \
                                                  Location);                                      \
  extern template void sweep_statement(const Formula<Real>&, const Operand*, std::uint32_t,       \
                                       const Tensor<Real>&, const SumOverAxes<Real>*, Sweep&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

template <class Tree>
using RealOf = typename Tree::Real;

/// The name of the innermost op whose value in lane 0 is not finite; null if all are finite.
template <class Tree, class V>
const char* first_nonfinite(const Tree&, const V&) {
  return nullptr;
}
template <class Op, class... A, class V>
const char* first_nonfinite(const Node<Op, A...>& node, const V& at) {
  const char* culprit = nullptr;
  each_operand<0>(node, [&](auto k, auto, const auto& operand) {
    if (!culprit) culprit = first_nonfinite(operand, element<decltype(k)::value>(at.operands));
  });
  const auto value = at.value[0];
  return culprit || value - value == 0 ? culprit : Op::name;
}
template <class Tree, class Real>
[[gnu::cold]] const char* culprit_of(const void* formula, const Leaf<Real>* leaves) {
  const Tree& tree = *static_cast<const Tree*>(formula);
  Values<Tree, Lanes<Real>> at;
  evaluate<0>(tree, leaves, 0, at);
  return first_nonfinite(tree, at);
}

template <class Real>
const Tensor<Real>* kept_tensor(const Tensor<Real>& leaf) {
  return &leaf;
}
template <class Real>
const Tensor<Real>* kept_tensor(const Kept<Real>& leaf) {
  return &*leaf.tensor;
}
template <class Real>
const Tensor<Real>* kept_tensor(const Dropped<Real>&) {
  return nullptr;
}

/// The tree as a formula without loops.
template <class Tree>
void describe(const Tree& tree, Formula<RealOf<Tree>>& formula) {
  formula.tree = &tree;
  formula.leaves = Tree::leaves;
  each_leaf(tree, [&](const auto& leaf, int k) {
    formula.shapes[k] = &leaf.shape();
    formula.tensors[k] = kept_tensor(leaf);
  });
  formula.shape = [](const void* any) { return shape_of(*static_cast<const Tree*>(any)); };
}

/// The values of `tree`, or their reduction.
template <class Tree>
Tensor<RealOf<Tree>> forward(const Tree& tree, const SumOverAxes<RealOf<Tree>>* reduction,
                             Location where) {
  using Real = RealOf<Tree>;
  static_assert(Tree::leaves < most_operands, "thalweg: more than 31 tensors in a statement");
  Formula<Real> formula;
  describe(tree, formula);
  formula.forward = forward_segment<Tree, Leaf<Real>>;
  formula.culprit = culprit_of<Tree, Real>;
  return evaluate_statement(formula, reduction, where);
}

/// A statement on the tape. `Tree` holds what the backward pass reads.
template <class Tree, bool reduced>
class StatementRecord final : public Record {
 public:
  using Real = typename Tree::Real;

  StatementRecord(const char* op, Location line, const Operand* operands, Tree tree, Saved<Real> y,
                  const SumOverAxes<Real>* reduction)
      : Record(op, line), tree_(std::move(tree)), y_(std::move(y)) {
    for (int k = 0; k < Tree::leaves; ++k) operands_[k] = operands[k];
    if constexpr (reduced) {
      reduction_.form = reduction->form;
      reduction_.scale = reduction->scale;
    }
  }

  std::span<const Operand> operands() const override { return operands_; }

  void pull(Sweep& sweep) const override {
    Formula<Real> formula;
    describe(tree_, formula);
    formula.backward = backward_segment<!reduced, Tree, Leaf<Real>>;
    const SumOverAxes<Real>* reduction = nullptr;
    if constexpr (reduced) reduction = &reduction_;
    sweep_statement(formula, operands_, output, *y_, reduction, sweep);
  }

 private:
  Operand operands_[Tree::leaves];
  Tree tree_;
  Saved<Real> y_;
  struct Nothing {};
  [[no_unique_address]] std::conditional_t<reduced, SumOverAxes<Real>, Nothing> reduction_;
};

template <class Tree>
inline constexpr bool root_reads_output = false;
template <class Op, class... A>
inline constexpr bool root_reads_output<Node<Op, A...>> = reads_output<Op, int(sizeof...(A))>;

/// Puts y, the values of `tree` or their reduction, on the tape if a leaf is active.
template <bool reduced, class Tree>
Tensor<RealOf<Tree>> record_statement(const Tree& tree, Tensor<RealOf<Tree>> y,
                                      const SumOverAxes<RealOf<Tree>>* reduction, const char* name,
                                      Location where) {
  using Real = RealOf<Tree>;
  if (!recorder) {
    std::uint32_t on_tapes = 0;
    each_leaf(tree, [&](const auto& leaf, int) { on_tapes |= leaf.place().generation; });
    if (on_tapes == 0) return y;
  }
  Operand operands[Tree::leaves];
  each_leaf(tree, [&](const auto& leaf, int k) { operands[k] = Operand(leaf); });
  if (reduced && traps()) check_finite(y, name, operands, where);
  if (!any_active(operands, y.body())) return y;
  auto saved = [&] {
    if constexpr (requires { tree.op; })
      return save<false, !reduced>(tree);
    else
      return save<false>(tree);
  }();
  using Type = StatementRecord<decltype(saved), reduced>;
  Saved<Real> kept = !reduced && root_reads_output<Tree> ? Saved<Real>(y) : Saved<Real>();
  append(new (record_memory(sizeof(Type)))
             Type(name, where, operands, std::move(saved), std::move(kept), reduction),
         y.body());
  return y;
}

/// Evaluates `tree`, reduces it, and records it.
template <bool reduced, class Tree>
Tensor<RealOf<Tree>> run_statement(const Tree& tree, const SumOverAxes<RealOf<Tree>>* reduction,
                                   const char* name, Location where) {
  return record_statement<reduced>(tree, forward(tree, reduction, where), reduction, name, where);
}

}  // namespace thalweg::detail
