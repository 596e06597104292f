#include "thalweg/nn/data/dataset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/data/shares.hpp"
#include "thalweg/optim/state/archive.hpp"

namespace thalweg::nn {
namespace {

template <class T>
Tensor<T> gathered(const Tensor<T>& from, std::span<const Index> rows) {
  Shape shape = from.shape();
  shape[0] = static_cast<Index>(rows.size());
  Tensor<T> result = Tensor<T>::uninitialised(shape);
  const Index width = shape.size_after(0);
  T* to = result.unshared_data();
  for (const Index row : rows) to = std::copy_n(from.data() + row * width, width, to);
  return result;
}

std::vector<Index> in_order(Index n) {
  std::vector<Index> order(n);
  std::iota(order.begin(), order.end(), Index{0});
  return order;
}

void expect_matrix(const char* op, const Shape& shape) {
  if (shape.rank() != 2 || shape.size() == 0)
    throw ShapeError(
        fmt::format("{}: x has shape {}; expected [rows, columns], both above 0", op, shape));
}

/// A scaling of each column by (mean, deviation) = fit(its statistics, its number).
template <class Real, class Fit>
Scaling<Real> fitted(const char* op, const Tensor<Real>& x, Nonfinite nonfinite, Fit&& fit) {
  expect_matrix(op, x.shape());
  const Index rows = x.shape()[0], columns = x.shape()[1];
  for (Index k = 0; nonfinite == Nonfinite::refuse && k < x.size(); ++k)
    if (!std::isfinite(x.data()[k]))
      throw DataError(fmt::format("{}: x holds {} in row {}, column {}; expected finite numbers",
                                  op, x.data()[k], k / columns, k % columns));
  Scaling<Real> scaling;
  for (Index j = 0; j < columns; ++j) {
    const Statistics column = statistics_of(x.data() + j, rows, columns);
    if (column.count == 0)
      throw DataError(fmt::format("{}: column {} holds no finite number", op, j));
    const auto [mean, deviation] = fit(column, j);
    scaling.mean.push_back(mean);
    scaling.deviation.push_back(deviation);
  }
  return scaling;
}

}  // namespace

template <class Real, class Target>
Index Dataset<Real, Target>::size() const {
  if (x.rank() < 1 || y.rank() < 1 || x.shape()[0] != y.shape()[0])
    throw ShapeError(
        fmt::format("Dataset: x {} and y {} differ in their first size, the number of examples",
                    x.shape(), y.shape()));
  return x.shape()[0];
}

template <class Real, class Target>
Dataset<Real, Target> Dataset<Real, Target>::rows(std::span<const Index> rows) const {
  const Index n = size();
  for (const Index row : rows)
    if (row < 0 || row >= n)
      throw IndexError(fmt::format("Dataset: row {} is out of range for {} examples", row, n));
  return {gathered(x, rows), gathered(y, rows)};
}

template <class Real>
Dataset<Real> labelled(const Table& table, Nonfinite nonfinite) {
  if (table.label.empty())
    throw DataError(fmt::format("{}: no label column was asked for", table.source));
  if (table.cols() == 0)
    throw DataError(
        fmt::format("{}: there is no column beside the label '{}'", table.source, table.label));
  detail::expect_consistent(table);
  Tensor<Real> x = Tensor<Real>::uninitialised({table.rows, table.cols()});
  for (Index j = 0; j < table.cols(); ++j) {
    detail::expect_numbers(table, j);
    const std::vector<double>& numbers = table.columns[j].numbers;
    for (Index i = 0; i < table.rows; ++i) {
      const double number = numbers[i];
      if (nonfinite == Nonfinite::refuse && !std::isfinite(number))
        throw DataError(
            std::isnan(number)
                ? fmt::format("{}: the value is missing", table.place(i, j))
                : fmt::format("{}: expected a finite number, got {}", table.place(i, j), number));
      const Real rounded = static_cast<Real>(number);
      if (std::isfinite(number) && !std::isfinite(rounded))
        throw DataError(
            fmt::format("{}: {} is too large for single precision", table.place(i, j), number));
      x.unshared_data()[i * table.cols() + j] = rounded;
    }
  }
  return {x, IndexTensor(table.labels)};
}

template <class Real, class Target>
Split<Real, Target> split(const Dataset<Real, Target>& data, double share, Random& random) {
  const auto [train, test] = detail::shares(data.size(), share, random);
  return {data.rows(train), data.rows(test)};
}

template <class Real>
Split<Real, Index> split_by_class(const Dataset<Real>& data, double share, Random& random) {
  const std::span classes(data.y.data(), static_cast<std::size_t>(data.size()));
  const auto [train, test] = detail::shares_by_class(classes, share, random);
  return {data.rows(train), data.rows(test)};
}

template <class Real>
Scaling<Real> standardising(const Tensor<Real>& x, Nonfinite nonfinite) {
  return fitted("standardising", x, nonfinite, [](const Statistics& column, Index) {
    const Real deviation = static_cast<Real>(column.deviation);
    const bool vanishes = deviation == 0 && column.deviation > 0;
    return std::pair(static_cast<Real>(column.mean),
                     vanishes ? std::numeric_limits<Real>::denorm_min() : deviation);
  });
}

template <class Real>
Scaling<Real> min_max(const Tensor<Real>& x, Nonfinite nonfinite) {
  return fitted("min_max", x, nonfinite, [](const Statistics& column, Index j) {
    const Real least = static_cast<Real>(column.least), most = static_cast<Real>(column.most);
    if (!std::isfinite(most - least))
      throw DataError(fmt::format("min_max: column {} goes from {} to {}, a range that overflows",
                                  j, least, most));
    return std::pair(least, most - least);
  });
}

template <class Real>
void Scaling<Real>::archive(optim::Archive& archive) {
  archive("mean", mean);
  archive("deviation", deviation);
  if (mean.size() != deviation.size())
    throw DataError(fmt::format("{}: a scaling of {} means and {} deviations", archive.origin(),
                                mean.size(), deviation.size()));
}

template <class Real>
Tensor<Real> Scaling<Real>::operator()(const Tensor<Real>& x) const {
  const Index columns = static_cast<Index>(mean.size());
  if (x.rank() != 2 || x.shape()[1] != columns)
    throw ShapeError(
        fmt::format("Scaling: x has shape {}; expected {} columns", x.shape(), columns));
  Tensor<Real> result = Tensor<Real>::uninitialised(x.shape());
  Real* to = result.unshared_data();
  for (Index i = 0; i < x.shape()[0]; ++i)
    for (std::size_t j = 0; j < mean.size(); ++j, ++to)
      *to = detail::scaled(x.data()[to - result.data()], mean[j], deviation[j]);
  return result;
}

template <class Real, class Target>
Batches<Real, Target>::Batches(Dataset<Real, Target> data, std::vector<Index> order, Index size)
    : data_(std::move(data)), order_(std::move(order)), size_(size) {
  if (size < 1) throw ValueError(fmt::format("batches: the size is {}; expected at least 1", size));
  if (order_.empty()) throw ValueError("batches: there are no examples");
}

template <class Real, class Target>
Dataset<Real, Target> Batches<Real, Target>::operator[](Index batch) const {
  const std::span<const Index> order = order_;
  const auto begin = static_cast<std::size_t>(batch * size_);
  const auto count = std::min(static_cast<std::size_t>(size_), order.size() - begin);
  return data_.rows(order.subspan(begin, count));
}

template <class Real, class Target>
Batches<Real, Target> batches(const Dataset<Real, Target>& data, Index size, Random& random) {
  return {data, random.permutation(data.size()), size};
}

template <class Real, class Target>
Batches<Real, Target> batches(const Dataset<Real, Target>& data, Index size) {
  return {data, in_order(data.size()), size};
}

// ---- What there is. ----

#define THALWEG_INSTANTIATE(Real)                                                     \
  template Dataset<Real> labelled(const Table&, Nonfinite);                           \
  template Split<Real, Index> split_by_class(const Dataset<Real>&, double, Random&);  \
  template Scaling<Real> standardising(const Tensor<Real>&, Nonfinite);               \
  template Scaling<Real> min_max(const Tensor<Real>&, Nonfinite);                     \
  template struct Scaling<Real>;                                                      \
  template struct Dataset<Real, Index>;                                               \
  template struct Dataset<Real, Real>;                                                \
  template class Batches<Real, Index>;                                                \
  template class Batches<Real, Real>;                                                 \
  template Split<Real, Index> split(const Dataset<Real, Index>&, double, Random&);    \
  template Split<Real, Real> split(const Dataset<Real, Real>&, double, Random&);      \
  template Batches<Real, Index> batches(const Dataset<Real, Index>&, Index, Random&); \
  template Batches<Real, Real> batches(const Dataset<Real, Real>&, Index, Random&);   \
  template Batches<Real, Index> batches(const Dataset<Real, Index>&, Index);          \
  template Batches<Real, Real> batches(const Dataset<Real, Real>&, Index);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template struct Dataset<Index, Index>;
template class Batches<Index, Index>;
template Split<Index, Index> split(const Dataset<Index, Index>&, double, Random&);
template Batches<Index, Index> batches(const Dataset<Index, Index>&, Index, Random&);
template Batches<Index, Index> batches(const Dataset<Index, Index>&, Index);

}  // namespace thalweg::nn
