#include "thalweg/autodiff/ops/exponential.hpp"

#include "cases.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/select.hpp"
#include "thalweg/autodiff/ops/special.hpp"

namespace reference {

const Ops& exponential_ops() {
  static const Ops ops{
      {"neg", [](const Case& c) { return -c["x"]; }},
      {"abs", [](const Case& c) { return abs(c["x"]); }},
      {"square", [](const Case& c) { return square(c["x"]); }},
      {"sqrt", [](const Case& c) { return sqrt(c["x"]); }},
      {"rsqrt", [](const Case& c) { return rsqrt(c["x"]); }},
      {"cbrt", [](const Case& c) { return cbrt(c["x"]); }},
      {"reciprocal", [](const Case& c) { return reciprocal(c["x"]); }},
      {"exp", [](const Case& c) { return exp(c["x"]); }},
      {"expm1", [](const Case& c) { return expm1(c["x"]); }},
      {"log", [](const Case& c) { return log(c["x"]); }},
      {"log1p", [](const Case& c) { return log1p(c["x"]); }},
      {"log2", [](const Case& c) { return log2(c["x"]); }},
      {"log10", [](const Case& c) { return log10(c["x"]); }},
      {"erf", [](const Case& c) { return erf(c["x"]); }},
      {"erfc", [](const Case& c) { return erfc(c["x"]); }},
      {"lgamma", [](const Case& c) { return lgamma(c["x"]); }},
      {"digamma", [](const Case& c) { return digamma(c["x"]); }},
  };
  return ops;
}

}  // namespace reference

TEST_CASE("reference: roots, exponentials, logarithms, special functions") {
  reference::check_cases(reference::exponential_ops());
}
