#include "thalweg/autodiff/derive/custom.hpp"

namespace thalweg::detail {

void throw_gradient_shape(const char* op, std::size_t k, const Shape& gradient,
                          const Shape& input) {
  throw ShapeError(fmt::format(
      "{}: backward gave a gradient of shape {} for input {} of shape {}; they must agree", op,
      gradient, k, input));
}

}  // namespace thalweg::detail
