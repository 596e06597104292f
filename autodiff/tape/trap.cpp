// The non-finite detector: names the op, the shapes and the line.

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/tape/tape_state.hpp"

namespace thalweg::detail {

std::string line_of(Location where) {
  return where.line == 0 ? std::string("its line is not known")
                         : fmt::format("{}:{}", where.file, where.line);
}

void throw_nonfinite(const char* op, const char* pass, double value, Location where,
                     const char* shapes) {
  throw NonfiniteError(
      fmt::format("{}: its {} is {}, the first non-finite number of this tape; {}{}", op, pass,
                  value, shapes, line_of(where)));
}

void throw_nonfinite(const char* op, const char* pass, double value, Location where,
                     std::span<const Shape* const> operands) {
  std::string shapes = operands.size() == 1 ? "operand of shape" : "operands of shapes";
  for (const Shape* shape : operands) shapes += fmt::format(" {},", *shape);
  shapes.back() = ';';
  throw_nonfinite(op, pass, value, where, (shapes + " ").c_str());
}

template <class Real>
void check_finite(const Tensor<Real>& y, const char* op, std::span<const Operand>, Location where) {
  for (Index k = 0; k < y.size(); ++k)
    if (const Real value = y.data()[k]; !(value - value == Real(0)))
      throw NonfiniteError(
          fmt::format("{}: element {} of its result {} is {}, the first non-finite number of this "
                      "tape; {}",
                      op, k, y.shape(), value, line_of(where)));
}
#define THALWEG_INSTANTIATE(Real) \
  template void check_finite(const Tensor<Real>&, const char*, std::span<const Operand>, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::detail
