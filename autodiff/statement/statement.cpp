#include "thalweg/autodiff/statement/statement.hpp"

#include <algorithm>
#include <cstring>

#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/kernels/long_sums.hpp"
#include "thalweg/autodiff/tensor/channels_last.hpp"

namespace thalweg::detail {
namespace {

// Elements per segment: few enough for a part of the cache.
constexpr Index segment_length = 8192;

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

  // f(part, each) for every part: each(g) calls g(row, first element, elements) segment by segment.
  template <class F>
  void run(const Space& space, F&& f) const {
    auto part = [&](Index number) {
      const Index begin = number * parts.size;
      const Index end = begin + parts.size < items ? begin + parts.size : items;
      const Index first_row = by_rows ? begin : 0;
      const Index last_row = by_rows ? end : 1;
      const Index from = by_rows ? 0 : begin;
      const Index to = by_rows ? space.length : end;
      f(number, [=](auto&& g) {
        for (Index row = first_row; row < last_row; ++row)
          for (Index at = from; at < to; at += segment_length)
            g(row, at, at + segment_length < to ? segment_length : to - at);
      });
    };
    if (items == 0) return;
    if (parts.count == 1) return part(0);
    kernels::run_parts(
        parts.count,
        [](void* context, Index number) { (*static_cast<decltype(part)*>(context))(number); },
        &part);
  }
};

// The sums of an operand that is smaller than the space: an array for each part, which the loops
// add to. Where its elements take many terms, what has come together moves on now and then to a
// long sum (kernels/long_sums.hpp), in two more arrays.
template <class Real>
class Sums {
 public:
  Sums() = default;
  Sums(Index size, Index parts, bool many)
      : size_(size),
        parts_(parts),
        stride_(many ? 3 * size : size),
        buffer_(static_cast<std::size_t>(stride_ * parts) * sizeof(Real)) {
    std::memset(buffer_.data(), 0, static_cast<std::size_t>(stride_ * parts) * sizeof(Real));
  }

  explicit operator bool() const { return parts_ != 0; }
  bool many() const { return stride_ != size_; }
  Real* terms(Index part) { return static_cast<Real*>(buffer_.data()) + part * stride_; }

  void fold(Index part, Index begin, Index end) {
    Real* const __restrict x = terms(part);
    Real* const __restrict s = x + size_;
    Real* const __restrict e = s + size_;
    for (Index k = begin; k < end; ++k) {
      kernels::add_term(s[k], e[k], x[k]);
      x[k] = 0;
    }
  }

  // Adds the sums of all parts, one after the other, to y.
  void add_to(Real* y) {
    for (Index part = 0; part < parts_; ++part) {
      if (many()) fold(part, 0, size_);
      const Real* const x = terms(part);
      const Real *const s = x + size_, *const e = s + size_;
      if (many())
        for (Index k = 0; k < size_; ++k) y[k] += kernels::sum_of(s[k], e[k]);
      else
        for (Index k = 0; k < size_; ++k) y[k] += x[k];
    }
  }

 private:
  Index size_ = 0, parts_ = 0, stride_ = 0;
  Storage buffer_;
};

// What a part has added to some sums since it last folded them.
struct Touched {
  Index begin = 0, end = 0, terms = 0;

