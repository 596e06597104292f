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

void write_onnx(const std::string& path, const std::string& bytes) { write_file(path, bytes); }

}  // namespace thalweg::nn::detail
