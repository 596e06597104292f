#include "thalweg/optim/global/cma_distribution.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "thalweg/autodiff/kernels/lapack.hpp"
#include "thalweg/optim/base/vectors.hpp"

namespace thalweg::optim::detail {
namespace {

/// (Σ w)² / Σ w²: how many equal weights would do as much.
double effective(View w) {
  double sum = 0;
  for (const double v : w) sum += v;
  return sum * sum / dot(w, w);
}

double squared(double x) { return x * x; }

}  // namespace

// The lines of the header, in its order; `half` is (λ + 1) / 2. The last of the bounds on a keeps C
// positive definite, however bad the steps.
CmaStrategy::CmaStrategy(Index size, Index lambda, bool active) : mu(lambda / 2) {
  const double n = static_cast<double>(size), half = static_cast<double>(lambda + 1) / 2;
  for (Index i = 1; i <= lambda; ++i)
    weights.push_back(std::log(half) - std::log(static_cast<double>(i)));
  const MutableView better = std::span(weights).first(mu);
  const MutableView worse = std::span(weights).subspan(mu);
  mu_eff = effective(better);
  const double mu_eff_worse = effective(worse);
  c_sigma = (mu_eff + 2) / (n + mu_eff + 5);
  d_sigma = 1 + 2 * std::max(0.0, std::sqrt((mu_eff - 1) / (n + 1)) - 1) + c_sigma;
  c_c = (4 + mu_eff / n) / (n + 4 + 2 * mu_eff / n);
  c_1 = 2 / (squared(n + 1.3) + mu_eff);
  c_mu = std::min(1 - c_1, 2 * (0.25 + mu_eff + 1 / mu_eff - 2) / (squared(n + 2) + mu_eff));
  const double a = std::min(
      {1 + c_1 / c_mu, 1 + 2 * mu_eff_worse / (mu_eff + 2), (1 - c_1 - c_mu) / (n * c_mu)});
  scale(better, 1 / norm1(better));
  scale(worse, active ? a / norm1(worse) : 0);
  chi = std::sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
}

CmaDistribution::CmaDistribution(std::vector<double> mean, double sigma, Index lambda, bool active)
    : lambda_(lambda),
      active_(active),
      strategy_(static_cast<Index>(mean.size()), lambda, active),
      mean_(std::move(mean)),
      path_sigma_(n()),
      path_c_(n()),
      c_(n() * n()),
      d_(n(), 1.0),
      sigma_(sigma) {
  for (std::size_t i = 0; i < n(); ++i) c_[i * n() + i] = 1;
  b_ = c_;
}

// C = B D² Bᵀ is 9 n³ flops, an update of C λ n². The eigenvectors may be some
// generations old, since C changes by the share c₁ + c_μ in one. An eigenvalue that rounding made
// negative counts as 0, for which `condition` is infinite.
void CmaDistribution::decompose_if_due() {
  const double rate = 10 * static_cast<double>(n()) * (strategy_.c_1 + strategy_.c_mu);
  if (static_cast<double>(generation_ - decomposed_) * rate < 1) return;
  decomposed_ = generation_;
  for (std::size_t i = 0; i < n(); ++i)
    for (std::size_t j = 0; j < i; ++j) c_[j * n() + i] = c_[i * n() + j];
  b_ = c_;
  const bool finite = kernels::symmetric_eigen(static_cast<Index>(n()), b_.data(), d_.data());
  if (!finite) fill(d_, 0);
  for (double& d : d_) d = std::sqrt(std::max(d, 0.0));
}

// y = B D z,  z ∼ N(0, I):  E y yᵀ = B D² Bᵀ = C.
Population CmaDistribution::steps(Random& random) const {
  Population y(lambda_, static_cast<Index>(n()));
  for (Index k = 0; k < lambda_; ++k)
    for (std::size_t j = 0; j < n(); ++j) add_scaled(y[k], d_[j] * random.normal(), axis(j));
  return y;
}

void CmaDistribution::point_at(std::span<const double> y, std::span<double> x) const {
  std::ranges::copy(mean_, x.begin());
  add_scaled(x, sigma_, y);
}

// C^(−½) = B D⁻¹ Bᵀ: turned back by B, so that steps of generations with other axes add up.
std::vector<double> CmaDistribution::whitened(std::span<const double> y) const {
  std::vector<double> z(n());
  for (std::size_t j = 0; j < n(); ++j) add_scaled(z, dot(axis(j), y) / d_[j], axis(j));
  return z;
}

// ‖D⁻¹ Bᵀ y‖², the same without the last rotation.
double CmaDistribution::squared_length(std::span<const double> y) const {
  double sum = 0;
  for (std::size_t j = 0; j < n(); ++j) sum += squared(dot(axis(j), y) / d_[j]);
  return sum;
}

// The tutorial's eq. 41–47. σ grows while successive steps of m point the same way, that is while
// p_σ is longer than the χₙ that random ones would give, and shrinks while they cancel.
void CmaDistribution::learn(const Population& steps, std::span<const Index> ranking) {
  const CmaStrategy& s = strategy_;
  std::vector<double> mean_step(n());
  for (std::size_t i = 0; i < static_cast<std::size_t>(s.mu); ++i)
    add_scaled(mean_step, s.weights[i], steps[ranking[i]]);
  add_scaled(mean_, sigma_, mean_step);
  const bool h = follow_paths(mean_step);
  learn_covariance(steps, ranking, h);
  sigma_ *= std::exp(s.c_sigma / s.d_sigma * (norm(path_sigma_) / s.chi - 1));
  ++generation_;
}

// p_σ and p_c are sums of the steps of m that forget with rates c_σ and c_c; the factors under the
// roots make p_σ ∼ N(0, I) if ȳ √μ_eff ∼ N(0, C), as it is when the order of f is random. h = 0
// halts p_c while σ is far too small: every step then points the same way and C would grow for it.
bool CmaDistribution::follow_paths(std::span<const double> mean_step) {
  const CmaStrategy& s = strategy_;
  scale(path_sigma_, 1 - s.c_sigma);
  add_scaled(path_sigma_, std::sqrt(s.c_sigma * (2 - s.c_sigma) * s.mu_eff), whitened(mean_step));
  const double settled = 1 - std::pow(1 - s.c_sigma, 2 * static_cast<double>(generation_ + 1));
  const double long_path = (1.4 + 2 / (static_cast<double>(n()) + 1)) * s.chi;
  const bool h = norm(path_sigma_) < long_path * std::sqrt(settled);
  scale(path_c_, 1 - s.c_c);
  if (h) add_scaled(path_c_, std::sqrt(s.c_c * (2 - s.c_c) * s.mu_eff), mean_step);
  return h;
}

// Rank one, p_c p_cᵀ, and rank μ, Σ w°ᵢ yᵢ yᵢᵀ. A bad step takes away what one of the length
// √n would, whatever its own: else long ones could make C indefinite.
void CmaDistribution::learn_covariance(const Population& steps, std::span<const Index> ranking,
                                       bool h) {
  const CmaStrategy& s = strategy_;
  double sum = 0;
  for (const double w : s.weights) sum += w;
  scale(c_, 1 + (h ? 0 : s.c_1 * s.c_c * (2 - s.c_c)) - s.c_1 - s.c_mu * sum);
  const auto add_outer = [&](double factor, View y) {
    for (std::size_t i = 0; i < n(); ++i)
      add_scaled(std::span(c_).subspan(i * n(), i + 1), factor * y[i], y.first(i + 1));
  };
  add_outer(s.c_1, path_c_);
  for (std::size_t i = 0; i < ranking.size(); ++i) {
    const View y = steps[ranking[i]];
    double w = s.weights[i];
    if (w == 0) continue;
    if (w < 0) w *= static_cast<double>(n()) / squared_length(y);
    add_outer(s.c_mu * w, y);
  }
}

double CmaDistribution::condition() const {
  if (d_.front() > 0) return squared(d_.back() / d_.front());
  return std::numeric_limits<double>::infinity();
}

void CmaDistribution::archive(Archive& archive) {
  archive("lambda", lambda_);
  archive("active", active_);
  archive("mean", mean_);
  archive("sigma", sigma_);
  archive("path_sigma", path_sigma_);
  archive("path_c", path_c_);
  archive("covariance", c_);
  archive("axes", b_);
  archive("lengths", d_);
  archive("generation", generation_);
  archive("decomposed", decomposed_);
  if (archive.restoring()) strategy_ = CmaStrategy(static_cast<Index>(n()), lambda_, active_);
}

}  // namespace thalweg::optim::detail
