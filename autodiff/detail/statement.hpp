#pragma once
/// Tensor statements: evaluated in one pass, on the tape as one record, swept in one pass.

#include "autodiff/detail/fused.hpp"

namespace thalweg::detail {

/// What the root of a statement does with its values: the statement's result, or, for a reduced
/// statement, `scale` times their sum over the axes where `form` has size 1.
template <class Real>
struct Reduction {
  Shape form;    // of the full rank
  Shape result;  // `form`, with the reduced axes kept or dropped
  Real scale = 1;
};

template <class Tree>
using RealOf = typename Tree::Real;

/// Adds `count` arrays of `size` elements, one after the other, to y.
template <class Real>
void add_parts(Real* y, const Real* parts, Index size, Index count) {
  for (Index part = 0; part < count; ++part)
    for (Index k = 0; k < size; ++k) y[k] += parts[part * size + k];
}

template <class Real>
Real* zeros(Buffer& buffer, Index size) {
  buffer = Buffer(static_cast<std::size_t>(size) * sizeof(Real));
  std::memset(buffer.data(), 0, static_cast<std::size_t>(size) * sizeof(Real));
  return static_cast<Real*>(buffer.data());
}

/// The name of the innermost op whose value in lane `lane` is not finite; null if all are finite.
template <class Tree, class P>
const char* first_nonfinite(const Tree&, const P&, int) {
  return nullptr;
}
template <class Op, class... A, class P>
const char* first_nonfinite(const Node<Op, A...>& node, const P& point, int lane) {
  const char* culprit = nullptr;
  each_operand<0>(node, [&](auto k, auto, const auto& operand) {
    if (!culprit)
      culprit = first_nonfinite(operand, std::get<decltype(k)::value>(point.operands), lane);
  });
  const auto value = point.value[lane];
  return culprit || value - value == 0 ? culprit : Op::name;
}

template <class Tree, class Real>
[[gnu::cold, gnu::noinline]] void trap_segment(const Tree& tree, const Leaf<Real>* leaves, Index n,
                                               Location where) {
  for (Index i = 0; i < n; ++i) {
    Real values[Tree::leaves][Lanes<Real>::width];
    Leaf<Real> one[Tree::leaves];
    for (int k = 0; k < Tree::leaves; ++k) {
      values[k][0] = leaves[k].value[leaves[k].step ? i : 0];
      one[k].value = values[k];
    }
    Point<Tree, Lanes<Real>> point;
    evaluate<0>(tree, static_cast<const Leaf<Real>*>(one), 0, point);
    if (const Real value = point.value[0]; !(value - value == 0)) {
      const char* const op = first_nonfinite(tree, point, 0);
      const Shape* shapes[Tree::leaves];
      each_leaf(tree, [&](const auto& leaf, int k) { shapes[k] = &leaf.shape(); });
      throw_nonfinite(op ? op : "operand", "value", double(value), where,
                      std::span<const Shape* const>(shapes));
    }
  }
}

/// The values of `tree`, or their reduction.
template <class Tree>
Tensor<RealOf<Tree>> forward(const Tree& tree, const Reduction<RealOf<Tree>>* reduction,
                             Location where) {
  using Real = RealOf<Tree>;
  Space space;
  Shape full;
  prepare(tree, space, full, reduction ? &reduction->form : nullptr);
  Tensor<Real> result = Tensor<Real>::uninitialised(reduction ? reduction->result : full);
  Real* const out = result.unshared_data();
  const Index size = result.size();
  if (reduction) std::memset(out, 0, static_cast<std::size_t>(size) * sizeof(Real));

  Leaf<Real> base[Tree::leaves];
  each_leaf(tree, [&](const auto& leaf, int k) { base[k].value = leaf.data(); });
  for (int k = 0; k < Tree::leaves; ++k) base[k].step = space.step[k] != 0;
  constexpr int root = Tree::leaves;
  const Mode mode = !reduction ? Mode::store : space.step[root] ? Mode::add : Mode::reduce;
  const Work work(space);
  Buffer buffer;  // parts of a reduction, one per thread
  const bool apart = reduction && work.parts.count > 1;
  Real* const parts = apart ? zeros<Real>(buffer, size * work.parts.count) : nullptr;
  const bool trapping = traps();

  work.run(space, [&](Index row, Index at, Index n, Index part) {
    Leaf<Real> leaves[Tree::leaves];
    for (int k = 0; k < Tree::leaves; ++k) {
      leaves[k] = base[k];
      leaves[k].advance((space.axes ? space.offset(k, row) : 0) + (base[k].step ? at : 0));
    }
    Real* to = (apart ? parts + part * size : out) + (space.axes ? space.offset(root, row) : 0) +
               (space.step[root] ? at : 0);
    if (trapping) trap_segment(tree, leaves, n, where);
    const Lanes<Real> total =
        forward_segment(tree, static_cast<const Leaf<Real>*>(leaves), to, mode, n);
    if (mode == Mode::reduce) *to += sum(total);
  });

  if (apart) add_parts(out, parts, size, work.parts.count);
  if (reduction && reduction->scale != Real(1))
    for (Index k = 0; k < size; ++k) out[k] *= reduction->scale;
  return result;
}

/// A statement on the tape. `Tree` holds what the backward pass reads.
template <class Tree, bool reduced>
class StatementRecord final : public Record {
 public:
  using Real = typename Tree::Real;

