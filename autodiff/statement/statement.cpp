#include "thalweg/autodiff/statement/statement.hpp"

#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/tensor/channels_last.hpp"

namespace thalweg::detail {
namespace {

// Elements per segment. A sum is made of one partial sum per segment, which keeps its error small.
constexpr Index segment_length = 8192;

// Where the leaves, and one more operand, the root, lie in a space.
template <class Real>
void prepare(const Formula<Real>& formula, Space& space, Shape& full, const Shape* root) {
  const Shape* shapes[most_operands];
  for (int k = 0; k < formula.leaves; ++k) shapes[k] = formula.shapes[k];
  if (!same_or_single(shapes, formula.leaves, full)) full = formula.shape(formula.tree);
  shapes[formula.leaves] = root ? root : &full;
  make_space(space, full, shapes, formula.leaves + 1);
}

// Cuts a space into parts for threads: along its rows, or along the only row.
struct Work {
  explicit Work(const Space& space)
      : by_rows(space.rows > 1),
        items(by_rows ? space.rows : space.length),
        parts(space.rows * space.length <= kernels::grain_of(1)
                  ? kernels::Parts{1, items}
                  : kernels::split(items, kernels::grain_of(by_rows ? space.length : 1),
                                   by_rows ? 1 : 64)) {}
  bool by_rows;
  Index items;
  kernels::Parts parts;

