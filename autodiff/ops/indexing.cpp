#include "thalweg/autodiff/ops/indexing.hpp"

#include "thalweg/autodiff/kernels/indexing.hpp"

namespace thalweg {
namespace detail {

// y = x at the positions of the index;  x̄ there += ȳ: what is read twice gets both.
template <class T>
Tensor<T> gather(const Tensor<T>& x, int axis, const IndexTensor& index, Location where) {
  const int along = normalise_axis("gather", axis, x.shape());
  bool fits = index.rank() == x.rank();
  for (int d = 0; fits && d < x.rank(); ++d) fits = d == along || index.shape()[d] <= x.shape()[d];
  if (!fits)
    throw ShapeError(fmt::format(
        "gather: the index has shape {}, the tensor {}; they must have the same number of axes, "
        "and the index may be longer along axis {} only",
        index.shape(), x.shape(), along));
  expect_in_range("gather", "index", index, x.shape()[along]);
  Tensor<T> y = Tensor<T>::uninitialised(index.shape());
  kernels::gather(x.shape(), along, index.shape(), x.data(), index.data(), y.unshared_data());
  return record_any(
      "gather", y, x,
      [shape = x.shape(), along, index](auto& back) {
        const auto to = back.zeroed(0);
        kernels::scatter_add(shape, along, index.shape(), index.data(), back.adjoint(), to.data);
      },
      where);
}

// yᵢ = row index_i of the table;  that row of its adjoint += ȳᵢ.
template <class T>
Tensor<T> take_rows(const char* op, const Tensor<T>& table, const IndexTensor& index,
                    Location where) {
  if (table.rank() == 0)
    throw ShapeError(
        fmt::format("{}: a single number has no rows; expected a tensor with axes", op));
  const Index rows = table.size(0), width = table.shape().size_after(0);
  expect_in_range(op, "index", index, rows);
  Shape shape = index.shape();
  for (int axis = 1; axis < table.rank(); ++axis) shape.push_back(table.shape()[axis]);
  Tensor<T> y = Tensor<T>::uninitialised(shape);
  kernels::take_rows(index.values(), width, table.data(), y.unshared_data());
  return record_any(
      op, y, table,
      [rows, width, index](auto& back) {
        const auto to = back.into(0);
        kernels::add_rows(index.values(), width, back.adjoint(), to.accumulate, rows, to.data);
      },
      where);
}

#define THALWEG_INSTANTIATE(Real)                                                       \
  template Tensor<Real> gather(const Tensor<Real>&, int, const IndexTensor&, Location); \
  template Tensor<Real> take_rows(const char*, const Tensor<Real>&, const IndexTensor&, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
#undef THALWEG_INSTANTIATE
template Tensor<Index> gather(const Tensor<Index>&, int, const IndexTensor&, Location);
template Tensor<Index> take_rows(const char*, const Tensor<Index>&, const IndexTensor&, Location);

}  // namespace detail

template <class Real>
Tensor<Real> one_hot(const Indices& index, Index classes) {
  if (classes < 0)
    throw ValueError(fmt::format("one_hot: {} classes; expected a number of at least 0", classes));
  op::expect_in_range("one_hot", "index", index.tensor(), classes);
  Shape shape = index.shape();
  shape.push_back(classes);
  Tensor<Real> y = Tensor<Real>::uninitialised(shape);
  kernels::one_hot(index.values(), classes, y.unshared_data());
  return y;
}

#define THALWEG_INSTANTIATE(Real) template Tensor<Real> one_hot(const Indices&, Index);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
#undef THALWEG_INSTANTIATE
template Tensor<Index> one_hot(const Indices&, Index);

}  // namespace thalweg
