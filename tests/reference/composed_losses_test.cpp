/// Losses that are no ops of this library, written as a user would write them with the ops there
/// are.

#include "autodiff/ops/activation.hpp"
#include "autodiff/ops/compare.hpp"
#include "autodiff/ops/exponential.hpp"
#include "autodiff/ops/reduce.hpp"
#include "autodiff/ops/select.hpp"
#include "autodiff/ops/trigonometric.hpp"
#include "cases.hpp"

namespace reference {
namespace {

Tensor<double> reduced(const Case& c, const Tensor<double>& loss) {
  const auto name = c.option<std::string>("reduction", "mean");
  if (name == "mean") return mean(loss);
  if (name == "sum") return sum(loss);
  if (name == "batchmean") return sum(loss) / c["x"].size(0);
  if (name == "none") return loss;
  throw std::invalid_argument("unknown reduction: " + name);
}

Tensor<double> l1_loss(const Case& c) { return reduced(c, abs(c["x"] - c.constant("target"))); }

Tensor<double> huber_loss(const Case& c) {
  const double delta = c.option("delta", 1.0);
  const Tensor d = abs(c["x"] - c.constant("target"));
  return reduced(c, where(d < delta, 0.5 * square(d), delta * (d - 0.5 * delta)));
}

Tensor<double> smooth_l1_loss(const Case& c) {
  const double beta = c.option("beta", 1.0);
  const Tensor d = abs(c["x"] - c.constant("target"));
  return reduced(c, where(d < beta, 0.5 / beta * square(d), d - 0.5 * beta));
}

/// The logarithms are kept above −100.
Tensor<double> binary_cross_entropy(const Case& c) {
  const Tensor t = c.constant("target");
  const Tensor p = c["x"];
  return reduced(c, -(t * maximum(log(p), -100.0) + (1 - t) * maximum(log1p(-p), -100.0)));
}

Tensor<double> binary_cross_entropy_with_logits(const Case& c) {
  const Tensor t = c.constant("target");
  if (!c.has_constant("pos_weight")) return reduced(c, softplus(c["x"]) - t * c["x"]);
  const Tensor w = 1 + (c.constant("pos_weight") - 1) * t;
  return reduced(c, (1 - t) * c["x"] + w * softplus(-c["x"]));
}

Tensor<double> kl_div(const Case& c) {
  const Tensor t = c.constant("target");
  if (c.option("log_target", false)) return reduced(c, exp(t) * (t - c["x"]));
  return reduced(c, where(t > 0, t * (log(t) - c["x"]), 0 * c["x"]));
}

Tensor<double> hinge_embedding_loss(const Case& c) {
  const double margin = c.option("margin", 1.0);
  return reduced(c, where(c.constant("target") == 1, c["x"], relu(margin - c["x"])));
}

Tensor<double> poisson_nll_loss(const Case& c) {
  const Tensor t = c.constant("target");
  if (c.option("log_input", true)) return reduced(c, exp(c["x"]) - t * c["x"]);
  return reduced(c, c["x"] - t * log(c["x"] + c.option("eps", 1e-8)));
}

Tensor<double> cosine_similarity(const Case& c) {
  const Axes axes = c.axis(1);
  const double epsilon = c.option("epsilon", 1e-8);
  return sum(c["a"] * c["b"], axes) /
         (maximum(norm(c["a"], axes), epsilon) * maximum(norm(c["b"], axes), epsilon));
}

}  // namespace

const Ops& composed_losses() {
  static const Ops ops{
      {"l1_loss", l1_loss},
      {"huber_loss", huber_loss},
      {"smooth_l1_loss", smooth_l1_loss},
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

TEST_CASE("reference: losses composed of public ops") {
  reference::check_cases(reference::composed_losses());
}
