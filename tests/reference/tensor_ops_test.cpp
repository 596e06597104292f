/// Reductions, products, views, joining and indexing.

#include <limits>

#include "cases.hpp"
#include "thalweg/autodiff/ops/extrema.hpp"
#include "thalweg/autodiff/ops/indexing.hpp"
#include "thalweg/autodiff/ops/join.hpp"
#include "thalweg/autodiff/ops/linear_algebra.hpp"
#include "thalweg/autodiff/ops/matmul.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/ops/scan.hpp"
#include "thalweg/autodiff/ops/slice.hpp"
#include "thalweg/autodiff/ops/softmax.hpp"
#include "thalweg/autodiff/ops/views.hpp"

namespace reference {
namespace {

Tensor<double> permuted(const Case& c) {
  const auto order = c.option("order", std::vector<int>{});
  return detail::permute(c["x"], std::span(order), Location::current());
}

Tensor<double> reshaped(const Case& c) {
  const auto sizes = c.option("shape", std::vector<Index>{});
  return detail::reshape(c["x"], std::span(sizes), Location::current());
}

Tensor<double> transposed(const Case& c) {
  const auto axes = c.option("axes", std::vector<int>{-2, -1});
  return transpose(c["x"], axes.at(0), axes.at(1));
}

Tensor<double> sliced(const Case& c) {
  return slice(c["x"], c.axis(0), c.option<Index>("begin", 0),
               c.option("end", std::numeric_limits<Index>::max()), c.option<Index>("step", 1));
}

/// The file's variance is that of the numbers themselves, divided by n.
Tensor<double> variance(const Case& c) {
  const double usual = c.option("unbiased", false) ? 1 : 0;
  return var(c["x"], c.axes(), {.correction = c.option("correction", usual), .keep = c.keep()});
}

Tensor<double> affine(const Case& c) {
  if (c.has_input("bias")) return linear(c["x"], c["weight"], c["bias"]);
  return linear(c["x"], c["weight"]);
}

}  // namespace

const Ops& tensor_ops() {
  static const Ops ops{
      {"sum", [](const Case& c) { return sum(c["x"], c.axes(), c.keep()); }},
      {"mean", [](const Case& c) { return mean(c["x"], c.axes(), c.keep()); }},
      {"prod", [](const Case& c) { return prod(c["x"], c.axes(), c.keep()); }},
      {"max", [](const Case& c) { return max(c["x"], c.axes(), c.keep()); }},
      {"min", [](const Case& c) { return min(c["x"], c.axes(), c.keep()); }},
      {"logsumexp", [](const Case& c) { return logsumexp(c["x"], c.axes(), c.keep()); }},
      {"norm", [](const Case& c) { return norm(c["x"], c.axes(), c.keep()); }},
      {"var", variance},
      {"cumsum", [](const Case& c) { return cumsum(c["x"], c.axis(-1)); }},
      {"softmax", [](const Case& c) { return softmax(c["x"], c.axis(-1)); }},
      {"log_softmax", [](const Case& c) { return log_softmax(c["x"], c.axis(-1)); }},
      {"matmul", [](const Case& c) { return matmul(c["a"], c["b"]); }},
      {"linear", affine},
      {"solve", [](const Case& c) { return solve(c["a"], c["b"]); }},
      {"inverse", [](const Case& c) { return inverse(c["a"]); }},
      {"det", [](const Case& c) { return det(c["a"]); }},
      {"logdet", [](const Case& c) { return logdet(c["a"]); }},
      {"cholesky", [](const Case& c) { return cholesky(c["a"]); }},
      {"transpose", transposed},
      {"permute", permuted},
      {"reshape", reshaped},
      {"slice", sliced},
      {"concat", [](const Case& c) { return concat(c.inputs(), c.axis(0)); }},
      {"stack", [](const Case& c) { return stack(c.inputs(), c.axis(0)); }},
      {"gather", [](const Case& c) { return gather(c["x"], c.axis(0), c.indices("index")); }},
      {"embedding", [](const Case& c) { return embedding(c["table"], c.indices("index")); }},
  };
  return ops;
}

}  // namespace reference

TEST_CASE("reference: reductions, products, views, joining and indexing") {
  reference::check_cases(reference::tensor_ops());
}
