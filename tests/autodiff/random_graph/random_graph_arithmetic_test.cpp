#include <doctest/doctest.h>

#include "random_graph.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"

namespace random_graph {

const Ops& arithmetic_ops() {
  static const Domain any{-2, 2}, positive{0.4, 2};
  static const Ops ops{
      make_op("add", {any, any}, [](const auto& a, const auto& b) { return a + b; }),
      make_op("sub", {any, any}, [](const auto& a, const auto& b) { return a - b; }),
      make_op("mul", {any, any}, [](const auto& a, const auto& b) { return a * b; }),
      make_op("div", {any, positive}, [](const auto& a, const auto& b) { return a / b; }),
      make_op("neg", {any}, [](const auto& x) { return -x; }),
      make_op("plus number", {any}, [](const auto& x) { return x + 1; }),
      make_op("number minus", {any}, [](const auto& x) { return 0.5 - x; }),
      make_op("times number", {any}, [](const auto& x) { return x * -3; }),
      make_op("number over", {positive}, [](const auto& x) { return 2.f / x; }),
      make_op("over number", {any}, [](const auto& x) { return x / 3.0; }),
      make_op("square", {any}, [](const auto& x) { return square(x); }),
      make_op("reciprocal", {positive}, [](const auto& x) { return reciprocal(x); }),
      make_op("pow", {positive, any}, [](const auto& a, const auto& b) { return pow(a, b); }),
      make_op("pow 2", {any}, [](const auto& x) { return pow(x, 2); }),
      make_op("pow 3", {any}, [](const auto& x) { return pow(x, 3); }),
      make_op("pow 4", {any}, [](const auto& x) { return pow(x, 4); }),
      make_op("pow -1", {positive}, [](const auto& x) { return pow(x, -1); }),
      make_op("pow 0.5", {positive}, [](const auto& x) { return pow(x, 0.5); }),
      make_op("pow -1.7", {positive}, [](const auto& x) { return pow(x, -1.7); }),
      make_op("pow of 1.3", {any}, [](const auto& x) { return pow(1.3, x); }),
  };
  return ops;
}

}  // namespace random_graph

TEST_CASE("random graph: arithmetic on tensors is arithmetic on each element") {
  for (const auto& op : random_graph::arithmetic_ops()) random_graph::check_elementwise(op);
}
