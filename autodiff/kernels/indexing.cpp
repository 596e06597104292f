#include "thalweg/autodiff/kernels/indexing.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/kernels/long_sums.hpp"
#include "thalweg/autodiff/number/number_type.hpp"

namespace thalweg::kernels {

// Along axis a, with i the position in the index tensor:
//
//     gather        y[i] = x[i₀, …, index[i], …]
//     scatter_add   x̄[i₀, …, index[i], …] += ȳ[i]
//
// Rows of the index tensor whose positions differ before axis a never meet in x. Scattering threads
// take whole groups of rows that may (`rows_together`): no element has two writers, and the order
// of its sum is that of the index.

namespace {

Index count(std::span<const Index> index) { return static_cast<Index>(index.size()); }

/// Walks an index tensor row by row along its last axis and knows where in x each row points.
class IndexRows {
 public:
  IndexRows(const Shape& x_shape, int axis, const Shape& index_shape)
      : index_(index_shape), axis_(axis), last_(index_shape.rank() - 1) {
    Index step = 1;
    for (int d = last_; d >= 0; --d) {
      steps_[d] = step;
      step *= x_shape[d];
    }
  }

  Index rows() const { return index_[last_] == 0 ? 0 : index_.size() / index_[last_]; }
  Index length() const { return index_[last_]; }
  /// Rows that may point at the same elements of x.
  Index rows_together() const {
    Index product = 1;
    for (int d = axis_; d < last_; ++d) product *= index_[d];
    return product;
  }

  /// f(position in the index tensor, position in x) for rows begin … end.
  template <class F>
  void each(Index begin, Index end, const Index* index, F&& f) const {
    const Index along = axis_ == last_ ? 0 : steps_[last_];
    for (Index row = begin; row < end; ++row) {
      const Index base = base_of(row);
      for (Index j = 0; j < length(); ++j) {
        const Index at = row * length() + j;
        f(at, base + j * along + index[at] * steps_[axis_]);
      }
    }
  }

 private:
  Index base_of(Index row) const {
    Index base = 0;
    for (int d = last_ - 1; d >= 0; --d) {
      if (d != axis_) base += row % index_[d] * steps_[d];
      row /= index_[d];
    }
    return base;
  }

  Shape index_;
  int axis_;
  int last_;
  Index steps_[Shape::max_rank] = {};
};

}  // namespace

Index find_out_of_range(std::span<const Index> indices, Index size) {
  // As unsigned numbers negative indices are huge: one comparison for both ends.
  const auto bad = [=](Index i) {
    return static_cast<std::uint64_t>(i) >= static_cast<std::uint64_t>(size);
  };
  const auto found = std::find_if(indices.begin(), indices.end(), bad);
  return found == indices.end() ? -1 : found - indices.begin();
}

template <class T>
void gather(const Shape& x_shape, int axis, const Shape& index_shape, const T* x,
            const Index* index, T* y) {
  if (index_shape.rank() == 0) {
    y[0] = x[0];
    return;
  }
  const IndexRows rows(x_shape, axis, index_shape);
  parallel_for(rows.rows(), grain_of(rows.length()), [&](Index begin, Index end, Index) {
    rows.each(begin, end, index, [=](Index at, Index from) { y[at] = x[from]; });
  });
}

template <class T>
void scatter_add(const Shape& x_shape, int axis, const Shape& index_shape, const Index* index,
                 const T* dy, T* dx) {
  if (index_shape.rank() == 0) {
    dx[0] += dy[0];
    return;
  }
  const IndexRows rows(x_shape, axis, index_shape);
  if (rows.rows() == 0) return;
  const Index together = rows.rows_together();
  const auto each = [&](auto&& add) {
    parallel_for(rows.rows() / together, grain_of(together * rows.length()),
                 [&](Index begin, Index end, Index) {
                   rows.each(begin * together, end * together, index, add);
                 });
  };
  // An element of x is named at most once by each place along the axis.
  if (index_shape[axis] <= plain_terms) return each([=](Index at, Index to) { dx[to] += dy[at]; });
  std::vector<T> errors(x_shape.size());
  each([&](Index at, Index to) { add_term(dx[to], errors[to], dy[at]); });
  for (Index k = 0; k < x_shape.size(); ++k) dx[k] = sum_of(dx[k], errors[k]);
}

template <class T>
void take_rows(std::span<const Index> index, Index width, const T* x, T* y) {
  parallel_for(count(index), grain_of(width), [=](Index begin, Index end, Index) {
    for (Index i = begin; i < end; ++i) std::copy_n(x + index[i] * width, width, y + i * width);
  });
}

template <class T>
void add_rows(std::span<const Index> index, Index width, const T* dy, bool accumulate, Index rows,
              T* dx) {
  if (!accumulate) std::fill_n(dx, rows * width, T{0});
  // Places of the index by the row they name, in their order. A part owns a range of rows: no two
  // parts meet.
  std::vector<Index> end_of(rows), places(count(index));
  for (const Index row : index) ++end_of[row];
  for (Index row = 0, total = 0; row < rows; ++row) {
    const Index first = total;
    total += end_of[row];
    end_of[row] = first;
  }
  for (Index i = 0; i < count(index); ++i) places[end_of[index[i]]++] = i;
  const Index work = count(index) * width / std::max<Index>(1, rows);
  parallel_for(rows, grain_of(work), [&](Index begin, Index end, Index) {
    LongSums<T> sums(width);
    const auto add = [&](Index place, T* to) {
      for (Index j = 0; j < width; ++j) to[j] += dy[place * width + j];
    };
    for (Index row = begin; row < end; ++row) {
      T* const to = dx + row * width;
      const Index first = row == 0 ? 0 : end_of[row - 1], last = end_of[row];
      if (last - first <= plain_terms) {
        for (Index i = first; i < last; ++i) add(places[i], to);
        continue;
      }
      for (Index i = first; i < last; ++i) {
        add(places[i], sums.terms());
        sums.took(1);
      }
      sums.move_to(to);
    }
  });
}

template <class T>
void one_hot(std::span<const Index> index, Index classes, T* y) {
  std::fill_n(y, count(index) * classes, T{0});
  for (Index i = 0; i < count(index); ++i) y[i * classes + index[i]] = T{1};
}

#define THALWEG_INSTANTIATE(Real)                                                               \
  template void gather(const Shape&, int, const Shape&, const Real*, const Index*, Real*);      \
  template void scatter_add(const Shape&, int, const Shape&, const Index*, const Real*, Real*); \
  template void take_rows(std::span<const Index>, Index, const Real*, Real*);                   \
  template void add_rows(std::span<const Index>, Index, const Real*, bool, Index, Real*);       \
  template void one_hot(std::span<const Index>, Index, Real*);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template void gather(const Shape&, int, const Shape&, const Index*, const Index*, Index*);
template void take_rows(std::span<const Index>, Index, const Index*, Index*);
template void one_hot(std::span<const Index>, Index, Index*);

}  // namespace thalweg::kernels
