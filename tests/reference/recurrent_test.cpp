/// Recurrent layers.

#include "thalweg/autodiff/ops/recurrent.hpp"

#include "cases.hpp"
#include "thalweg/autodiff/ops/views.hpp"

namespace reference {
namespace {

/// layer(x, weights) of a case; its x has time first unless it says "batch_first".
template <class Layer>
Tensor<double> over_time(const Case& c, Layer layer) {
  const bool batch_first = c.option("batch_first", false);
  RecurrentWeights<double> weights{c["weight_ih"], c["weight_hh"]};
  if (c.has_input("bias_ih")) weights.bias_ih = c["bias_ih"];
  if (c.has_input("bias_hh")) weights.bias_hh = c["bias_hh"];
  const Tensor y =
      layer(batch_first ? c["x"] : Tensor(transpose(c["x"], 0, 1)), std::vector{weights});
  return batch_first ? y : Tensor(transpose(y, 0, 1));
}

}  // namespace

const Ops& recurrent_ops() {
  static const Ops ops{
      {"rnn_tanh",
       [](const Case& c) {
         return over_time(c, [](const auto& x, const auto& w) { return rnn(x, w).output; });
       }},
      {"gru",
       [](const Case& c) {
         return over_time(c, [](const auto& x, const auto& w) { return gru(x, w).output; });
       }},
      {"lstm",
       [](const Case& c) {
         return over_time(c, [](const auto& x, const auto& w) { return lstm(x, w).output; });
       }},
  };
  return ops;
}

}  // namespace reference

TEST_CASE("reference: recurrent layers") { reference::check_cases(reference::recurrent_ops()); }
