#include "nn/losses.hpp"

#include <fmt/format.h>

#include "autodiff/error.hpp"

namespace thalweg::nn::detail {

void expect_target(const char* loss, const Shape& prediction, const Shape& target) {
  if (prediction == target) return;
  throw ShapeError(fmt::format(
      "{}: prediction {} and target {} differ in shape; nothing is broadcast here, reshape one",
      loss, prediction, target));
}

}  // namespace thalweg::nn::detail
