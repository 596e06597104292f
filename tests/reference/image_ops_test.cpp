/// Convolution and pooling.

#include "cases.hpp"
#include "thalweg/autodiff/ops/convolution.hpp"
#include "thalweg/autodiff/ops/pooling.hpp"

namespace reference {
namespace {

Tensor<double> convolved(const Case& c) {
  return conv2d(c["x"], c["weight"], c["bias"],
                {.stride = c.option<Index>("stride", 1),
                 .padding = c.option<Index>("padding", 0),
                 .dilation = c.option<Index>("dilation", 1),
                 .groups = c.option<Index>("groups", 1)});
}

Tensor<double> convolved_along_line(const Case& c) {
  return conv1d(c["x"], c["weight"], c["bias"],
                {.stride = c.option<Index>("stride", 1),
                 .padding = c.option<Index>("padding", 0),
                 .dilation = c.option<Index>("dilation", 1),
                 .groups = c.option<Index>("groups", 1)});
}

Tensor<double> transposed(const Case& c) {
  return conv_transpose2d(c["x"], c["weight"], c["bias"],
                          {.stride = c.option<Index>("stride", 1),
                           .padding = c.option<Index>("padding", 0),
                           .output_padding = c.option<Index>("output_padding", 0)});
}

Tensor<double> maxima(const Case& c) {
  return max_pool2d(
      c["x"], c.option<Index>("kernel", 1),
      {.stride = c.option<Index>("stride", 1), .padding = c.option<Index>("padding", 0)});
}

Tensor<double> averaged(const Case& c) {
  return avg_pool2d(
      c["x"], c.option<Index>("kernel", 1),
      {.stride = c.option<Index>("stride", 1), .padding = c.option<Index>("padding", 0)});
}

}  // namespace

const Ops& image_ops() {
  static const Ops ops{
      {"conv1d", convolved_along_line},
      {"conv2d", convolved},
      {"conv_transpose2d", transposed},
      {"max_pool2d", maxima},
      {"avg_pool2d", averaged},
      {"global_avg_pool2d", [](const Case& c) { return global_avg_pool2d(c["x"]); }},
  };
  return ops;
}

}  // namespace reference