  // f(row, first element, elements, part), segment by segment.
  template <class F>
  void run(const Space& space, F&& f) const {
    auto part = [&](Index number) {
      const Index begin = number * parts.size;
      const Index end = begin + parts.size < items ? begin + parts.size : items;
      const Index first_row = by_rows ? begin : 0;
      const Index last_row = by_rows ? end : 1;
      const Index from = by_rows ? 0 : begin;
      const Index to = by_rows ? space.length : end;
      for (Index row = first_row; row < last_row; ++row)
        for (Index at = from; at < to; at += segment_length)
          f(row, at, at + segment_length < to ? segment_length : to - at, number);
    };
    if (items == 0) return;
    if (parts.count == 1) return part(0);
    kernels::run_parts(
        parts.count,
        [](void* context, Index number) { (*static_cast<decltype(part)*>(context))(number); },
        &part);
  }
};

// Adds `count` arrays of `size` elements, one after the other, to y.
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

// ---- Channels-last: where all tensors lie so, a statement runs over them as over any other. ----

template <class Real>
bool lies_so(const Tensor<Real>* x) {
  return x && is_channels_last(*x);
}

// Is each leaf a single number, or of the full shape and channels-last; one at least of these?
template <class Real>
bool all_channels_last(const Formula<Real>& formula, const Shape& full) {
  bool any = false;
  for (int k = 0; k < formula.leaves; ++k) {
    if (lies_so(formula.tensors[k]) && *formula.shapes[k] == full)
      any = true;
    else if (formula.shapes[k]->size() != 1)
      return false;
  }
  return any;
}

// The same for what the backward pass reads; the root's adjoint counts, too.
template <class Real>
bool sweeps_channels_last(const Formula<Real>& formula, const Shape& full, const Tensor<Real>& y,
                          bool adjoint_lies_so) {
  bool any = adjoint_lies_so || is_channels_last(y);
  if (y.body() && !is_channels_last(y)) return false;
  for (int k = 0; k < formula.leaves; ++k) {
    if (*formula.shapes[k] == full) {
      if (formula.tensors[k] && !lies_so(formula.tensors[k])) return false;
      any |= lies_so(formula.tensors[k]);
    } else if (formula.shapes[k]->size() != 1) {
      return false;
    }
  }
  return any;
}

template <class Real>
const Real* values_of(const Tensor<Real>* x, bool channels_last) {
  if (!x) return nullptr;
  return channels_last && is_channels_last(*x)
             ? static_cast<const Real*>(x->body()->channels_last.data())
             : x->data();
}

// Throws NonfiniteError for the first element whose value is not finite.
template <class Real>
[[gnu::cold, gnu::noinline]] void trap_segment(const Formula<Real>& formula,
                                               const Leaf<Real>* leaves, Index n, Location where) {
  for (Index i = 0; i < n; ++i) {
    Leaf<Real> one[most_operands];
    for (int k = 0; k < formula.leaves; ++k)
      one[k] = {leaves[k].value + (leaves[k].step ? i : 0), nullptr, false, Mode::none};
    Real value;
    formula.forward(formula.tree, one, &value, Mode::store, 1);
    if (value - value == 0) continue;
    const char* const op = formula.culprit(formula.tree, one);
    throw_nonfinite(op ? op : "operand", "value", double(value), where,
                    std::span(formula.shapes, static_cast<std::size_t>(formula.leaves)));
  }
}

// The adjoint of the root, and its values where they are read.
template <class Real>
struct Root {
  const Real* y;
  const Real* adjoint;
  bool step;
  Real scale;
};

// `parts[k]`, if there, holds the adjoint of leaf k once per part.
template <class Real>
void sweep_parts(const Formula<Real>& formula, const Space& space, const Work& work,
                 const Root<Real>& root, const Leaf<Real>* base, Real* const* parts,
                 const Operand* operands) {
  work.run(space, [&](Index row, Index at, Index n, Index part) {
    Leaf<Real> leaves[most_operands];
    for (int k = 0; k < formula.leaves; ++k) {
      leaves[k] = base[k];
      if (parts && parts[k]) leaves[k].adjoint = parts[k] + part * operands[k].size;
      leaves[k].advance((space.axes ? space.offset(k, row) : 0) + (base[k].step ? at : 0));
    }
    const Index from = (space.axes ? space.offset(formula.leaves, row) : 0) + (root.step ? at : 0);
    formula.backward(formula.tree, leaves, root.y ? root.y + from : nullptr, root.adjoint + from,
                     root.step, root.scale, n);
  });
}

// Where leaves are broadcast each thread adds to adjoints of its own; these are added in order.
template <class Real>
[[gnu::noinline]] void sweep_apart(const Formula<Real>& formula, const Space& space,
                                   const Work& work, const Root<Real>& root, const Leaf<Real>* base,
                                   const bool* partial, const Operand* operands) {
  Buffer buffers[most_operands];
  Real* parts[most_operands] = {};
  for (int k = 0; k < formula.leaves; ++k)
    if (partial[k]) parts[k] = zeros<Real>(buffers[k], operands[k].size * work.parts.count);
  sweep_parts<Real>(formula, space, work, root, base, parts, operands);
  for (int k = 0; k < formula.leaves; ++k)
    if (parts[k]) add_parts(base[k].adjoint, parts[k], operands[k].size, work.parts.count);
}

}  // namespace

template <class Real>
Tensor<Real> evaluate_statement(const Formula<Real>& formula, const Reduction<Real>* reduction,
                                Location where) {
  Space space;
  Shape full;
  prepare(formula, space, full, reduction ? &reduction->form : nullptr);
  const bool flat = (!reduction || reduction->form.size() == 1) && all_channels_last(formula, full);
  Tensor<Real> result = flat && !reduction
                            ? make_channels_last<Real>(full)
                            : Tensor<Real>::uninitialised(reduction ? reduction->result : full);
  Real* const out = flat && !reduction ? channels_last_data(result) : result.unshared_data();
  const Index size = result.size();
  if (reduction) std::memset(out, 0, static_cast<std::size_t>(size) * sizeof(Real));

  Leaf<Real> base[most_operands];
  for (int k = 0; k < formula.leaves; ++k)
    base[k] = {values_of(formula.tensors[k], flat), nullptr, space.step[k] != 0, Mode::none};
  const int root = formula.leaves;
  const Mode mode = !reduction ? Mode::store : space.step[root] ? Mode::add : Mode::reduce;
  const Work work(space);
  Buffer buffer;  // parts of a reduction, one per thread
  const bool apart = reduction && work.parts.count > 1;
  Real* const parts = apart ? zeros<Real>(buffer, size * work.parts.count) : nullptr;
  const bool trapping = traps();

  work.run(space, [&](Index row, Index at, Index n, Index part) {
    Leaf<Real> leaves[most_operands];
    for (int k = 0; k < formula.leaves; ++k) {
      leaves[k] = base[k];
      leaves[k].advance((space.axes ? space.offset(k, row) : 0) + (base[k].step ? at : 0));
    }
    Real* to = (apart ? parts + part * size : out) + (space.axes ? space.offset(root, row) : 0) +
               (space.step[root] ? at : 0);
    if (trapping) trap_segment(formula, leaves, n, where);
    formula.forward(formula.tree, leaves, to, mode, n);
  });

  if (apart) add_parts(out, parts, size, work.parts.count);
  if (reduction && reduction->scale != Real(1))
    for (Index k = 0; k < size; ++k) out[k] *= reduction->scale;
  return result;
}

template <class Real>
void sweep_statement(const Formula<Real>& formula, const Operand* operands, std::uint32_t output,
                     const Tensor<Real>& y, const Reduction<Real>* reduction, Sweep& sweep) {
  Space space;
  Shape full;
  prepare(formula, space, full, reduction ? &reduction->form : nullptr);
  const Index size = full.size();
  const bool flat = (!reduction || reduction->form.size() == 1) &&
                    sweeps_channels_last(formula, full, y, sweep.lies_channels_last(output));
  const ChannelsLast order = flat ? channels_last_of(full) : ChannelsLast{};
  const Real* const adjoint = sweep.adjoint<Real>(output, reduction ? ChannelsLast{} : order);
  Leaf<Real> base[most_operands];
  bool partial[most_operands];  // broadcast: threads must not add to it at the same time
  for (int k = 0; k < formula.leaves; ++k) {
    const bool step = space.step[k] != 0, dense = operands[k].size == size && step;
    const bool in_place =
        !reduction && dense && *formula.shapes[k] == full && sweep.reuse(output, operands[k]);
    Target<Real> to =
        dense ? sweep.into<Real>(operands[k], order) : sweep.zeroed<Real>(operands[k]);
    if (in_place) to.accumulate = false;
    partial[k] = to && !dense;
    base[k] = {values_of(formula.tensors[k], flat), to.data, step, Mode::none};
    if (!to) continue;
    base[k].mode = !step ? Mode::reduce : dense && !to.accumulate ? Mode::store : Mode::add;
  }
  const Work work(space);
  const Root<Real> root{values_of(y.body() ? &y : nullptr, flat), adjoint,
                        space.step[formula.leaves] != 0, reduction ? reduction->scale : Real(1)};
  if (work.parts.count <= 1)
    sweep_parts<Real>(formula, space, work, root, base, nullptr, operands);
  else
    sweep_apart(formula, space, work, root, base, partial, operands);
}

template Tensor<float> evaluate_statement(const Formula<float>&, const Reduction<float>*, Location);
template Tensor<double> evaluate_statement(const Formula<double>&, const Reduction<double>*,
                                           Location);
template void sweep_statement(const Formula<float>&, const Operand*, std::uint32_t,
                              const Tensor<float>&, const Reduction<float>*, Sweep&);
template void sweep_statement(const Formula<double>&, const Operand*, std::uint32_t,
                              const Tensor<double>&, const Reduction<double>*, Sweep&);

}  // namespace thalweg::detail
