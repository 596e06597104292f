#pragma once
/// Between Eigen and `Tensor`: copies, views, and variables that gradients flow through.
///
///     Tensor<double> x = to_tensor(m);        // of a MatrixXd [rows, cols]; of a VectorXd [n]
///     Eigen::MatrixXd back = to_matrix(x);    // both copy
///     auto view = as_matrix(x);               // the tensor's own numbers, row-major
///
///     Tensor<double> y = to_tensor(u);        // of a Matrix<Var<double>, …>: one record
///     auto scalars = matrix_of_scalars(y);    // a Matrix<Var<double>, …>: one record
///
/// What is a vector to Eigen's compiler has one axis, everything else two.

#include "thalweg/autodiff/eigen/number.hpp"
#include "thalweg/autodiff/statement/expression.hpp"

namespace thalweg {

namespace detail {

/// What a tensor holds of numbers or variables N: whole ones are positions or labels.
template <class N>
struct ElementOfTensor {
  using Type = std::conditional_t<std::is_integral_v<N>, Index, N>;
};
template <class Real>
struct ElementOfTensor<Var<Real>> {
  using Type = Var<Real>;
};

template <class M>
Shape shape_of(const M& m) {
  if constexpr (M::IsVectorAtCompileTime)
    return {static_cast<Index>(m.size())};
  else
    return {static_cast<Index>(m.rows()), static_cast<Index>(m.cols())};
}

/// f of each element, by rows.
template <class M, class F>
void each_by_rows(M&& m, const F& f) {
  for (Eigen::Index i = 0; i < m.rows(); ++i)
    for (Eigen::Index j = 0; j < m.cols(); ++j) f(m.coeffRef(i, j));
}

/// The elements of an expression in row-major order.
template <class M>
using RowMajorOf = Eigen::Array<typename ElementOfTensor<typename M::Scalar>::Type, Eigen::Dynamic,
                                Eigen::Dynamic, Eigen::RowMajor>;
template <class M>
RowMajorOf<M> by_rows(const M& m) {
  return m.template cast<typename RowMajorOf<M>::Scalar>();
}
template <EigenOfVar M>
RowMajorOf<M> by_rows(const M& m) {
  return m;
}
template <EigenOfVar M>
auto variables_of(const M& m) {
  const auto rows = by_rows(m);
  return std::vector<typename M::Scalar>(rows.data(), rows.data() + rows.size());
}

template <class N>
using RowMajorMatrix = Eigen::Matrix<N, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class N>
using ColumnVector = Eigen::Matrix<N, Eigen::Dynamic, 1>;

inline void expect_axes(const char* op, const Shape& shape, int axes) {
  if (shape.rank() == axes) return;
  throw ShapeError(axes == 1 ? fmt::format("{}: a vector has one axis, this tensor is {}; write "
                                           "flatten(x) for its elements side by side",
                                           op, shape)
                             : fmt::format("{}: a matrix has two axes, this tensor is {}; write "
                                           "reshape(x, {{rows, columns}})",
                                           op, shape));
}

/// A view of N, which may be const, in the two forms.
template <class N>
auto matrix_view(const char* op, const Shape& shape, N* data) {
  expect_axes(op, shape, 2);
  using Matrix = RowMajorMatrix<std::remove_const_t<N>>;
  return Eigen::Map<std::conditional_t<std::is_const_v<N>, const Matrix, Matrix>>(data, shape[0],
                                                                                  shape[1]);
}
template <class N>
auto vector_view(const char* op, const Shape& shape, N* data) {
  expect_axes(op, shape, 1);
  using Vector = ColumnVector<std::remove_const_t<N>>;
  return Eigen::Map<std::conditional_t<std::is_const_v<N>, const Vector, Vector>>(data, shape[0]);
}

/// An expression, or a tensor without a name.
template <class X>
concept NoTensorThatLives =
    TensorLike<X> && !(is_tensor<std::remove_cvref_t<X>> && std::is_lvalue_reference_v<X>);

}  // namespace detail

/// A tensor of the numbers, in row-major order; whole numbers and truth values become an
/// IndexTensor. Of variables a tensor that gradients flow back from, in one record.
template <EigenDense M>
auto to_tensor(const M& m) {
  using N = typename detail::ElementOfTensor<typename M::Scalar>::Type;
  if constexpr (is_var<N>) {
    return Tensor<typename N::Real>(detail::shape_of(m), detail::variables_of(m));
  } else {
    static_assert(ListedNumber<N> || std::is_same_v<N, Index>,
                  "thalweg: tensors hold float, double or whole numbers; write "
                  "to_tensor(m.cast<double>())");
    Tensor<N> x = Tensor<N>::uninitialised(detail::shape_of(m));
    Eigen::Map<detail::RowMajorOf<M>>(x.unshared_data(), m.rows(), m.cols()) =
        m.template cast<N>().array();
    return x;
  }
}

/// A view of the tensor's numbers as a matrix, row-major and without a copy, as long as the tensor
/// lives. Throws ShapeError unless it has two axes.
template <class N>
auto as_matrix(const Tensor<N>& x) {
  return detail::matrix_view("as_matrix", x.shape(), x.data());
}
/// The same of a vector, of one axis.
template <class N>
auto as_vector(const Tensor<N>& x) {
  return detail::vector_view("as_vector", x.shape(), x.data());
}
/// Writable views: numbers that are shared are copied first. Throws TapeError if the tensor was
/// recorded.
template <class N>
auto mutable_matrix(Tensor<N>& x) {
  return detail::matrix_view("mutable_matrix", x.shape(), x.mutable_values().data());
}
template <class N>
auto mutable_vector(Tensor<N>& x) {
  return detail::vector_view("mutable_vector", x.shape(), x.mutable_values().data());
}

/// Refused: the view would outlive what it shows.
template <detail::NoTensorThatLives X>
auto as_matrix(X&&) {
  static_assert(detail::never<X>,
                "thalweg: as_matrix shows the numbers of a tensor that lives: write `Tensor x = "
                "...; as_matrix(x)`, or to_matrix(...) for a copy");
}
template <detail::NoTensorThatLives X>
auto as_vector(X&&) {
  static_assert(detail::never<X>,
                "thalweg: as_vector shows the numbers of a tensor that lives: write `Tensor x = "
                "...; as_vector(x)`, or to_vector(...) for a copy");
}

/// The numbers as an Eigen::Matrix<Real, Dynamic, Dynamic>, copied.
template <TensorLike X>
auto to_matrix(X&& x) {
  const auto tensor = as_tensor(std::forward<X>(x));
  using Real = typename decltype(tensor)::Real;
  return Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>(
      detail::matrix_view("to_matrix", tensor.shape(), tensor.data()));
}
/// The numbers as an Eigen::Matrix<Real, Dynamic, 1>, copied.
template <TensorLike X>
auto to_vector(X&& x) {
  const auto tensor = as_tensor(std::forward<X>(x));
  using Real = typename decltype(tensor)::Real;
  return detail::ColumnVector<Real>(
      detail::vector_view("to_vector", tensor.shape(), tensor.data()));
}

/// The elements as a matrix of `Var` that gradients flow through. One record.
template <TensorLike X>
auto matrix_of_scalars(X&& x) {
  const auto tensor = as_tensor(std::forward<X>(x));
  const auto scalars = tensor.scalars();
  using Scalar = typename decltype(scalars)::value_type;
  return Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>(
      detail::matrix_view("matrix_of_scalars", tensor.shape(), scalars.data()));
}
/// The elements as a vector of `Var`.
template <TensorLike X>
auto vector_of_scalars(X&& x) {
  const auto tensor = as_tensor(std::forward<X>(x));
  const auto scalars = tensor.scalars();
  using Scalar = typename decltype(scalars)::value_type;
  return detail::ColumnVector<Scalar>(
      detail::vector_view("vector_of_scalars", tensor.shape(), scalars.data()));
}

// ---- what functions give ----

namespace detail {
template <class M>
inline constexpr bool one_element = M::SizeAtCompileTime == 1;
}  // namespace detail

/// A variable of what is one element to the compiler, xᵀ A x for example; otherwise the variables
/// by rows.
template <class M>
requires EigenOfVar<std::remove_cvref_t<M>>
auto settled(M&& m) {
  using Type = std::remove_cvref_t<M>;
  if constexpr (detail::one_element<Type>)
    return typename Type::Scalar(m.eval().coeff(0, 0));
  else
    return detail::variables_of(m);
}
template <EigenOfVar M>
auto as_tensor(const M& m, Location = Location::current()) {
  if constexpr (detail::one_element<M>)
    return Tensor<typename M::Scalar::Real>(settled(m));
  else
    return to_tensor(m);
}

}  // namespace thalweg
