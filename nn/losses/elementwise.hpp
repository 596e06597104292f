#pragma once
/// How a loss that compares element by element is made of one formula.
///
///     struct HuberLoss {                                   // an op as in autodiff/number/rule.hpp
///       static constexpr auto name = "huber_loss";
///       double delta = 1;
///       template <class T> T value(const T& p, const T& y) const;
///       template <class T> Slopes<T, 2> slopes(Input<T> p, Input<T> y) const;
///     };
///     return nn::detail::elementwise_loss(HuberLoss{delta}, reduction, where, p, y);
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

/// The losses of a statement, or what is asked for of them.
template <class Losses>
Tensor<typename Losses::Real> reduced_loss(Losses losses, Reduction reduction, Location where) {
  if (reduction == Reduction::none) return as_tensor(std::move(losses), where);
  const double count = static_cast<double>(op::shape_of(losses).size());
  return op::scaled_sum(losses, reduction == Reduction::mean ? 1 / count : 1, where);
}

/// The statement rule(x…), once the shapes of the operands it names agree; not yet evaluated.
template <class Rule, class... X>
auto loss_statement(const Rule& rule, X&&... x) {
  auto losses = apply(rule, std::forward<X>(x)...);
  constexpr auto names = operands_of<Rule>();
  expect_same(Rule::name, names.data(), op::operand_shapes(losses).data(),
              static_cast<int>(names.size()));
  return losses;
}
template <class Rule, class... X>
auto elementwise_loss(const Rule& rule, Reduction reduction, Location where, X&&... x) {
  return reduced_loss(loss_statement(rule, std::forward<X>(x)...), reduction, where);
}

/// Weights as an operand, 1 if not given. Throws ShapeError unless they have the shape of the
/// prediction or, if `of_classes`, that of its last axis.
template <class Real>
Tensor<Real> weight_operand(const char* loss, const char* option, const Weights& weights,
                            const Shape& prediction, bool of_classes);

#define THALWEG_DECLARE(Real)                                                           \
  extern template Tensor<Real> weight_operand(const char*, const char*, const Weights&, \
                                              const Shape&, bool);
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace detail
}  // namespace thalweg::nn
