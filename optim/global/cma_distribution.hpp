#pragma once
/// The normal distribution that CMA-ES draws from, and how it learns from what it drew.

#include <cmath>

#include "thalweg/optim/global/population.hpp"

namespace thalweg::optim::detail {

/// Weights and rates: functions of n and λ alone.
///
///     w′ᵢ = ln((λ + 1) / 2) − ln i        i = 1 … λ;    μ = ⌊λ / 2⌋ of them are positive
///     μ_eff = (Σ₁^μ w′)² / Σ₁^μ w′²       μ_eff⁻ the same of the others
///     c_σ = (μ_eff + 2) / (n + μ_eff + 5)
///     d_σ = 1 + 2 max(0, √((μ_eff − 1) / (n + 1)) − 1) + c_σ
///     c_c = (4 + μ_eff / n) / (n + 4 + 2 μ_eff / n)
///     c₁ = 2 / ((n + 1.3)² + μ_eff)
///     c_μ = min(1 − c₁, 2 (¼ + μ_eff + 1 / μ_eff − 2) / ((n + 2)² + μ_eff))
///     wᵢ = w′ᵢ / Σ |w′|⁺                  for the positive ones; for the others, if active,
///     wᵢ = a w′ᵢ / Σ |w′|⁻,   a = min(1 + c₁ / c_μ, 1 + 2 μ_eff⁻ / (μ_eff + 2),
///                                     (1 − c₁ − c_μ) / (n c_μ))
///     χₙ = E ‖N(0, I)‖ ≈ √n (1 − 1 / 4n + 1 / 21n²)
///
/// Source: N. Hansen, "The CMA Evolution Strategy: A Tutorial", arXiv 1604.00772, table 1 and
/// eq. 49–58. Where versions disagree: the ¼ in c_μ came with the version of 2023.
struct CmaStrategy {
  CmaStrategy() = default;
  CmaStrategy(Index n, Index lambda, bool active);

  std::vector<double> weights;
  Index mu = 0;
  double mu_eff = 0, c_sigma = 0, d_sigma = 0, c_c = 0, c_1 = 0, c_mu = 0, chi = 0;
};

/// N(m, σ² C), C = B D² Bᵀ.
class CmaDistribution {
 public:
  CmaDistribution() = default;
  /// C = I.
  CmaDistribution(std::vector<double> mean, double sigma, Index lambda, bool active);

  /// Decomposes C if it has changed enough: once every 1 / (10 n (c₁ + c_μ)) generations, so that
  /// this costs no more than the updates.
  void decompose_if_due();
  /// λ steps y ∼ N(0, C).
  Population steps(Random& random) const;
  /// m + σ y.
  void point_at(std::span<const double> y, std::span<double> x) const;
  /// Learns from the steps, of which ranking[0] came out best. With y₁ … y_λ in that order:
  ///
  ///     ȳ = Σ₁^μ wᵢ yᵢ
  ///     m ← m + σ ȳ
  ///     p_σ ← (1 − c_σ) p_σ + √(c_σ (2 − c_σ) μ_eff) C^(−½) ȳ
  ///     h = 1 if ‖p_σ‖ < (1.4 + 2 / (n + 1)) χₙ √(1 − (1 − c_σ)^(2 (g + 1))), 0 if not
  ///     p_c ← (1 − c_c) p_c + h √(c_c (2 − c_c) μ_eff) ȳ
  ///     C ← (1 + c₁ (1 − h) c_c (2 − c_c) − c₁ − c_μ Σ w) C + c₁ p_c p_cᵀ + c_μ Σ w°ᵢ yᵢ yᵢᵀ
  ///     w°ᵢ = wᵢ if wᵢ ≥ 0;   wᵢ n / ‖C^(−½) yᵢ‖² if not
  ///     σ ← σ exp((c_σ / d_σ) (‖p_σ‖ / χₙ − 1))
  void learn(const Population& steps, std::span<const Index> ranking);

  const std::vector<double>& mean() const { return mean_; }
  double sigma() const { return sigma_; }
  Index lambda() const { return lambda_; }
  Index generation() const { return generation_; }
  const CmaStrategy& strategy() const { return strategy_; }
  const std::vector<double>& path() const { return path_c_; }  ///< p_c
  double variance(std::size_t i) const { return c_[i * n() + i]; }
  double deviation(std::size_t i) const { return sigma_ * std::sqrt(variance(i)); }
  /// √ of the eigenvalues of C, ascending, and their vectors.
  const std::vector<double>& axes() const { return d_; }
  std::span<const double> axis(std::size_t k) const { return std::span(b_).subspan(k * n(), n()); }
  /// The largest eigenvalue of C by the smallest; ∞ if C is no longer positive definite.
  double condition() const;

  void archive(Archive& archive);

 private:
  std::size_t n() const { return mean_.size(); }
  std::vector<double> whitened(std::span<const double> y) const;  // C^(−½) y
  double squared_length(std::span<const double> y) const;         // ‖C^(−½) y‖²
  bool follow_paths(std::span<const double> mean_step);           // p_σ, p_c; returns h
  void learn_covariance(const Population& steps, std::span<const Index> ranking, bool h);

  Index lambda_ = 0;
  bool active_ = true;
  CmaStrategy strategy_;
  std::vector<double> mean_, path_sigma_, path_c_;
  std::vector<double> c_;      // [n, n], the lower triangle
  std::vector<double> b_, d_;  // the rows of b are the axes
  double sigma_ = 0;
  Index generation_ = 0, decomposed_ = 0;
};

}  // namespace thalweg::optim::detail
