#include "thalweg/nn/onnx/onnx.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/files.hpp"

namespace thalweg::nn::detail {

void expect_same_output(const Shape& onnx, const Shape& model) {
  if (onnx != model)
    throw ShapeError(fmt::format("export_onnx: the model's ONNX form makes {}, the model itself {}",
                                 onnx, model));
}

OnnxAxesOfBoth::OnnxAxesOfBoth(const Shape& in, const Shape& out, const OnnxOptions& options)
    : input(static_cast<std::size_t>(in.rank())), output(static_cast<std::size_t>(out.rank())) {
  if (!options.dynamic_batch || in.rank() == 0) return;
  input[0] = "batch";
  if (out.rank() > 0) output[0] = in[0] == out[0] ? "batch" : "?";
}

void OnnxAxesOfBoth::add(const OnnxAxis& any, const Shape& in, const Shape& out,
                         const Shape& longer_in, const Shape& longer_out) {
  const int axis = normalise_axis("export_onnx", any.axis, in);
  if (any.name.empty() || any.name == "?")
    throw ValueError(fmt::format("export_onnx: axis {} of any length has no name", any.axis));
  std::string& name = input[static_cast<std::size_t>(axis)];
  for (const std::string& other : input)
    if (other == any.name && &other != &name)
      throw ValueError(fmt::format("export_onnx: two axes are called '{}'", any.name));
  name = any.name;
  for (int k = 0; k < out.rank(); ++k)
    if (out[k] != longer_out[k])
      output[static_cast<std::size_t>(k)] =
          out[k] == in[axis] && longer_out[k] == longer_in[axis] ? any.name : "?";
}

Shape onnx_longer(const Shape& shape, const OnnxAxis& any) {
  Shape longer = shape;
  Index& length = longer[normalise_axis("export_onnx", any.axis, shape)];
  length = 2 * length + 1;
  return longer;
}

void refuse_axis(const OnnxAxis& any, const Shape& shape, const std::string& why) {
  throw ValueError(fmt::format("export_onnx: axis {} ('{}') cannot have any length; with {}: {}",
                               any.axis, any.name, shape, why));
}

void write_onnx(const std::string& path, const std::string& bytes) { write_file(path, bytes); }

}  // namespace thalweg::nn::detail
