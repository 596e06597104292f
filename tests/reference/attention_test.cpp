#include "thalweg/autodiff/ops/attention.hpp"

#include <doctest/doctest.h>

#include "cases.hpp"

namespace reference {

const Ops& attention_ops() {
  static const Ops ops{
      {"scaled_dot_product_attention",
       [](const Case& c) {
         return scaled_dot_product_attention(c["q"], c["k"], c["v"],
                                             {.causal = c.option("causal", false)});
       }},
  };
  return ops;
}

}  // namespace reference

TEST_CASE("reference: attention") { reference::check_cases(reference::attention_ops()); }
