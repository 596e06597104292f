#include "cases.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/compare.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/select.hpp"
#include "thalweg/autodiff/ops/trigonometric.hpp"

namespace reference {

const Ops& binary_ops() {
  static const Ops ops{
      {"add", [](const Case& c) { return c["a"] + c["b"]; }},
      {"sub", [](const Case& c) { return c["a"] - c["b"]; }},
      {"mul", [](const Case& c) { return c["a"] * c["b"]; }},
      {"div", [](const Case& c) { return c["a"] / c["b"]; }},
      {"pow", [](const Case& c) { return pow(c["a"], c["b"]); }},
      {"atan2", [](const Case& c) { return atan2(c["a"], c["b"]); }},
      {"hypot", [](const Case& c) { return hypot(c["a"], c["b"]); }},
      {"maximum", [](const Case& c) { return maximum(c["a"], c["b"]); }},
      {"minimum", [](const Case& c) { return minimum(c["a"], c["b"]); }},
      {"where", [](const Case& c) { return where(c.constant("condition"), c["a"], c["b"]); }},
  };
  return ops;
}

}  // namespace reference

TEST_CASE("reference: ops of two arguments, with broadcasting") {
  reference::check_cases(reference::binary_ops());
}
