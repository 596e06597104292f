#include <doctest/doctest.h>

#include "random_graph.hpp"

namespace random_graph {

const Ops& trigonometric_ops() {
  static const Domain any{-3, 3}, unit{-0.9, 0.9}, positive{0.4, 2};
  static const Ops ops{
      make_op("sin", {any}, [](const auto& x) { return sin(x); }),
      make_op("cos", {any}, [](const auto& x) { return cos(x); }),
      make_op("tan", {{-1.2, 1.2}}, [](const auto& x) { return tan(x); }),
      make_op("asin", {unit}, [](const auto& x) { return asin(x); }),
      make_op("acos", {unit}, [](const auto& x) { return acos(x); }),
      make_op("atan", {any}, [](const auto& x) { return atan(x); }),
      make_op("sinh", {{-2, 2}}, [](const auto& x) { return sinh(x); }),
      make_op("cosh", {{-2, 2}}, [](const auto& x) { return cosh(x); }),
      make_op("tanh", {any}, [](const auto& x) { return tanh(x); }),
      make_op("asinh", {any}, [](const auto& x) { return asinh(x); }),
      make_op("acosh", {{1.2, 3}}, [](const auto& x) { return acosh(x); }),
      make_op("atanh", {unit}, [](const auto& x) { return atanh(x); }),
      make_op("atan2", {any, positive}, [](const auto& y, const auto& x) { return atan2(y, x); }),
      make_op("hypot", {positive, any}, [](const auto& a, const auto& b) { return hypot(a, b); }),
  };
  return ops;
}

}  // namespace random_graph

TEST_CASE("random graph: circular and hyperbolic functions of tensors are those of elements") {
  for (const auto& op : random_graph::trigonometric_ops()) random_graph::check_elementwise(op);
}
