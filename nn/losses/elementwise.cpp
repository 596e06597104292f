#include "thalweg/nn/losses/elementwise.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::nn::detail {

void expect_same(const char* loss, const char* const* names, const Shape* shapes, int count) {
  for (int k = 1; k < count; ++k)
    if (shapes[k] != shapes[0])
      throw ShapeError(
          fmt::format("{}: {} {} and {} {} differ in shape; nothing is broadcast here, reshape one",
                      loss, names[0], shapes[0], names[k], shapes[k]));
}

void expect_target(const char* loss, const Shape& prediction, const Shape& target) {
  const char* const names[] = {"prediction", "target"};
  const Shape shapes[] = {prediction, target};
  expect_same(loss, names, shapes, 2);
}

void expect_positive(const char* loss, const char* option, double value) {
  if (!(value > 0))
    throw ValueError(fmt::format("{}: {} is {}; expected a number above 0", loss, option, value));
}

template <class Real>
Tensor<Real> weight_operand(const char* loss, const char* option, const Weights& weights,
                            const Shape& prediction, bool of_classes) {
  if (!weights.given()) return Tensor<Real>(Real(1));
  const bool fits = weights.shape() == prediction || (of_classes && prediction.rank() > 0 &&
                                                      weights.shape() == Shape{prediction.at(-1)});
  if (!fits)
    throw ShapeError(fmt::format("{}: {} {} and prediction {}; expected the shape of the {}", loss,
                                 option, weights.shape(), prediction,
                                 of_classes ? "prediction or of its last axis" : "prediction"));
  return weights.as<Real>();
}

#define THALWEG_INSTANTIATE(Real)                                                              \
  template Tensor<Real> weight_operand(const char*, const char*, const Weights&, const Shape&, \
                                       bool);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn::detail
