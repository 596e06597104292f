#include "thalweg/autodiff/tensor/print.hpp"

#include <fmt/format.h>

#include <ostream>

namespace thalweg::detail {

static constexpr Index longest_axis = 8;

std::string number_text(double value, std::string_view spec) {
  return fmt::format(fmt::runtime(fmt::format("{{:{}}}", spec)), value);
}

template <class Real>
static void append_axis(std::string& text, const Tensor<Real>& tensor, std::string_view format,
                        int axis, Index offset) {
  const Shape& shape = tensor.shape();
  if (axis == shape.rank()) {
    text += fmt::format(fmt::runtime(format), tensor.data()[offset]);
    return;
  }
  const Index size = shape[axis];
  std::string separator = ", ";
  if (axis + 1 < shape.rank()) {
    separator = ",\n";
    separator.append(axis + 1, ' ');
  }
  text += '[';
  for (Index k = 0; k < size; ++k) {
    if (k > 0) text += separator;
    if (size > longest_axis && k == longest_axis / 2) {
      text += "...";
      text += separator;
      k = size - longest_axis / 2;
    }
    append_axis(text, tensor, format, axis + 1, offset + k * shape.size_after(axis));
  }
  text += ']';
}

template <class Real>
std::string tensor_text(const Tensor<Real>& tensor, std::string_view spec) {
  std::string text;
  append_axis(text, tensor, fmt::format("{{:{}}}", spec), 0, 0);
  return text;
}
#define THALWEG_INSTANTIATE(Real) \
  template std::string tensor_text(const Tensor<Real>&, std::string_view);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template std::string tensor_text(const Tensor<Index>&, std::string_view);

void write(std::ostream& stream, const std::string& text) { stream << text; }

}  // namespace thalweg::detail