  // `count` terms more, in elements from `at` on, of which there are `size`.
  template <class Real>
  void note(Sums<Real>& sums, Index part, Index at, Index size, Index count) {
    if (terms == 0 || at < begin) begin = at;
    if (terms == 0 || at + size > end) end = at + size;
    terms += count;
    if (terms < kernels::plain_terms * (end - begin)) return;
    sums.fold(part, begin, end);
    terms = 0;
  }
};

// Do the elements of an operand of `size` elements take more terms than it is good to add up?
inline bool takes_many(const Space& space, Index size, bool steps) {
  const Index terms = steps ? space.length : space.length / segment_length + 1;
  return space.rows * terms > kernels::plain_terms * size;
}

// Does everything of the full shape that is read or asked for lie channels-last, one at least of
// these, and is all else a single number? Then a loop runs over that order as over any other.
// `y`: the root's values, where they are read.
template <class Real>
bool all_channels_last(const Formula<Real>& formula, const Shape& full, const Tensor<Real>* y,
                       bool adjoint_is) {
  bool any = adjoint_is;
  const auto fits = [&](const Tensor<Real>* x) {
    if (!x) return true;  // not read
    any = true;
    return is_channels_last(*x);
  };
  if (!fits(y)) return false;
  for (int k = 0; k < formula.leaves; ++k) {
    const bool whole = *formula.shapes[k] == full;
    if (whole ? !fits(formula.tensors[k]) : formula.shapes[k]->size() != 1) return false;
  }
  return any;
}

// Where the numbers of a statement lie: settled before the loop, which then does not ask.
template <class Real>
struct Layout {
  Space space;  // of the leaves, and of the root after them
  Shape full;
  ChannelsLast order;  // of what has the full shape; row-major where it has no channels
  Leaf<Real> leaves[most_operands + 1];

  Layout(const Formula<Real>& formula, const SumOverAxes<Real>* reduction, const Tensor<Real>* y,
         bool adjoint_is_channels_last) {
    if (!lies_flat(formula, reduction)) {
      const Shape* shapes[most_operands];
      for (int k = 0; k < formula.leaves; ++k) shapes[k] = formula.shapes[k];
      if (!same_or_single(shapes, formula.leaves, full)) full = formula.shape(formula.tree);
      shapes[formula.leaves] = reduction ? &reduction->form : &full;
      make_space(space, full, shapes, formula.leaves + 1);
    }
    if ((!reduction || reduction->form.size() == 1) &&
        all_channels_last(formula, full, y, adjoint_is_channels_last))
      order = channels_last_of(full);
    for (int k = 0; k < formula.leaves; ++k)
      leaves[k] = {values(formula.tensors[k]), nullptr, space.step[k] != 0, Mode::none};
  }

  const Real* values(const Tensor<Real>* x) const {
    if (!x) return nullptr;
    return order.channels != 0 && is_channels_last(*x)
               ? static_cast<const Real*>(x->body()->channels_last.data())
               : x->data();
  }
  // One segment for one thread: a loop runs over the leaves as they are.
  bool one_segment() const {
    return space.rows == 1 && space.length <= segment_length &&
           space.length <= kernels::grain_of(1);
  }
  // How far operand k is on at an element of a row.
  Index offset(int k, Index row, Index at) const {
    return (space.axes ? space.offset(k, row) : 0) + (space.step[k] ? at : 0);
  }

