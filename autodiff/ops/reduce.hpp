#pragma once
/// Reductions by addition: sum, mean, norm, var, stddev, logsumexp; and prod.
///
///     Tensor loss = mean(square(y - p));         // one loop; allocates nothing but its result
///     Tensor rows = sum(x, 1);                   // x [3, 4]: rows [3]
///     Tensor kept = sum(x, {0, -1}, keep_axes);  //           kept [1, 1]
///
/// Without axes everything is reduced, to a tensor of rank 0. An unnamed expression is reduced
/// while it is evaluated. Every function throws ShapeError for an axis that is out of range or
/// given twice. Of no elements the sum is 0, the product 1, the mean NaN, logsumexp −∞.

#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/axes.hpp"
#include "thalweg/autodiff/ops/operand.hpp"

namespace thalweg {
namespace op {
// clang-format off

/// t = x², a term of y = √Σx².     ∂y/∂x = x / y;  0 at y = 0, the least-norm subgradient.
struct NormTerm {
  static constexpr auto name = "norm";
  template <class T> static T value(const T& x, const T&) { return x * x; }
  template <class T> static Slopes<T, 2> slopes(Input<T> x, Input<T> y) {
    return {select(y == T(0), T(0), x / y), T(0)};
  }
};

/// t = (x − m)², m the mean.     ∂Σt/∂x = 2 (x − m): through m nothing flows, since Σ(x − m) = 0.
struct SquaredDistance {
  static constexpr auto name = "var";
  template <class T> static T value(const T& x, const T& m) {
    const T d = x - m;
    return d * d;
  }
  template <class T> static Slopes<T, 2> slopes(Input<T> x, Input<T> m) {
    return {2 * (x - m), T(0)};
  }
};

/// A term of y = log Σ eˣ.     ∂y/∂x = exp(x − y);  0 where y = −∞.
struct ShiftedExp {
  static constexpr auto name = "logsumexp";
  template <class T> static T value(const T& x, const T& y) {
    using std::exp;
    return exp(x - select(y == T(-HUGE_VALF), T(0), y));
  }
  template <class T> static Slopes<T, 2> slopes(Input<T> x, Input<T> y) {
    return {value<T>(x, y), T(0)};
  }
};

// clang-format on
}  // namespace op

/// How `var` and `stddev` count: Σ(x − mean)² is divided by n − correction. 1 makes the variance of
/// a sample unbiased, 0 gives the variance of the numbers themselves.
struct VarianceOptions {
  double correction = 1;
  KeepAxes keep = KeepAxes::no;
};

namespace detail {

template <class Real>
SumOverAxes<Real> reduction_of(const ReducedShape& reduced, double scale = 1) {
  return {reduced.form, reduced.result, static_cast<Real>(scale)};
}

/// y = scale · Σ tree over the axes.
template <class Tree>
Tensor<RealOf<Tree>> add_up(const char* op, const Tree& tree, const Axes& axes, KeepAxes keep,
                            bool divide, Location where) {
  const ReducedShape reduced = reduced_shape(op, shape_of(tree), axes, keep);
  const auto reduction =
      reduction_of<RealOf<Tree>>(reduced, divide ? 1 / static_cast<double>(reduced.count) : 1);
  return run_statement<true>(tree, &reduction, op, where);
}

}  // namespace detail

namespace op {
/// y = factor · Σ x over all elements, in the pass that evaluates x.
template <class Rule, class... Operands>
auto scaled_sum(const TensorExpression<Rule, Operands...>& x, double factor, Location where) {
  using Real = typename TensorExpression<Rule, Operands...>::Real;
  const auto all = detail::reduced_shape(Rule::name, shape_of(x), {}, KeepAxes::no);
  const auto reduction = detail::reduction_of<Real>(all, factor);
  return detail::run_statement<true>(x.tree(), &reduction, Rule::name, where);
}
}  // namespace op

namespace detail {

/// Σu² becomes √Σu²; false if a sum is so large or small that squares overflowed or were lost.
template <class Real>
bool take_roots(const Tensor<Real>& squares);
/// y = √Σu² of the lines where it was false, with the largest |u| taken out.
template <class Real>
void scaled_norms(const Tensor<Real>& u, const Axes& axes, const Tensor<Real>& y);

template <class Real>
const Tensor<Real>& values_of(const Tensor<Real>& x, Location) {
  return x;
}
template <class Op, class... A>
auto values_of(const Node<Op, A...>& tree, Location where) {
  return forward(tree, nullptr, where);
}

/// y = √Σu² for the values u of `tree`.     ∂y/∂u = u / y.
template <class Tree>
Tensor<RealOf<Tree>> norm(const Tree& tree, const Axes& axes, KeepAxes keep, Location where) {
  using Real = RealOf<Tree>;
  using Squares = Node<op::NormTerm, Tree, Constant<Real>>;
  const auto reduction = reduction_of<Real>(reduced_shape("norm", shape_of(tree), axes, keep));
  const Tensor<Real> y = forward(Squares{{}, {tree, Constant<Real>{0}}}, &reduction, where);
  if (!take_roots(y)) [[unlikely]]
    scaled_norms<Real>(values_of(tree, where), axes, y);
  using Terms = Node<op::NormTerm, Tree, Tensor<Real>>;
  const Terms terms{{}, {tree, alias(y, reduction.form)}};
  return record_statement<true>(terms, y, &reduction, "norm", where);
}

// Compiled once, in the library.
template <class Real>
Tensor<Real> var(const Tensor<Real>& x, const Axes& axes, const VarianceOptions& options,
                 Location where);
template <class Real>
Tensor<Real> stddev(const Tensor<Real>& x, const Axes& axes, const VarianceOptions& options,
                    Location where);
template <class Real>
Tensor<Real> logsumexp(const Tensor<Real>& x, const Axes& axes, KeepAxes keep, Location where);
template <class Real>
Tensor<Real> prod(const Tensor<Real>& x, const Axes& axes, KeepAxes keep, Location where);

#define THALWEG_DECLARE(Real)                                                                  \
  extern template bool take_roots(const Tensor<Real>&);                                        \
  extern template void scaled_norms(const Tensor<Real>&, const Axes&, const Tensor<Real>&);    \
  extern template Tensor<Real> add_up(const char*, const Tensor<Real>&, const Axes&, KeepAxes, \
                                      bool, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace detail

/// y = Σ x.     ∂y/∂x = 1.
template <RealTensorLike X>
auto sum(X&& x, Axes axes = {}, KeepAxes keep = KeepAxes::no,
         Location where = Location::current()) {
  using Real = op::ElementOf<X>;
  return detail::add_up("sum", detail::tensor_operand<Real>(std::forward<X>(x)), axes, keep, false,
                        where);
}

/// y = Σ x / n, n the number of elements that become one.     ∂y/∂x = 1/n.
template <RealTensorLike X>
auto mean(X&& x, Axes axes = {}, KeepAxes keep = KeepAxes::no,
          Location where = Location::current()) {
  using Real = op::ElementOf<X>;
  return detail::add_up("mean", detail::tensor_operand<Real>(std::forward<X>(x)), axes, keep, true,
                        where);
}

/// y = ‖x‖ = √Σ x².     ∂y/∂x = x / y;  0 at x = 0, the least-norm subgradient.
///
/// Right for large and tiny x too: where Σ x² leaves the range of numbers, the largest |x| is taken
/// out first.
template <RealTensorLike X>
auto norm(X&& x, Axes axes = {}, KeepAxes keep = KeepAxes::no,
          Location where = Location::current()) {
  using Real = op::ElementOf<X>;
  return detail::norm(detail::tensor_operand<Real>(std::forward<X>(x)), axes, keep, where);
}

/// y = Σ (x − m)² / (n − correction), m the mean, which is known to twice the precision: equal
/// numbers give exactly 0, and a large offset costs no digits.
///
///     ∂y/∂x = 2 (x − m) / (n − correction)
///
/// NaN where n ≤ correction, as for one number with the default correction of 1.
template <RealTensorLike X>
auto var(X&& x, Axes axes, VarianceOptions options, Location where = Location::current()) {
  return detail::var(as_tensor(std::forward<X>(x), where), axes, options, where);
}
template <RealTensorLike X>
auto var(X&& x, Axes axes = {}, KeepAxes keep = KeepAxes::no,
         Location where = Location::current()) {
  return detail::var(as_tensor(std::forward<X>(x), where), axes, {.keep = keep}, where);
}

/// y = √var x.     ∂y/∂x = (x − m) / ((n − correction) y);  0 where y = 0.
template <RealTensorLike X>
auto stddev(X&& x, Axes axes, VarianceOptions options, Location where = Location::current()) {
  return detail::stddev(as_tensor(std::forward<X>(x), where), axes, options, where);
}
template <RealTensorLike X>
auto stddev(X&& x, Axes axes = {}, KeepAxes keep = KeepAxes::no,
            Location where = Location::current()) {
  return detail::stddev(as_tensor(std::forward<X>(x), where), axes, {.keep = keep}, where);
}

/// y = log Σ eˣ, as m + log Σ exp(x − m) with m = max x: nothing overflows.     ∂y/∂x = exp(x − y).
///
/// −∞ with gradient 0 where all x are −∞.
template <RealTensorLike X>
auto logsumexp(X&& x, Axes axes = {}, KeepAxes keep = KeepAxes::no,
               Location where = Location::current()) {
  return detail::logsumexp(as_tensor(std::forward<X>(x), where), axes, keep, where);
}

/// y = Π x.     ∂y/∂xᵢ = Π_{j≠i} xⱼ, right where factors are zero.
template <RealTensorLike X>
auto prod(X&& x, Axes axes = {}, KeepAxes keep = KeepAxes::no,
          Location where = Location::current()) {
  return detail::prod(as_tensor(std::forward<X>(x), where), axes, keep, where);
}

}  // namespace thalweg
