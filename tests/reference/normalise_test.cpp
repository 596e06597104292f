/// Normalisation of batches, rows and groups.

#include "thalweg/autodiff/ops/normalise.hpp"

#include "cases.hpp"

namespace reference {
namespace {

/// The weight or bias of the case, or none.
Tensor<double> affine(const Case& c, const std::string& name) {
  return c.has_input(name) ? c[name] : Tensor<double>();
}

/// The last axis, or as many as the weight has.
Shape normalised(const Case& c) {
  return c.has_input("weight") ? c["weight"].shape() : Shape{c["x"].size(-1)};
}

}  // namespace

const Ops& normalisations() {
  static const Ops ops{
      {"layer_norm",
       [](const Case& c) {
         return layer_norm(c["x"], normalised(c), affine(c, "weight"), affine(c, "bias"),
                           c.option("epsilon", 1e-5));
       }},
      {"rms_norm",
       [](const Case& c) {
         return rms_norm(c["x"], normalised(c), affine(c, "weight"), c.option("epsilon", 1e-6));
       }},
      {"group_norm",
       [](const Case& c) {
         return group_norm(c["x"], c.option<Index>("groups", 1), affine(c, "weight"),
                           affine(c, "bias"), c.option("epsilon", 1e-5));
       }},
      {"batch_norm_train",
       [](const Case& c) {
         return batch_norm(c["x"], affine(c, "weight"), affine(c, "bias"),
                           c.option("epsilon", 1e-5))
             .y;
       }},
      {"batch_norm_eval",
       [](const Case& c) {
         return batch_norm_with(c["x"], c.constant("mean"), c.constant("variance"),
                                affine(c, "weight"), affine(c, "bias"), c.option("epsilon", 1e-5));
       }},
  };
  return ops;
}

}  // namespace reference

TEST_CASE("reference: normalisation") { reference::check_cases(reference::normalisations()); }
