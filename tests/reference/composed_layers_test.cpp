/// Attention, which is no op of this library, written as a user would write it with the ops there
/// are.

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

}  // namespace

const Ops& composed_layers() {
  static const Ops ops{
      {"scaled_dot_product_attention", attention},
  };
  return ops;
}

}  // namespace reference

TEST_CASE("reference: layers composed of public ops") {
  reference::check_cases(reference::composed_layers());
}
