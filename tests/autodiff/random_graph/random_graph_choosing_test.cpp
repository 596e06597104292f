#include <doctest/doctest.h>

#include "random_graph.hpp"
#include "thalweg/autodiff/ops/compare.hpp"
#include "thalweg/autodiff/ops/select.hpp"

namespace random_graph {

const Ops& choosing_ops() {
  static const Domain any{-2, 2};
  static const Ops ops{
      make_op("abs", {any}, [](const auto& x) { return abs(x); }),
      make_op("sign", {any}, [](const auto& x) { return sign(x); }),
      make_op("floor", {any}, [](const auto& x) { return floor(x); }),
      make_op("ceil", {any}, [](const auto& x) { return ceil(x); }),
      make_op("round", {any}, [](const auto& x) { return round(x); }),
      make_op("maximum", {any, any}, [](const auto& a, const auto& b) { return maximum(a, b); }),
      make_op("minimum", {any, any}, [](const auto& a, const auto& b) { return minimum(a, b); }),
      make_op("maximum number", {any}, [](const auto& x) { return maximum(x, 0.3); }),
      make_op("clamp", {any}, [](const auto& x) { return clamp(x, -1.0, 0.5); }),
      make_op("clamp between", {any, {-2, 0}, {0.1, 2}},
              [](const auto& x, const auto& a, const auto& b) { return clamp(x, a, b); }),
      make_op("where less", {any, any},
              [](const auto& a, const auto& b) { return where(a < b, a, 2.0 * b); }),
      make_op("where positive", {any, any, any},
              [](const auto& c, const auto& a, const auto& b) { return where(c > 0.0, a, b); }),
      make_op("fma", {any, any, any},
              [](const auto& a, const auto& b, const auto& c) { return fma(a, b, c); }),
  };
  return ops;
}

}  // namespace random_graph

TEST_CASE("random graph: ops that choose do so for each element of tensors") {
  for (const auto& op : random_graph::choosing_ops()) random_graph::check_elementwise(op);
}
