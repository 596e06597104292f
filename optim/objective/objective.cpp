#include "thalweg/optim/objective/objective.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/optim/base/vectors.hpp"

namespace thalweg::optim {

Objective::Objective(std::vector<ArgumentBlock> blocks) : blocks_(std::move(blocks)), size_(0) {
  for (const ArgumentBlock& block : blocks_) size_ += block.shape.size();
  if (size_ == 0) throw ValueError("minimise: the start has no numbers to vary");
}

double Objective::value(std::span<const double> x) {
  ++evaluations_;
  return evaluate(x);
}

double Objective::value_and_gradient(std::span<const double> x, std::span<double> gradient) {
  ++evaluations_;
  ++gradients_;
  return differentiate(x, gradient);
}

void Objective::values(std::span<const double> points, std::span<double> results, bool parallel) {
  const Index count = static_cast<Index>(results.size());
  const auto n = static_cast<std::size_t>(size_);
  evaluations_ += count;
  kernels::parallel_for(count, parallel ? 1 : count, [&](Index begin, Index end, Index) {
    for (Index k = begin; k < end; ++k)
      results[k] = evaluate(points.subspan(static_cast<std::size_t>(k) * n, n));
  });
}

void Objective::hessian_vector(std::span<const double> x, std::span<const double> gradient,
                               std::span<const double> v, std::span<double> product,
                               double length) {
  const double v_length = detail::norm(v), reach = std::max(length, detail::norm(x));
  if (v_length == 0) return detail::fill(product, 0.0);
  const double h = 2 * std::sqrt(2.2e-16) * (reach > 0 ? reach : 1) / v_length;
  std::vector<double> moved(x.begin(), x.end());
  detail::add_scaled(moved, h, v);
  value_and_gradient(moved, product);
  for (std::size_t i = 0; i < product.size(); ++i) product[i] = (product[i] - gradient[i]) / h;
}

const std::vector<double>& Residuals::residuals(std::span<const double> x) {
  set_counts(evaluations() + 1, gradients());
  evaluate_residuals(x, last_);
  return last_;
}

void Residuals::jacobian(std::span<const double> x, std::vector<double>& r,
                         std::vector<double>& j) {
  set_counts(evaluations() + 1, gradients() + 1);
  differentiate_residuals(x, r, j);
  if (j.size() != r.size() * x.size())
    throw ValueError(
        fmt::format("Residuals: J has {} numbers; expected [{}, {}], a row for each residual and a "
                    "column for each parameter",
                    j.size(), r.size(), x.size()));
}

double Residuals::evaluate(std::span<const double> x) const {
  std::vector<double> r;
  evaluate_residuals(x, r);
  return 0.5 * detail::dot(r, r);
}

double Residuals::differentiate(std::span<const double> x, std::span<double> gradient) const {
  std::vector<double> r, j;
  differentiate_residuals(x, r, j);
  detail::fill(gradient, 0.0);
  for (std::size_t i = 0; i < r.size(); ++i)
    detail::add_scaled(gradient, r[i], std::span(j).subspan(i * gradient.size(), gradient.size()));
  return 0.5 * detail::dot(r, r);
}

}  // namespace thalweg::optim
