#include <doctest/doctest.h>

#include "random_graph.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/special.hpp"

namespace random_graph {

const Ops& exponential_ops() {
  static const Domain any{-2, 2}, positive{0.4, 3};
  static const Ops ops{
      make_op("exp", {any}, [](const auto& x) { return exp(x); }),
      make_op("expm1", {any}, [](const auto& x) { return expm1(x); }),
      make_op("log", {positive}, [](const auto& x) { return log(x); }),
      make_op("log1p", {{-0.7, 2}}, [](const auto& x) { return log1p(x); }),
      make_op("log2", {positive}, [](const auto& x) { return log2(x); }),
      make_op("log10", {positive}, [](const auto& x) { return log10(x); }),
      make_op("sqrt", {positive}, [](const auto& x) { return sqrt(x); }),
      make_op("rsqrt", {positive}, [](const auto& x) { return rsqrt(x); }),
      make_op("cbrt", {positive}, [](const auto& x) { return cbrt(x); }),
      make_op("cbrt of negative", {{-3, -0.4}}, [](const auto& x) { return cbrt(x); }),
      make_op("erf", {any}, [](const auto& x) { return erf(x); }),
      make_op("erfc", {any}, [](const auto& x) { return erfc(x); }),
      make_op("lgamma", {positive}, [](const auto& x) { return lgamma(x); }),
      make_op("digamma", {positive}, [](const auto& x) { return digamma(x); }),
  };
  return ops;
}

}  // namespace random_graph

TEST_CASE("random graph: exponentials and special functions of tensors are those of elements") {
  for (const auto& op : random_graph::exponential_ops()) random_graph::check_elementwise(op);
}
