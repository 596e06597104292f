#include "thalweg/nn/losses/losses.hpp"

#include "cases.hpp"

namespace reference {
namespace {

Reduction reduction(const Case& c) {
  const auto name = c.option<std::string>("reduction", "mean");
  if (name == "mean") return Reduction::mean;
  if (name == "sum") return Reduction::sum;
  if (name == "none") return Reduction::none;
  throw std::invalid_argument("unknown reduction: " + name);
}

/// Class weights, the ignored label and the axis, under the names that both options structs share.
template <class Options>
Options weighted(const Case& c) {
  Options options;
  options.reduction = reduction(c);
  options.axis = 1;
  if (c.has_constant("weight")) options.class_weights = c.constant("weight");
  if (c.has_option("ignore_index")) options.ignored_label = c.option<Index>("ignore_index", 0);
  return options;
}

Tensor<double> cross_entropy(const Case& c) {
  auto options = weighted<CrossEntropyOptions>(c);
  options.label_smoothing = c.option("label_smoothing", 0.0);
  return thalweg::cross_entropy(c["x"], c.indices("target"), options);
}

Tensor<double> nll_loss(const Case& c) {
  return thalweg::nll_loss(c["x"], c.indices("target"), weighted<NllOptions>(c));
}

Tensor<double> mse_loss(const Case& c) {
  return nn::mse_loss(c["x"], c.constant("target"), reduction(c));
}

Tensor<double> l1_loss(const Case& c) {
  return nn::l1_loss(c["x"], c.constant("target"), reduction(c));
}

Tensor<double> huber_loss(const Case& c) {
  return nn::huber_loss(c["x"], c.constant("target"), {c.option("delta", 1.0), reduction(c)});
}

Tensor<double> smooth_l1_loss(const Case& c) {
  return nn::smooth_l1_loss(c["x"], c.constant("target"), {c.option("beta", 1.0), reduction(c)});
}

Tensor<double> binary_cross_entropy(const Case& c) {
  return nn::binary_cross_entropy(c["x"], c.constant("target"), {.reduction = reduction(c)});
}

Tensor<double> binary_cross_entropy_with_logits(const Case& c) {
  nn::BceWithLogitsOptions options{.reduction = reduction(c)};
  if (c.has_constant("pos_weight")) options.pos_weight = c.constant("pos_weight");
  return nn::binary_cross_entropy_with_logits(c["x"], c.constant("target"), options);
}

Tensor<double> kl_div(const Case& c) {
  nn::KlDivOptions options{.log_target = c.option("log_target", false)};
  const auto name = c.option<std::string>("reduction", "mean");
  if (name == "batchmean") options.reduction = nn::KlReduction::batchmean;
  if (name == "sum") options.reduction = nn::KlReduction::sum;
  if (name == "none") options.reduction = nn::KlReduction::none;
  return nn::kl_div(c["x"], c.constant("target"), options);
}

Tensor<double> hinge_embedding_loss(const Case& c) {
  return nn::hinge_embedding_loss(c["x"], c.constant("target"),
                                  {c.option("margin", 1.0), reduction(c)});
}

Tensor<double> poisson_nll_loss(const Case& c) {
  return nn::poisson_nll_loss(c["x"], c.constant("target"),
                              {.log_input = c.option("log_input", true),
                               .full = c.option("full", false),
                               .reduction = reduction(c)});
}

Tensor<double> cosine_similarity(const Case& c) {
  return nn::cosine_similarity(c["a"], c["b"], c.axis(1));
}

}  // namespace

const Ops& losses() {
  static const Ops ops{
      {"mse_loss", mse_loss},
      {"l1_loss", l1_loss},
      {"huber_loss", huber_loss},
      {"smooth_l1_loss", smooth_l1_loss},
      {"cross_entropy", cross_entropy},
      {"nll_loss", nll_loss},
      {"binary_cross_entropy", binary_cross_entropy},
      {"binary_cross_entropy_with_logits", binary_cross_entropy_with_logits},
      {"kl_div", kl_div},
      {"hinge_embedding_loss", hinge_embedding_loss},
      {"poisson_nll_loss", poisson_nll_loss},
      {"cosine_similarity", cosine_similarity},
  };
  return ops;
}

}  // namespace reference

TEST_CASE("reference: losses") { reference::check_cases(reference::losses()); }
