#pragma once
/// Eigen's vectors and matrices as arguments of functions.
///
///     Eigen::VectorXd g = gradient([](const auto& x) { return x.squaredNorm(); }, start);
///     Eigen::MatrixXd j = jacobian([&](const auto& x) { return A * x; }, start);
///     auto result = optim::minimise(f, start, optim::Lbfgs{});      // result.x is a VectorXd
///
/// f is called with a matrix of the same sizes of `Var`; derivatives are matrices of numbers.

#include "thalweg/autodiff/derive/differentiate.hpp"
#include "thalweg/autodiff/eigen/conversion.hpp"

namespace thalweg {

namespace detail {

/// The matrix or array that an expression stands for, with elements of type N.
template <class Plain, class N>
struct MadeOf;
template <class Old, int rows, int columns, int options, int most_rows, int most_columns, class N>
struct MadeOf<Eigen::Matrix<Old, rows, columns, options, most_rows, most_columns>, N> {
  using Type = Eigen::Matrix<N, rows, columns, options, most_rows, most_columns>;
};
template <class Old, int rows, int columns, int options, int most_rows, int most_columns, class N>
struct MadeOf<Eigen::Array<Old, rows, columns, options, most_rows, most_columns>, N> {
  using Type = Eigen::Array<N, rows, columns, options, most_rows, most_columns>;
};
template <class M, class N>
using EigenOf = typename MadeOf<typename M::PlainObject, N>::Type;

}  // namespace detail

namespace derive {

template <EigenDense X>
requires Element<typename X::Scalar>
struct Packing<X> {
  using Real = RealOf<typename X::Scalar>;
  using Value = thalweg::detail::EigenOf<X, Real>;
  using Variables = thalweg::detail::EigenOf<X, Var<Real>>;

  static Value value(const X& x) {
    const thalweg::detail::EigenOf<X, typename X::Scalar> given = x;
    return given.unaryExpr([](const typename X::Scalar& number) {
      return Packing<typename X::Scalar>::value(number);
    });
  }
  static void add_blocks(const Value& x, std::vector<Block>& to) {
    to.push_back({thalweg::detail::shape_of(x), &number_type<Real>});
  }
  static void put(const Value& x, double*& to) {
    thalweg::detail::each_by_rows(x, [&](const Real& number) { *to++ = double(number); });
  }
  static Value get(const Value& like, const double*& from) {
    Value x = like;
    thalweg::detail::each_by_rows(x, [&](Real& number) { number = static_cast<Real>(*from++); });
    return x;
  }
  static Variables variable(Tape* tape, const Value& x) {
    Variables variables = x.template cast<Var<Real>>();
    if (tape) thalweg::detail::each_by_rows(variables, [&](Var<Real>& v) { tape->watch(v); });
    return variables;
  }
  static Value gradient(const Gradients& all, const Variables& variables) {
    return variables.unaryExpr([&](const Var<Real>& v) { return all[v]; });
  }
};

}  // namespace derive

namespace detail {
template <class X>
concept EigenVector = EigenDense<X> && bool(X::IsVectorAtCompileTime);
template <class F, class X>
using Called = std::remove_cvref_t<decltype(derive::ArgumentList<X>::call(
    std::declval<F&>(), std::declval<typename derive::ArgumentList<X>::Variables>()))>;
}  // namespace detail

/// The Jacobian of a vector by a vector is a matrix, Jᵢⱼ = ∂fᵢ/∂xⱼ. That of or by a matrix is a
/// tensor, as of other arguments.
template <class F, Argument X>
requires detail::EigenVector<X> && detail::EigenVector<detail::Called<F, X>>
auto jacobian(F&& f, const X& x) {
  using Y = detail::Called<F, X>;
  const auto rows = jacobian(f, std::tuple(derive::Packing<X>::value(x)));
  using Real = typename decltype(rows)::Real;
  return Eigen::Matrix<Real, Y::SizeAtCompileTime, X::SizeAtCompileTime>(
      Eigen::Map<const detail::RowMajorMatrix<Real>>(rows.data(), rows.size() / x.size(),
                                                     x.size()));
}

// ---- by hand ----

/// Variables of the tape with these values.
template <EigenDense M>
auto variables(Tape& tape, const M& m) {
  return derive::Packing<M>::variable(&tape, derive::Packing<M>::value(m));
}

/// The gradients of a matrix of variables, of its sizes.
template <EigenOfVar M>
auto gradients_of(const Gradients& gradients, const M& variables) {
  return derive::Packing<M>::gradient(gradients, variables);
}

}  // namespace thalweg
