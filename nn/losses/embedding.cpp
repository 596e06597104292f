#include "thalweg/nn/losses/embedding.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::nn::detail {
namespace {

void expect_vectors(const char* op, const Shape& a, const Shape& b) {
  if (a != b || a.rank() == 0)
    throw ShapeError(fmt::format(
        "{}: vectors {} and {}; expected one shape […, n], nothing is broadcast here", op, a, b));
}

}  // namespace

template <class Real>
Tensor<Real> cosine_similarity(const Tensor<Real>& a, const Tensor<Real>& b, int axis,
                               double epsilon, Location where) {
  expect_vectors("cosine_similarity", a.shape(), b.shape());
  expect_positive("cosine_similarity", "epsilon", epsilon);
  // Σ (a/‖a‖) (b/‖b‖): a product of large vectors, or of tiny ones, is no number.
  const Tensor<Real> of_a = norm(a, axis, KeepAxes::yes, where);
  const Tensor<Real> of_b = norm(b, axis, KeepAxes::yes, where);
  return sum(a / maximum(of_a, epsilon) * (b / maximum(of_b, epsilon)), axis, KeepAxes::no, where);
}

template <class Real>
Tensor<Real> triplet_distance(const Tensor<Real>& a, const Tensor<Real>& b, double epsilon,
                              Location where) {
  expect_vectors("triplet_margin_loss", a.shape(), b.shape());
  return norm(a - b + epsilon, -1, KeepAxes::no, where);
}

#define THALWEG_INSTANTIATE(Real)                                                                \
  template Tensor<Real> cosine_similarity(const Tensor<Real>&, const Tensor<Real>&, int, double, \
                                          Location);                                             \
  template Tensor<Real> triplet_distance(const Tensor<Real>&, const Tensor<Real>&, double,       \
                                         Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn::detail