 private:
  // The usual statement: leaves of one shape, not reduced or to one number. Its space is a row.
  bool lies_flat(const Formula<Real>& formula, const SumOverAxes<Real>* reduction) {
    const Shape& first = *formula.shapes[0];
    for (int k = 1; k < formula.leaves; ++k)
      if (formula.shapes[k] != &first && !(*formula.shapes[k] == first)) return false;
    const Index total = first.size();
    if (total == 0 || (reduction && reduction->form.size() != 1)) return false;
    full = first;
    space.length = total;
    space.rows = 1;
    space.axes = 0;
    for (int k = 0; k < formula.leaves; ++k) space.step[k] = total != 1;
    space.step[formula.leaves] = total != 1 && !reduction;
    return true;
  }
};

// Throws NonfiniteError for the first element whose value is not finite.
template <class Real>
[[gnu::cold, gnu::noinline]] void trap_segment(const Formula<Real>& formula,
                                               const Leaf<Real>* leaves, Index n, Location where) {
  for (Index i = 0; i < n; ++i) {
    Leaf<Real> one[most_operands + 1];
    for (int k = 0; k < formula.leaves; ++k)
      one[k] = {leaves[k].value + (leaves[k].step ? i : 0), nullptr, false, Mode::none};
    Real value;
    one[formula.leaves] = {nullptr, &value, true, Mode::store};
    formula.forward(formula.tree, one, 1);
    if (value - value == 0) continue;
    const char* const op = formula.culprit(formula.tree, one);
    throw_nonfinite(op ? op : "operand", "value", double(value), where,
                    std::span(formula.shapes, static_cast<std::size_t>(formula.leaves)));
  }
}

// The backward pass over all elements. `base`: the leaves, the root and its adjoint at the first.
template <class Real>
void sweep_parts(const Formula<Real>& formula, const Layout<Real>& layout, const Work& work,
                 const Leaf<Real>* base, Real scale) {
  const int root = formula.leaves;
  work.run(layout.space, [&](Index, auto&& each) {
    each([&](Index row, Index at, Index n) {
      Leaf<Real> leaves[most_operands + 2];
      for (int k = 0; k < root + 2; ++k) {
        leaves[k] = base[k];
        leaves[k].advance(layout.offset(k < root ? k : root, row, at));
      }
      formula.backward(formula.tree, leaves, scale, n);
    });
  });
}

// The same where leaves are broadcast that take many terms, or from several threads: each part adds
// to sums of its own; these are added in order.
template <class Real>
[[gnu::noinline]] void sweep_apart(const Formula<Real>& formula, const Layout<Real>& layout,
                                   const Work& work, const Leaf<Real>* base, Real scale,
                                   Sums<Real>* sums) {
  const int root = formula.leaves;
  work.run(layout.space, [&](Index part, auto&& each) {
    Touched touched[most_operands];
    each([&](Index row, Index at, Index n) {
      Leaf<Real> leaves[most_operands + 2];
      Index offsets[most_operands + 1];
      for (int k = 0; k <= root; ++k) offsets[k] = layout.offset(k, row, at);
      for (int k = 0; k < root + 2; ++k) {
        leaves[k] = base[k];
        if (k < root && sums[k]) leaves[k].adjoint = sums[k].terms(part);
        leaves[k].advance(offsets[k < root ? k : root]);
      }
      formula.backward(formula.tree, leaves, scale, n);
      for (int k = 0; k < root; ++k)
        if (sums[k] && sums[k].many())
          touched[k].note(sums[k], part, offsets[k], base[k].step ? n : 1, base[k].step ? n : 1);
    });
  });
  for (int k = 0; k < root; ++k)
    if (sums[k]) sums[k].add_to(base[k].adjoint);
}

// The values over all elements, segment by segment. `out`: the result's `size` numbers, 0 where
// they are sums.
template <class Real>
[[gnu::noinline]] void evaluate_parts(const Formula<Real>& formula, const Layout<Real>& layout,
                                      Real* out, Index size, Mode mode, Location where) {
  const Space& space = layout.space;
  const int root = formula.leaves;
  const bool steps = space.step[root] != 0, reduced = mode != Mode::store;
  const Work work(space);
  const bool many = reduced && takes_many(space, size, steps);
  Sums<Real> sums;
  if (reduced && (many || work.parts.count > 1))
    sums = Sums<Real>(size, std::max<Index>(1, work.parts.count), many);
  const bool trapping = traps();

  work.run(space, [&](Index part, auto&& each) {
    Touched touched;
    each([&](Index row, Index at, Index n) {
      Leaf<Real> leaves[most_operands + 1];
      for (int k = 0; k < root; ++k) {
        leaves[k] = layout.leaves[k];
        leaves[k].advance(layout.offset(k, row, at));
      }
      const Index offset = layout.offset(root, row, at);
      leaves[root] = {nullptr, (sums ? sums.terms(part) : out) + offset, true, mode};
      if (trapping) trap_segment(formula, leaves, n, where);
      formula.forward(formula.tree, leaves, n);
      if (many) touched.note(sums, part, offset, steps ? n : 1, steps ? n : 1);
    });
  });

  if (sums) sums.add_to(out);
}

}  // namespace

