/// Normalisations and attention that are no ops of this library, written as a user would write them
/// with the ops there are.

#include "autodiff/ops/activation.hpp"
#include "autodiff/ops/compare.hpp"
#include "autodiff/ops/exponential.hpp"
#include "autodiff/ops/join.hpp"
#include "autodiff/ops/matmul.hpp"
#include "autodiff/ops/select.hpp"
#include "autodiff/ops/slice.hpp"
#include "autodiff/ops/softmax.hpp"
#include "autodiff/ops/trigonometric.hpp"
#include "autodiff/ops/views.hpp"
#include "cases.hpp"

namespace reference {
namespace {

/// (x − m) / √(v + ε), m and v the mean and the variance along the axes.
Tensor<double> normalized(const Tensor<double>& x, std::span<const int> list, double epsilon) {
  const Axes axes(list);
  const Tensor d = x - mean(x, axes, keep_axes);
  return d / sqrt(mean(square(d), axes, keep_axes) + epsilon);
}

/// y w + b, as far as there are such inputs, lying along the axes of `shape` that are not 1.
Tensor<double> scaled(const Case& c, Tensor<double> y, const Shape& shape) {
  if (c.has_input("weight")) y = y * reshape(c["weight"], shape);
  if (c.has_input("bias")) y = y + reshape(c["bias"], shape);
  return y;
}

/// [1, channels, 1, …], for x [batch, channels, …].
Shape per_channel(const Tensor<double>& x) {
  Shape shape{1, x.size(1)};
  while (shape.rank() < x.rank()) shape.push_back(1);
  return shape;
}

/// The last axes, as many as the weight has.
std::vector<int> weight_axes(const Case& c) {
  std::vector<int> axes;
  for (int k = c.has_input("weight") ? c["weight"].rank() : 1; k > 0; --k) axes.push_back(-k);
  return axes;
}

Tensor<double> layer_norm(const Case& c) {
  const auto axes = weight_axes(c);
  const Tensor y = normalized(c["x"], axes, c.option("epsilon", 1e-5));
  return c.has_input("weight") ? scaled(c, y, c["weight"].shape()) : y;
}

Tensor<double> rms_norm(const Case& c) {
  const auto axes = weight_axes(c);
  const Tensor root =
      sqrt(mean(square(c["x"]), Axes(std::span(axes)), keep_axes) + c.option("epsilon", 1e-6));
  const Tensor y = c["x"] / root;
  return c.has_input("weight") ? scaled(c, y, c["weight"].shape()) : y;
}

Tensor<double> group_norm(const Case& c) {
  const Tensor rows = reshape(c["x"], {c["x"].size(0), c.option<Index>("groups", 1), -1});
  const Tensor y = normalized(rows, std::vector{-1}, c.option("epsilon", 1e-5));
  return scaled(c, reshape(y, c["x"].shape()), per_channel(c["x"]));
}

Tensor<double> batch_norm_train(const Case& c) {
  std::vector<int> axes{0};
  for (int axis = 2; axis < c["x"].rank(); ++axis) axes.push_back(axis);
  return scaled(c, normalized(c["x"], axes, c.option("epsilon", 1e-5)), per_channel(c["x"]));
}

Tensor<double> batch_norm_eval(const Case& c) {
  const Shape shape = per_channel(c["x"]);
  const Tensor variance = reshape(c.constant("variance"), shape);
  const Tensor y =
      (c["x"] - reshape(c.constant("mean"), shape)) / sqrt(variance + c.option("epsilon", 1e-5));
  return scaled(c, y, shape);
}

/// softmax(q kᵀ / √d) v; if causal, position i sees the positions up to i only.
Tensor<double> attention(const Case& c) {
  const double d = static_cast<double>(c["q"].size(-1));
  Tensor scores = matmul(c["q"], transpose(c["k"])) / std::sqrt(d);
  if (c.option("causal", false)) {
    const Index n = scores.size(-2), m = scores.size(-1);
    Tensor<double> hidden = Tensor<double>(Shape{n, m}, std::vector<double>(std::size_t(n * m)));
    for (Index i = 0; i < n; ++i)
      for (Index j = i + 1; j < m; ++j) hidden.set({i, j}, 1);
    scores = where(hidden, -INFINITY, scores);
  }
  return matmul(softmax(scores, -1), c["v"]);
}

Tensor<double> global_avg_pool2d(const Case& c) { return mean(c["x"], {-2, -1}, keep_axes); }

}  // namespace

const Ops& composed_layers() {
  static const Ops ops{
      {"layer_norm", layer_norm},
      {"rms_norm", rms_norm},
      {"group_norm", group_norm},
      {"batch_norm_train", batch_norm_train},
      {"batch_norm_eval", batch_norm_eval},
      {"scaled_dot_product_attention", attention},
      {"global_avg_pool2d", global_avg_pool2d},
  };
  return ops;
}

}  // namespace reference

TEST_CASE("reference: layers composed of public ops") {
  reference::check_cases(reference::composed_layers());
}
