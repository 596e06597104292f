#include "thalweg/autodiff/ops/indices.hpp"

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/kernels/indexing.hpp"

namespace thalweg {
namespace {

// Element `at` of a tensor: "7" in a vector, "[1, 2]" in a matrix.
std::string position_text(const Shape& shape, Index at) {
  if (shape.rank() <= 1) return fmt::format("{}", at);
  Shape position = shape;
  for (int axis = shape.rank(); axis-- > 0; at /= shape[axis]) position[axis] = at % shape[axis];
  return to_string(position);
}

}  // namespace

void expect_in_range(const char* op, const char* noun, const IndexTensor& index, Index size) {
  const Index at = kernels::find_out_of_range(index.values(), size);
  if (at < 0) return;
  throw IndexError(fmt::format(
      "{}: {} {} at position {} is out of range; {}", op, noun, index.data()[at],
      position_text(index.shape(), at),
      size == 0 ? "there is nothing to choose from" : fmt::format("expected 0 to {}", size - 1)));
}

}  // namespace thalweg
