#pragma once
/// Products of matrices in which there are variables: one statement per element.
///
///     C = A B,    cᵢⱼ = Σₖ aᵢₖ bₖⱼ.
///
/// Eigen's own loops would record every product and every sum. They would also hand a factor of the
/// product on as a plain number where only the first matrix has variables.

#include "thalweg/autodiff/eigen/number.hpp"
#include "thalweg/autodiff/ops/vectors.hpp"

namespace thalweg::detail {

template <class A, class B>
concept ProductOfVar = is_var<typename A::Scalar> || is_var<typename B::Scalar>;

/// What Eigen asks of a product: dst = A B, and dst += alpha A B.
template <class A, class B, class Product>
struct VarProduct : Eigen::internal::generic_product_impl_base<A, B, Product> {
  using Scalar = typename Eigen::Product<A, B>::Scalar;

  template <class Dst>
  static void evalTo(Dst& dst, const A& a, const B& b) {
    each_element(a, b, [&](Index i, Index j, const Scalar& c) { dst.coeffRef(i, j) = c; });
  }
  template <class Dst>
  static void addTo(Dst& dst, const A& a, const B& b) {
    each_element(a, b, [&](Index i, Index j, const Scalar& c) { dst.coeffRef(i, j) += c; });
  }
  template <class Dst>
  static void subTo(Dst& dst, const A& a, const B& b) {
    each_element(a, b, [&](Index i, Index j, const Scalar& c) { dst.coeffRef(i, j) -= c; });
  }
  template <class Dst>
  static void scaleAndAddTo(Dst& dst, const A& a, const B& b, const Scalar& alpha) {
    each_element(a, b, [&](Index i, Index j, const Scalar& c) { dst.coeffRef(i, j) += alpha * c; });
  }

 private:
  /// f(i, j, cᵢⱼ). Rows of A and columns of B are made contiguous.
  template <class F>
  static void each_element(const A& a, const B& b, const F& f) {
    using Eigen::Dynamic;
    const Eigen::Array<typename A::Scalar, Dynamic, Dynamic> rows = a.transpose();
    const Eigen::Array<typename B::Scalar, Dynamic, Dynamic> columns = b;
    const auto depth = static_cast<std::size_t>(rows.rows());
    for (Index j = 0; j < columns.cols(); ++j)
      for (Index i = 0; i < rows.cols(); ++i)
        f(i, j,
          dot(std::span(&rows.coeffRef(0, i), depth), std::span(&columns.coeffRef(0, j), depth)));
  }
};

}  // namespace thalweg::detail

namespace Eigen::internal {

template <class A, class B>
requires thalweg::detail::ProductOfVar<A, B>
struct generic_product_impl<A, B, DenseShape, DenseShape, GemmProduct>
    : thalweg::detail::VarProduct<A, B,
                                  generic_product_impl<A, B, DenseShape, DenseShape, GemmProduct>> {
};
template <class A, class B>
requires thalweg::detail::ProductOfVar<A, B>
struct generic_product_impl<A, B, DenseShape, DenseShape, GemvProduct>
    : thalweg::detail::VarProduct<A, B,
                                  generic_product_impl<A, B, DenseShape, DenseShape, GemvProduct>> {
};

}  // namespace Eigen::internal
