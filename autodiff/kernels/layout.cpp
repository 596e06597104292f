#include "thalweg/autodiff/kernels/layout.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/kernels/reduce.hpp"
#include "thalweg/autodiff/number/number_type.hpp"

namespace thalweg::kernels {

// A window is a box of loops over a strided tensor, its dense counterpart the same loops over a
// contiguous one:
//
//     y[Σ iₐ denseₐ] ↔ x[offset + Σ iₐ stepₐ],   0 ≤ iₐ < sizeₐ.
//
// Loops that follow each other on both sides become one. Two are left inside: the last axis, and
// the one with the smallest step, so that a permutation becomes many transpositions of small
// squares; the others are counted by one number, `turn`, that threads share out.

namespace {

/// One loop: `size` elements, this far apart in the window's tensor and in the contiguous one.
struct Axis {
  Index size;
  Index step;
  Index dense_step;
};

/// The loops of a window, neighbours merged where one loop can run through both.
class Loops {
 public:
  explicit Loops(const Window& window) {
    Index dense = 1;
    for (int d = window.shape.rank() - 1; d >= 0; --d) {
      const Index size = window.shape[d];
      if (size != 1) prepend({size, window.steps[d], dense});
      dense *= size;
    }
    while (count_ < 2) axes_[count_++] = {1, 0, dense};
    // axes_[0] is the innermost loop. Next to it runs the loop with the smallest steps in the
    // tensor, so that two inner loops stay within few cache lines on both sides.
    int next = 1;
    for (int d = 2; d < count_; ++d)
      if (axes_[0].step != 1 && std::abs(axes_[d].step) < std::abs(axes_[next].step)) next = d;
    std::rotate(axes_ + 1, axes_ + next, axes_ + next + 1);
  }

  const Axis& columns() const { return axes_[0]; }
  const Axis& rows() const { return axes_[1]; }
  Index outer() const {
    Index product = 1;
    for (int d = 2; d < count_; ++d) product *= axes_[d].size;
    return product;
  }

  /// Where the two inner loops begin for one turn of the outer ones: in the tensor and in the dense
  /// one.
  std::pair<Index, Index> start(Index turn) const {
    Index at = 0, dense = 0;
    for (int d = 2; d < count_; ++d) {
      const Index i = turn % axes_[d].size;
      turn /= axes_[d].size;
      at += i * axes_[d].step;
      dense += i * axes_[d].dense_step;
    }
    return {at, dense};
  }

 private:
  void prepend(const Axis& outer) {
    if (count_ > 0) {
      Axis& inner = axes_[count_ - 1];
      if (outer.step == inner.step * inner.size) {
        inner.size *= outer.size;
        return;
      }
    }
    axes_[count_++] = outer;
  }

  Axis axes_[Shape::max_rank + 2];
  int count_ = 0;
};

/// A strided matrix.
template <class T>
struct Grid {
  T* at;
  Index row_step;
  Index step;