  StatementRecord(const char* op, Location line, const Operand* operands, Tree tree, Saved<Real> y,
                  const Reduction<Real>* reduction)
      : Record(op, line), tree_(std::move(tree)), y_(std::move(y)) {
    for (int k = 0; k < Tree::leaves; ++k) operands_[k] = operands[k];
    if constexpr (reduced) {
      reduction_.form = reduction->form;
      reduction_.scale = reduction->scale;
    }
  }

  std::span<const Operand> operands() const override { return operands_; }

  void pull(Sweep& sweep) const override {
    Space space;
    const Shape* form = nullptr;
    Real scale = 1;
    if constexpr (reduced) {
      form = &reduction_.form;
      scale = reduction_.scale;
    }
    Shape full;
    prepare(tree_, space, full, form);
    const Index size = full.size();
    Leaf<Real> base[Tree::leaves];
    bool partial[Tree::leaves];  // broadcast: threads must not add to it at the same time
    each_leaf(tree_, [&](const auto& leaf, int k) { base[k].value = leaf.data(); });
    for (int k = 0; k < Tree::leaves; ++k) {
      base[k].step = space.step[k] != 0;
      const bool dense = operands_[k].size == size && base[k].step;
      const Target<Real> to =
          dense ? sweep.into<Real>(operands_[k]) : sweep.zeroed<Real>(operands_[k]);
      partial[k] = to && !dense;
      if (!to) continue;
      base[k].adjoint = to.data;
      base[k].mode = !base[k].step             ? Mode::reduce
                     : dense && !to.accumulate ? Mode::store
                                               : Mode::add;
    }
    const Work work(space);
    const Seed seed{sweep.adjoint<Real>(output), space.step[root] != 0, scale};
    if (work.parts.count <= 1)
      sweep_parts(space, work, seed, base, nullptr);
    else
      sweep_apart(space, work, seed, base, partial);
  }

 private:
  static constexpr int root = Tree::leaves;

  /// The adjoint of the root.
  struct Seed {
    const Real* adjoint;
    bool step;
    Real scale;
  };

  /// `parts[k]`, if there, holds the adjoint of leaf k once per part.
  void sweep_parts(const Space& space, const Work& work, const Seed& seed, const Leaf<Real>* base,
                   Real* const* parts) const {
    work.run(space, [&](Index row, Index at, Index n, Index part) {
      Leaf<Real> leaves[Tree::leaves];
      for (int k = 0; k < Tree::leaves; ++k) {
        leaves[k] = base[k];
        if (parts && parts[k]) leaves[k].adjoint = parts[k] + part * operands_[k].size;
        leaves[k].advance((space.axes ? space.offset(k, row) : 0) + (base[k].step ? at : 0));
      }
      const Index from = (space.axes ? space.offset(root, row) : 0) + (seed.step ? at : 0);
      backward_segment<!reduced>(tree_, static_cast<const Leaf<Real>*>(leaves),
                                 y_->body() ? y_.data() + from : nullptr, seed.adjoint + from,
                                 seed.step, seed.scale, n);
    });
  }

  /// Where leaves are broadcast each thread adds to adjoints of its own; these are added in order.
  [[gnu::noinline]] void sweep_apart(const Space& space, const Work& work, const Seed& seed,
                                     const Leaf<Real>* base, const bool* partial) const {
    Buffer buffers[Tree::leaves];
    Real* parts[Tree::leaves] = {};
    for (int k = 0; k < Tree::leaves; ++k)
      if (partial[k]) parts[k] = zeros<Real>(buffers[k], operands_[k].size * work.parts.count);
    sweep_parts(space, work, seed, base, parts);
    for (int k = 0; k < Tree::leaves; ++k)
      if (parts[k]) add_parts(base[k].adjoint, parts[k], operands_[k].size, work.parts.count);
  }

  Operand operands_[Tree::leaves];
  Tree tree_;
  Saved<Real> y_;
  struct Nothing {};
  [[no_unique_address]] std::conditional_t<reduced, Reduction<Real>, Nothing> reduction_;
};

template <class Tree>
inline constexpr bool root_reads_output = false;
template <class Op, class... A>
inline constexpr bool root_reads_output<Node<Op, A...>> = reads_output<Op, int(sizeof...(A))>;

/// Puts y, the values of `tree` or their reduction, on the tape if a leaf is active.
template <bool reduced, class Tree>
Tensor<RealOf<Tree>> record_statement(const Tree& tree, Tensor<RealOf<Tree>> y,
                                      const Reduction<RealOf<Tree>>* reduction, const char* name,
                                      Location where) {
  using Real = RealOf<Tree>;
  static_assert(Tree::leaves < most_operands, "thalweg: more than 31 tensors in a statement");
  if (!recorder) return y;
  Operand operands[Tree::leaves];
  each_leaf(tree, [&](const auto& leaf, int k) { operands[k] = Operand(leaf); });
  if (reduced && traps()) check_finite(y, name, operands, where);
  if (!any_active(operands)) return y;
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
Tensor<RealOf<Tree>> run_statement(const Tree& tree, const Reduction<RealOf<Tree>>* reduction,
                                   const char* name, Location where) {
  return record_statement<reduced>(tree, forward(tree, reduction, where), reduction, name, where);
}

}  // namespace thalweg::detail
