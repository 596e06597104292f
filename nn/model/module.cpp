#include "thalweg/nn/model/module.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::nn::detail {

void expect_same_size(std::size_t from, std::size_t to) {
  if (from == to) return;
  throw ShapeError(
      fmt::format("copy_parameters: one model has {} parameters, the other {}", from, to));
}

void expect_same(const std::string& from, const Shape& from_shape, const std::string& to,
                 const Shape& to_shape) {
  if (from == to && from_shape == to_shape) return;
  throw ShapeError(fmt::format("copy_parameters: {} {} meets {} {}; names and shapes must agree",
                               from, from_shape, to, to_shape));
}

}  // namespace thalweg::nn::detail
