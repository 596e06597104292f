#include "nn/losses.hpp"

#include "autodiff/ops/views.hpp"
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

/// The file has its classes on axis 1, this library on the last.
Tensor<double> classes_last(Tensor<double> x) {
  for (int axis = 1; axis + 1 < x.rank(); ++axis) x = transpose(x, axis, axis + 1);
  return x;
}

/// Class weights and the ignored label, under the names that both options structs share.
template <class Options>
Options weighted(const Case& c) {
  Options options;
  options.reduction = reduction(c);
  if (c.has_constant("weight")) options.class_weights = c.constant("weight");
  if (c.has_option("ignore_index")) options.ignored_label = c.option<Index>("ignore_index", 0);
  return options;
}

Tensor<double> cross_entropy(const Case& c) {
  auto options = weighted<CrossEntropyOptions<double>>(c);
  options.label_smoothing = c.option("label_smoothing", 0.0);
  return thalweg::cross_entropy(classes_last(c["x"]), c.indices("target"), options);
}

Tensor<double> nll_loss(const Case& c) {
  return thalweg::nll_loss(classes_last(c["x"]), c.indices("target"),
                           weighted<NllOptions<double>>(c));
}

Tensor<double> mse_loss(const Case& c) {
  return nn::mse_loss(c["x"], c.constant("target"), reduction(c));
}

}  // namespace

const Ops& losses() {
  static const Ops ops{
      {"mse_loss", mse_loss}, {"cross_entropy", cross_entropy}, {"nll_loss", nll_loss}};
  return ops;
}

}  // namespace reference

TEST_CASE("reference: losses") { reference::check_cases(reference::losses()); }
