#include "thalweg/autodiff/ops/activation.hpp"

#include "cases.hpp"

namespace reference {

const Ops& activation_ops() {
  static const Ops ops{
      {"sigmoid", [](const Case& c) { return sigmoid(c["x"]); }},
      {"log_sigmoid", [](const Case& c) { return log_sigmoid(c["x"]); }},
      {"softplus", [](const Case& c) { return softplus(c["x"]); }},
      {"softsign", [](const Case& c) { return softsign(c["x"]); }},
      {"relu", [](const Case& c) { return relu(c["x"]); }},
      {"relu6", [](const Case& c) { return relu6(c["x"]); }},
      {"leaky_relu", [](const Case& c) { return leaky_relu(c["x"], c.option("slope", 0.01)); }},
      {"elu", [](const Case& c) { return elu(c["x"], c.option("alpha", 1.0)); }},
      {"selu", [](const Case& c) { return selu(c["x"]); }},
      {"silu", [](const Case& c) { return silu(c["x"]); }},
      {"mish", [](const Case& c) { return mish(c["x"]); }},
      {"gelu", [](const Case& c) { return gelu(c["x"]); }},
      {"gelu_tanh", [](const Case& c) { return gelu_tanh(c["x"]); }},
      {"hardtanh",
       [](const Case& c) {
         return hardtanh(c["x"], c.option("low", -1.0), c.option("high", 1.0));
       }},
      {"hardsigmoid", [](const Case& c) { return hardsigmoid(c["x"]); }},
      {"hardswish", [](const Case& c) { return hardswish(c["x"]); }},
  };
  return ops;
}

}  // namespace reference

TEST_CASE("reference: activations") { reference::check_cases(reference::activation_ops()); }
