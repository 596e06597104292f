#pragma once
/// How CMA-ES keeps to its bounds.

#include "thalweg/optim/global/cma_distribution.hpp"

namespace thalweg::optim::detail {

/// f is evaluated at the nearest point inside the bounds, x̂; the distance is paid for in the
/// ranking, so that the distribution comes back:
///
///     f(x̂) + 1/n Σ γᵢ (x̂ᵢ − xᵢ)² / ξᵢ         ξᵢ = exp(0.9 (ln Cᵢᵢ − mean ln Cⱼⱼ))
///
///     δ    median of the latest 20 + 3 n / λ interquartile ranges of f over a generation
///     γᵢ   from the first time that m is outside:  2 δ / (σ² mean Cⱼⱼ)
///          then, while |m̂ᵢ − mᵢ| > 3 σ √Cᵢᵢ max(1, √n / μ_eff):  γᵢ ← 1.1^min(1, μ_eff / 10 n) γᵢ
///
/// Source: N. Hansen, A. S. P. Niederberger, L. Guzzella and P. Koumoutsakos, "A method for
/// handling uncertainty in evolutionary optimization", IEEE TEC 13(1), 2009, section IV B.
class CmaPenalty {
 public:
  CmaPenalty() = default;
  explicit CmaPenalty(std::size_t n) : weights_(n) {}

  /// Adapts γ to the distribution that the values of f come from.
  void adapt(const Bounds& bounds, const CmaDistribution& from, std::span<const double> values);
  /// 1/n Σ γᵢ (x̂ᵢ − xᵢ)² / ξᵢ
  double of(std::span<const double> x, std::span<const double> inside,
            const CmaDistribution& from) const;

 private:
  std::vector<double> weights_;  // γ; zero before m was outside
  std::vector<double> ranges_;   // the interquartile ranges

 public:
  static constexpr auto fields =
      named("weights", &CmaPenalty::weights_, "ranges", &CmaPenalty::ranges_);
};

}  // namespace thalweg::optim::detail