template <class Real>
Tensor<Real> evaluate_statement(const Formula<Real>& formula, const SumOverAxes<Real>* reduction,
                                Location where) {
  Layout<Real> layout(formula, reduction, nullptr, false);
  const int root = formula.leaves;
  const bool channels_last = !reduction && layout.order.channels != 0;
  Tensor<Real> result =
      channels_last ? make_channels_last<Real>(layout.full)
                    : Tensor<Real>::uninitialised(reduction ? reduction->result : layout.full);
  Real* const out = channels_last ? channels_last_data(result) : result.unshared_data();
  const Index size = result.size();
  if (reduction) std::memset(out, 0, static_cast<std::size_t>(size) * sizeof(Real));

  const bool steps = layout.space.step[root] != 0;
  const Mode mode = !reduction ? Mode::store : steps ? Mode::add : Mode::reduce;
  if (layout.one_segment() && !traps()) {
    layout.leaves[root] = {nullptr, out, true, mode};
    formula.forward(formula.tree, layout.leaves, layout.space.length);
  } else {
    evaluate_parts(formula, layout, out, size, mode, where);
  }
  if (reduction && reduction->scale != Real(1))
    for (Index k = 0; k < size; ++k) out[k] *= reduction->scale;
  return result;
}

template <class Real>
void sweep_statement(const Formula<Real>& formula, const Operand* operands, std::uint32_t output,
                     const Tensor<Real>& y, const SumOverAxes<Real>* reduction, Sweep& sweep) {
  const Tensor<Real>* const values = y.body() ? &y : nullptr;
  const Layout<Real> layout(formula, reduction, values, sweep.is_channels_last(output));
  const int root = formula.leaves;
  const Index size = layout.full.size();
  const bool root_steps = layout.space.step[root] != 0;
  const ChannelsLast root_order = reduction ? ChannelsLast{} : layout.order;
  const Real* const adjoint = sweep.adjoint<Real>(output, root_order);

  Leaf<Real> base[most_operands + 2];
  bool partial[most_operands];  // broadcast: several elements are added up in one
  for (int k = 0; k < root; ++k) {
    base[k] = layout.leaves[k];
    const bool step = base[k].step, dense = operands[k].size == size && step;
    const bool in_place = !reduction && dense && *formula.shapes[k] == layout.full &&
                          sweep.reuse(output, operands[k]);
    Target<Real> to =
        dense ? sweep.into<Real>(operands[k], layout.order) : sweep.zeroed<Real>(operands[k]);
    if (in_place) to.accumulate = false;
    partial[k] = to && !dense;
    if (!to) continue;
    base[k].adjoint = to.data;
    base[k].mode = !step ? Mode::reduce : dense && !to.accumulate ? Mode::store : Mode::add;
  }
  base[root] = {layout.values(values), nullptr, root_steps, Mode::none};
  base[root + 1] = {adjoint, nullptr, root_steps, Mode::none};

  const Real scale = reduction ? reduction->scale : Real(1);
  if (layout.one_segment()) return formula.backward(formula.tree, base, scale, layout.space.length);
  const Work work(layout.space);
  bool apart = false;
  for (int k = 0; k < root; ++k)
    apart |= partial[k] &&
             (work.parts.count > 1 || takes_many(layout.space, operands[k].size, base[k].step));
  if (!apart) return sweep_parts<Real>(formula, layout, work, base, scale);
  Sums<Real> sums[most_operands];
  for (int k = 0; k < root; ++k)
    if (partial[k])
      sums[k] = Sums<Real>(operands[k].size, std::max<Index>(1, work.parts.count),
                           takes_many(layout.space, operands[k].size, base[k].step));
  sweep_apart(formula, layout, work, base, scale, sums);
}

#define THALWEG_INSTANTIATE(Real)                                                          \
  template Tensor<Real> evaluate_statement(const Formula<Real>&, const SumOverAxes<Real>*, \
                                           Location);                                      \
  template void sweep_statement(const Formula<Real>&, const Operand*, std::uint32_t,       \
                                const Tensor<Real>&, const SumOverAxes<Real>*, Sweep&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::detail