  Grid below(Index rows) const { return {at + rows * row_step, row_step, step}; }
};

template <class T>
void put(const T& value, bool accumulate, T& to) {
  to = accumulate ? to + value : value;
}

/// to (+)= from in squares that fit into the first-level cache: for matrices that are contiguous in
/// different directions.
template <class T>
void move_squares(Index rows, Index columns, Grid<const T> from, bool accumulate, Grid<T> to) {
  constexpr Index side = 16;
  for (Index i0 = 0; i0 < rows; i0 += side)
    for (Index j0 = 0; j0 < columns; j0 += side) {
      const Index i1 = std::min(rows, i0 + side), j1 = std::min(columns, j0 + side);
      for (Index i = i0; i < i1; ++i)
        for (Index j = j0; j < j1; ++j)
          put(from.at[i * from.row_step + j * from.step], accumulate,
              to.at[i * to.row_step + j * to.step]);
    }
}

/// One row; loops with steps known to be 1 or 0 become vector code.
template <class T>
void move_row(Index n, const T* from, Index from_step, bool accumulate, T* to, Index to_step) {
  if (from_step == 1 && to_step == 1 && !accumulate)
    std::copy_n(from, n, to);
  else if (from_step == 1 && to_step == 1)
    for (Index j = 0; j < n; ++j) to[j] += from[j];
  else if (from_step == 0 && to_step == 1 && !accumulate)
    std::fill_n(to, n, *from);
  else
    for (Index j = 0; j < n; ++j) put(from[j * from_step], accumulate, to[j * to_step]);
}

template <class T>
void move(Index rows, Index columns, Grid<const T> from, bool accumulate, Grid<T> to) {
  const auto small = [](Index step) { return step == 0 || step == 1; };
  if (small(from.step) && small(to.step)) {
    for (Index i = 0; i < rows; ++i)
      move_row(columns, from.at + i * from.row_step, from.step, accumulate, to.at + i * to.row_step,
               to.step);
    return;
  }
  move_squares(rows, columns, from, accumulate, to);
}

/// f(turn, first row, last row) over all pairs of inner loops, on all threads.
template <class F>
void each_grid(const Loops& loops, F&& f) {
  const Index rows = loops.rows().size, columns = loops.columns().size, outer = loops.outer();
  if (outer == 1)
    return parallel_for(rows, grain_of(columns),
                        [&](Index begin, Index end, Index) { f(Index{0}, begin, end); });
  parallel_for(outer, grain_of(rows * columns), [&](Index begin, Index end, Index) {
    for (Index turn = begin; turn < end; ++turn) f(turn, Index{0}, rows);
  });
}

template <class T>
Grid<T> grid(T* at, Index row_step, Index step) {
  return {at, row_step, step};
}

}  // namespace

template <class T>
void read(const Window& window, const T* x, bool accumulate, T* y) {
  if (window.shape.size() == 0) return;
  const Loops loops(window);
  const Axis &rows = loops.rows(), &columns = loops.columns();
  each_grid(loops, [&](Index turn, Index begin, Index end) {
    const auto [at, dense] = loops.start(turn);
    const auto from = grid(x + window.offset + at, rows.step, columns.step);
    const auto to = grid(y + dense, rows.dense_step, columns.dense_step);
    move(end - begin, columns.size, from.below(begin), accumulate, to.below(begin));
  });
}

template <class T>
void write(const Window& window, const T* y, bool accumulate, T* x) {
  if (window.shape.size() == 0) return;
  const Loops loops(window);
  const Axis &rows = loops.rows(), &columns = loops.columns();
  each_grid(loops, [&](Index turn, Index begin, Index end) {
    const auto [at, dense] = loops.start(turn);
    const auto from = grid(y + dense, rows.dense_step, columns.dense_step);
    const auto to = grid(x + window.offset + at, rows.step, columns.step);
    move(end - begin, columns.size, from.below(begin), accumulate, to.below(begin));
  });
}

template <class Real>
void sum_to(const Shape& shape, const Shape& from, const Real* dy, bool accumulate, Real* dx) {
  // Neighbouring axes that are all kept or all summed act as one; each run of summed ones is one
  // reduction, innermost first, since that leaves the least to the others.
  std::vector<Index> sizes;
  std::vector<bool> summed;
  const int added = from.rank() - shape.rank();
  for (int d = 0; d < from.rank(); ++d) {
    if (from[d] == 1) continue;
    const bool sums = d < added || shape[d - added] != from[d];
    if (!sizes.empty() && summed.back() == sums) {
      sizes.back() *= from[d];
    } else {
      sizes.push_back(from[d]);
      summed.push_back(sums);
    }
  }
  const auto left = [&] { return std::count(summed.begin(), summed.end(), true); };
  if (left() == 0) return sum({1, 1, from.size()}, dy, accumulate, dx);
  std::vector<Real> partial;
  for (std::size_t d = sizes.size(); d-- > 0;) {
    if (!summed[d]) continue;
    AxisView view{1, sizes[d], 1};
    for (std::size_t e = 0; e < d; ++e) view.before *= sizes[e];
    for (std::size_t e = d + 1; e < sizes.size(); ++e) view.after *= sizes[e];
    sizes[d] = 1;
    summed[d] = false;
    if (left() == 0) return sum(view, dy, accumulate, dx);
    std::vector<Real> next(view.lines());
    sum(view, dy, false, next.data());
    partial.swap(next);
    dy = partial.data();
  }
}

namespace {

// Rows `begin` … `end` of x, in squares that stay in the cache.
template <bool accumulate, class T>
void transpose_rows(Index begin, Index end, Index rows, Index columns, const T* x, T* y) {
  constexpr Index side = 16;
  for (Index i = begin; i < end; i += side)
    for (Index j = 0; j < columns; j += side) {
      const Index last_row = std::min(i + side, end), last_column = std::min(j + side, columns);
      for (Index column = j; column < last_column; ++column)
        for (Index row = i; row < last_row; ++row) {
          const T from = x[row * columns + column];
          T& to = y[column * rows + row];
          to = accumulate ? to + from : from;
        }
    }
}

}  // namespace

template <class T>
void transpose(Index rows, Index columns, const T* x, bool accumulate, T* y) {
  parallel_for(rows, grain_of(columns), [&](Index begin, Index end, Index) {
    if (accumulate)
      transpose_rows<true>(begin, end, rows, columns, x, y);
    else
      transpose_rows<false>(begin, end, rows, columns, x, y);
  });
}

#define THALWEG_INSTANTIATE(Real)                                             \
  template void read(const Window&, const Real*, bool, Real*);                \
  template void write(const Window&, const Real*, bool, Real*);               \
  template void sum_to(const Shape&, const Shape&, const Real*, bool, Real*); \
  template void transpose(Index, Index, const Real*, bool, Real*);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template void read(const Window&, const Index*, bool, Index*);
template void write(const Window&, const Index*, bool, Index*);
template void transpose(Index, Index, const Index*, bool, Index*);

}  // namespace thalweg::kernels
