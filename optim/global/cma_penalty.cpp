#include "thalweg/optim/global/cma_penalty.hpp"

#include <algorithm>
#include <cmath>

#include "thalweg/optim/base/vectors.hpp"

namespace thalweg::optim::detail {
namespace {

/// The number below which the share p of the numbers lies.
double quantile(std::vector<double> numbers, double p) {
  const auto k = static_cast<std::ptrdiff_t>(p * static_cast<double>(numbers.size() - 1));
  std::ranges::nth_element(numbers, numbers.begin() + k);
  return numbers[k];
}

double mean_variance(const CmaDistribution& d) {
  double sum = 0;
  for (std::size_t i = 0; i < d.mean().size(); ++i) sum += d.variance(i);
  return sum / static_cast<double>(d.mean().size());
}

}  // namespace

// δ is how much f differs within a generation: the penalty's unit. γ is set when m first leaves the
// bounds, such that one deviation outside in every coordinate costs about 2 δ, and then raised in
// those coordinates in which m is still more than three deviations away.
void CmaPenalty::adapt(const Bounds& bounds, const CmaDistribution& from, View values) {
  const double n = static_cast<double>(weights_.size()), mu_eff = from.strategy().mu_eff;
  std::vector<double> finite;
  std::ranges::copy_if(values, std::back_inserter(finite), [](double v) { return v < INFINITY; });
  ranges_.push_back(quantile(finite, 0.75) - quantile(finite, 0.25));
  if (static_cast<double>(ranges_.size()) > 20 + 3 * n / static_cast<double>(from.lambda()))
    ranges_.erase(ranges_.begin());

  std::vector<double> nearest = from.mean();
  bounds.clamp(nearest);
  if (nearest == from.mean()) return;
  if (largest(weights_) == 0) {
    const double delta = quantile(ranges_, 0.5);
    fill(weights_, 2 * delta / (from.sigma() * from.sigma() * mean_variance(from)));
  }
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    const double far = 3 * from.deviation(i) * std::max(1.0, std::sqrt(n) / mu_eff);
    if (std::abs(nearest[i] - from.mean()[i]) > far)
      weights_[i] *= std::pow(1.1, std::min(1.0, mu_eff / (10 * n)));
  }
}

// 1/n Σ γᵢ (x̂ᵢ − xᵢ)² / ξᵢ. Where the distribution is wide, ξᵢ is large: the same distance costs
// less.
double CmaPenalty::of(View x, View inside, const CmaDistribution& from) const {
  double mean_log = 0, sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) mean_log += std::log(from.variance(i));
  mean_log /= static_cast<double>(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double outside = inside[i] - x[i];
    if (outside == 0) continue;
    const double xi = std::exp(0.9 * (std::log(from.variance(i)) - mean_log));
    sum += weights_[i] * outside * outside / xi;
  }
  return sum / static_cast<double>(x.size());
}

}  // namespace thalweg::optim::detail
