#pragma once
/// `Var` as a number type of Eigen's matrices, alone and beside plain numbers of its type.

#if !__has_include(<Eigen/Core>)
#error \
    "<thalweg/autodiff/eigen.hpp> needs Eigen 3, which is not found: install libeigen3-dev and link Eigen3::Eigen, or compile with -I/usr/include/eigen3"
#endif

#include <Eigen/Core>
#include <concepts>

#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/cmath.hpp"
#include "thalweg/autodiff/ops/compare.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/select.hpp"
#include "thalweg/autodiff/ops/special.hpp"
#include "thalweg/autodiff/ops/trigonometric.hpp"
#include "thalweg/autodiff/tensor/print.hpp"

namespace Eigen {

/// Limits are those of Real. Copies are cheap; each operation is a statement on the tape.
template <class RealType>
struct NumTraits<thalweg::Var<RealType>> : GenericNumTraits<thalweg::Var<RealType>> {
  using Real = thalweg::Var<RealType>;
  using NonInteger = Real;
  using Nested = Real;
  using Literal = RealType;
  enum {
    IsComplex = 0,
    IsInteger = 0,
    IsSigned = 1,
    RequireInitialization = 1,
    ReadCost = 2,
    AddCost = 8,
    MulCost = 8,
  };
  static Real dummy_precision() { return NumTraits<RealType>::dummy_precision(); }
};

// Variables and numbers of their type in one operation give variables.
template <class Real, class Op>
struct ScalarBinaryOpTraits<thalweg::Var<Real>, Real, Op> {
  using ReturnType = thalweg::Var<Real>;
};
template <class Real, class Op>
struct ScalarBinaryOpTraits<Real, thalweg::Var<Real>, Op> {
  using ReturnType = thalweg::Var<Real>;
};

namespace internal {

/// m.cast<double>(): the values, unknown to any tape.
template <class Real, thalweg::detail::Arithmetic Number>
struct cast_impl<thalweg::Var<Real>, Number> {
  static Number run(const thalweg::Var<Real>& x) { return static_cast<Number>(x.value()); }
};

}  // namespace internal
}  // namespace Eigen

namespace thalweg {

/// Eigen's matrices, arrays, vectors, maps and expressions of them.
template <class X>
concept EigenDense = std::derived_from<X, Eigen::DenseBase<X>>;
template <class X>
concept EigenOfVar = EigenDense<X> && is_var<typename X::Scalar>;

namespace detail {
/// Plain numbers beside an expression of variables, which Eigen does not know to be one.
template <class M, class S>
concept NumbersBeside = EigenDense<M> && ScalarExpressionOf<S, typename M::Scalar>;
template <class M, class S>
concept ArrayBeside = NumbersBeside<M, S> && std::derived_from<M, Eigen::ArrayBase<M>>;
}  // namespace detail

// (a * b) m  is  Var(a * b) m.
template <ScalarExpressionType S, detail::NumbersBeside<S> M>
auto operator*(const S& s, const M& m) {
  return Var<typename S::Real>(s) * m;
}
template <ScalarExpressionType S, detail::NumbersBeside<S> M>
auto operator*(const M& m, const S& s) {
  return m * Var<typename S::Real>(s);
}
template <ScalarExpressionType S, detail::NumbersBeside<S> M>
auto operator/(const M& m, const S& s) {
  return m / Var<typename S::Real>(s);
}
template <ScalarExpressionType S, detail::ArrayBeside<S> M>
auto operator/(const S& s, const M& m) {
  return Var<typename S::Real>(s) / m;
}
template <ScalarExpressionType S, detail::ArrayBeside<S> M>
auto operator+(const S& s, const M& m) {
  return Var<typename S::Real>(s) + m;
}
template <ScalarExpressionType S, detail::ArrayBeside<S> M>
auto operator+(const M& m, const S& s) {
  return m + Var<typename S::Real>(s);
}
template <ScalarExpressionType S, detail::ArrayBeside<S> M>
auto operator-(const S& s, const M& m) {
  return Var<typename S::Real>(s) - m;
}
template <ScalarExpressionType S, detail::ArrayBeside<S> M>
auto operator-(const M& m, const S& s) {
  return m - Var<typename S::Real>(s);
}

}  // namespace thalweg
