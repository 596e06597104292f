#include <doctest/doctest.h>

#include "random_graph.hpp"
#include "thalweg/autodiff/ops/activation.hpp"

namespace random_graph {

const Ops& activation_ops() {
  static const Domain any{-4, 4};
  static const Ops ops{
      make_op("sigmoid", {any}, [](const auto& x) { return sigmoid(x); }),
      make_op("log_sigmoid", {any}, [](const auto& x) { return log_sigmoid(x); }),
      make_op("softplus", {any}, [](const auto& x) { return softplus(x); }),
      make_op("softsign", {any}, [](const auto& x) { return softsign(x); }),
      make_op("relu", {any}, [](const auto& x) { return relu(x); }),
      make_op("relu6", {{-2, 8}}, [](const auto& x) { return relu6(x); }),
      make_op("leaky_relu", {any}, [](const auto& x) { return leaky_relu(x, 0.2); }),
      make_op("elu", {any}, [](const auto& x) { return elu(x, 0.7); }),
      make_op("selu", {any}, [](const auto& x) { return selu(x); }),
      make_op("silu", {any}, [](const auto& x) { return silu(x); }),
      make_op("mish", {any}, [](const auto& x) { return mish(x); }),
      make_op("gelu", {any}, [](const auto& x) { return gelu(x); }),
      make_op("gelu_tanh", {any}, [](const auto& x) { return gelu_tanh(x); }),
      make_op("hardtanh", {any}, [](const auto& x) { return hardtanh(x, -1.5, 2); }),
      make_op("hardsigmoid", {any}, [](const auto& x) { return hardsigmoid(x); }),
      make_op("hardswish", {any}, [](const auto& x) { return hardswish(x); }),
  };
  return ops;
}

}  // namespace random_graph

TEST_CASE("random graph: activations of tensors are those of elements") {
  for (const auto& op : random_graph::activation_ops()) random_graph::check_elementwise(op);
}
