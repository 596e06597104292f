#pragma once
/// How a loss that compares element by element is made of one formula.
///
///     struct HuberLoss {                                   // an op as in autodiff/number/rule.hpp
///       static constexpr auto name = "huber_loss";
///       double delta = 1;
///       template <class T> T value(const T& p, const T& y) const { … }
///       template <class T> Slopes<T, 2> slopes(Input<T> p, Input<T> y) const { … }
///     };
///     return detail::elementwise_loss(rule::HuberLoss{delta}, reduction, where, p, y);
///
/// One pass forward, that of the expressions given included, and one backward; only the result is
/// allocated. Gradients reach the target, too, if it is a variable.

#include "thalweg/autodiff/ops/activation.hpp"
#include "thalweg/autodiff/ops/cross_entropy.hpp"
#include "thalweg/autodiff/ops/numbers.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/ops/select.hpp"

namespace thalweg::nn {

using thalweg::Reduction;
using thalweg::Weights;

namespace detail {

/// Throws ShapeError "mse_loss: prediction [4, 1] and target [4] differ in shape; …".
void expect_target(const char* loss, const Shape& prediction, const Shape& target);
void expect_same(const char* loss, const char* const* names, const Shape* shapes, int count);
/// Throws ValueError "huber_loss: delta is -1; expected a number above 0".
void expect_positive(const char* loss, const char* option, double value);

/// What a rule calls the operands that must have one shape; those behind them are broadcast.
template <class Rule>
constexpr auto operands_of() {
  if constexpr (requires { Rule::operands; })
    return Rule::operands;
  else
    return std::array<const char*, 2>{"prediction", "target"};
}

/// The losses of `tree`, or factor · Σ of them.
template <class Tree>
auto scaled_sum(const Tree& tree, double factor, Location where) {
  namespace ops = thalweg::detail;
  const char* const name = ops::name_of<Tree>;
  const auto all = ops::reduced_shape(name, ops::shape_of(tree), {}, KeepAxes::no);
  const auto reduction = ops::reduction_of<typename Tree::Real>(all, factor);
  return ops::run_statement<true>(tree, &reduction, name, where);
}
template <class Tree>
auto reduced_loss(const Tree& tree, Reduction reduction, Location where) {
  namespace ops = thalweg::detail;
  if (reduction == Reduction::none)
    return ops::run_statement<false>(tree, nullptr, ops::name_of<Tree>, where);
  const double count = static_cast<double>(ops::shape_of(tree).size());
  return scaled_sum(tree, reduction == Reduction::mean ? 1 / count : 1, where);
}

/// The statement rule(x…), once the shapes of the operands it names agree.
template <class Rule, class... X>
auto loss_statement(const Rule& rule, X&&... x) {
  namespace ops = thalweg::detail;
  using Real = ops::ElementOf<X...>;
  using Tree = ops::Node<Rule, decltype(ops::tensor_operand<Real>(std::forward<X>(x)))...>;
  Tree tree{rule, {ops::tensor_operand<Real>(std::forward<X>(x))...}};
  constexpr auto names = operands_of<Rule>();
  std::apply(
      [&](const auto&... operand) {
        const Shape shapes[] = {ops::shape_of(operand)...};
        expect_same(Rule::name, names.data(), shapes, static_cast<int>(names.size()));
      },
      tree.operands);
  return tree;
}
template <class Rule, class... X>
auto elementwise_loss(const Rule& rule, Reduction reduction, Location where, X&&... x) {
  return reduced_loss(loss_statement(rule, std::forward<X>(x)...), reduction, where);
}

/// The shape of an operand, which stays unevaluated if it is an expression.
template <class X>
Shape shape_unevaluated(const X& x) {
  if constexpr (is_tensor_expression<X>)
    return thalweg::detail::shape_of(x.tree());
  else
    return x.shape();
}

/// Weights as an operand, 1 if not given. Throws ShapeError unless they have the shape of the
/// prediction or, if `of_classes`, that of its last axis.
template <class Real>
Tensor<Real> weight_operand(const char* loss, const char* option, const Weights& weights,
                            const Shape& prediction, bool of_classes);

extern template Tensor<float> weight_operand(const char*, const char*, const Weights&, const Shape&,
                                             bool);
extern template Tensor<double> weight_operand(const char*, const char*, const Weights&,
                                              const Shape&, bool);

}  // namespace detail
}  // namespace thalweg::nn
