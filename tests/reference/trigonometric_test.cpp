#include "thalweg/autodiff/ops/trigonometric.hpp"

#include "cases.hpp"

namespace reference {

const Ops& trigonometric_ops() {
  static const Ops ops{
      {"sin", [](const Case& c) { return sin(c["x"]); }},
      {"cos", [](const Case& c) { return cos(c["x"]); }},
      {"tan", [](const Case& c) { return tan(c["x"]); }},
      {"asin", [](const Case& c) { return asin(c["x"]); }},
      {"acos", [](const Case& c) { return acos(c["x"]); }},
      {"atan", [](const Case& c) { return atan(c["x"]); }},
      {"sinh", [](const Case& c) { return sinh(c["x"]); }},
      {"cosh", [](const Case& c) { return cosh(c["x"]); }},
      {"tanh", [](const Case& c) { return tanh(c["x"]); }},
      {"asinh", [](const Case& c) { return asinh(c["x"]); }},
      {"acosh", [](const Case& c) { return acosh(c["x"]); }},
      {"atanh", [](const Case& c) { return atanh(c["x"]); }},
  };
  return ops;
}

}  // namespace reference

TEST_CASE("reference: circular and hyperbolic functions") {
  reference::check_cases(reference::trigonometric_ops());
}
