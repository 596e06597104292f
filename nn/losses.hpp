#pragma once
/// Losses.
///
///     Tensor loss = nn::cross_entropy(model(x), labels);      // of a classifier
///     Tensor loss = nn::mse_loss(model(x), y);                // of a regression

#include "autodiff/ops/arithmetic.hpp"
#include "autodiff/ops/cross_entropy.hpp"
#include "autodiff/ops/exponential.hpp"
#include "autodiff/ops/reduce.hpp"

namespace thalweg::nn {

using thalweg::cross_entropy;
using thalweg::CrossEntropyOptions;
using thalweg::Reduction;

namespace detail {
/// Throws ShapeError "mse_loss: prediction [4, 1] and target [4] differ in shape; …".
void expect_target(const char* loss, const Shape& prediction, const Shape& target);
}  // namespace detail

/// ℓ = (p − y)², elementwise; its mean, its sum, or as it is.     ∂ℓ/∂p = 2 (p − y).
///
///     prediction, target […]     loss [], or […] with Reduction::none
///
/// One pass over the expressions given; nothing is broadcast: [n, 1] against [n] would compare
/// every prediction with every target. Throws ShapeError if the shapes differ.
template <RealTensorLike P, RealTensorLike Y>
auto mse_loss(P&& prediction, Y&& target, Reduction reduction = Reduction::mean,
              Location where = Location::current()) {
  using Real = thalweg::detail::ElementOf<P, Y>;
  auto p = thalweg::detail::tensor_operand<Real>(std::forward<P>(prediction));
  auto y = thalweg::detail::tensor_operand<Real>(std::forward<Y>(target));
  detail::expect_target("mse_loss", thalweg::detail::shape_of(p), thalweg::detail::shape_of(y));
  using Difference = thalweg::detail::Node<op::Sub, decltype(p), decltype(y)>;
  const thalweg::detail::Node<op::Square, Difference> squares{
      {}, {Difference{{}, {std::move(p), std::move(y)}}}};
  if (reduction == Reduction::none)
    return thalweg::detail::run_statement<false>(squares, nullptr, "mse_loss", where);
  return thalweg::detail::add_up("mse_loss", squares, {}, KeepAxes::no,
                                 reduction == Reduction::mean, where);
}

}  // namespace thalweg::nn
