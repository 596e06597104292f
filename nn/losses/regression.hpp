#pragma once
/// Losses of numbers that should be near others.
///
///     Tensor loss = nn::mse_loss(model(x), y);
///     Tensor robust = nn::huber_loss(model(x), y, {.delta = 2});
///
///     prediction p, target y […]     loss [], or […] with Reduction::none
///
/// Nothing is broadcast: [n, 1] against [n] would compare every prediction with every target.
/// ShapeError if the shapes differ. The mean of no elements is NaN.

#include "thalweg/nn/losses/elementwise.hpp"

namespace thalweg::nn {
namespace rule {
using std::abs, std::exp, std::log;
using thalweg::op::select;
using thalweg::op::Slopes;
// clang-format off

/// ℓ = (p − y)².      ∂ℓ/∂p = 2 (p − y) = −∂ℓ/∂y.
struct MseLoss {
  static constexpr auto name = "mse_loss";
  template <class T> static T value(const T& p, const T& y) { return (p - y) * (p - y); }
  template <class T> static Slopes<T, 2> slopes(Input<T> p, Input<T> y) {
    const T d = 2 * (p - y);
    return {d, -d};
  }
};

/// ℓ = |p − y|.       ∂ℓ/∂p = sign(p − y);  0 at p = y.
struct L1Loss {
  static constexpr auto name = "l1_loss";
  template <class T> static T value(const T& p, const T& y) { return abs(p - y); }
  template <class T> static Slopes<T, 2> slopes(Input<T> p, Input<T> y) {
    const T s = thalweg::op::Sign::value<T>(p - y);
    return {s, -s};
  }
};

/// ℓ = scale · m (|d| − m/2),  d = p − y,  m = min(|d|, δ).    ∂ℓ/∂p = scale · d limited to ±δ.
struct Huber {
  static constexpr auto name = "huber_loss";
  double delta = 1;
  double scale = 1;
  template <class T> T value(const T& p, const T& y) const {
    const T a = abs(p - y);
    const T m = select(a > T(delta), T(delta), a);
    return T(scale) * (m * (a - m / 2));
  }
  template <class T> Slopes<T, 2> slopes(Input<T> p, Input<T> y) const {
    const T d = p - y;
    const T s = T(scale) * select(d > T(delta), T(delta), select(d < T(-delta), T(-delta), d));
    return {s, -s};
  }
};

/// The same, δ = β and scale = 1/β.
struct SmoothL1 : Huber {
  static constexpr auto name = "smooth_l1_loss";
};

/// ℓ = eᵖ − y p.      ∂ℓ/∂p = eᵖ − y,  ∂ℓ/∂y = −p.     p is the logarithm of the rate.
struct PoissonLogNll {
  static constexpr auto name = "poisson_nll_loss";
  template <class T> static T value(const T& p, const T& y) { return exp(p) - y * p; }
  template <class T> static Slopes<T, 2> slopes(Input<T> p, Input<T> y) {
    return {exp(T(p)) - y, -p};
  }
};

/// ℓ = p − y log(p + ε).      ∂ℓ/∂p = 1 − y / (p + ε),  ∂ℓ/∂y = −log(p + ε).    p is the rate.
struct PoissonNll {
  static constexpr auto name = "poisson_nll_loss";
  double epsilon = 1e-8;
  template <class T> T value(const T& p, const T& y) const { return p - y * log(p + T(epsilon)); }
  template <class T> Slopes<T, 2> slopes(Input<T> p, Input<T> y) const {
    const T q = p + T(epsilon);
    return {1 - y / q, -log(q)};
  }
};

/// + y log y − y + ½ log 2πy for y > 1: Stirling's approximation of log y!, which p has no part in.
template <class Rule>
struct WithStirling : Rule {
  template <class T> T value(const T& p, const T& y) const {
    const T safe = select(y > T(1), y, T(1));
    const T stirling = (safe + T(0.5)) * log(safe) - safe + T(0.91893853320467274178);
    return Rule::value(p, y) + select(y > T(1), stirling, T(0));
  }
  template <class T> Slopes<T, 2> slopes(Input<T> p, Input<T> y) const {
    const T safe = select(y > T(1), T(y), T(1));
    auto slopes = Rule::template slopes<T>(p, y);
    slopes[1] += select(y > T(1), log(safe) + T(0.5) / safe, T(0));
    return slopes;
  }
};

/// ℓ = ½ (log v + (p − y)² / v) + constant,  v = max(variance, ε).
/// ∂ℓ/∂p = (p − y) / v = −∂ℓ/∂y,  ∂ℓ/∂v = ½ (1/v − (p − y)² / v²);  NaN for a negative variance.
struct GaussianNll {
  static constexpr auto name = "gaussian_nll_loss";
  static constexpr std::array<const char*, 3> operands{"prediction", "target", "variance"};
  double epsilon = 1e-6;
  double constant = 0;
  template <class T> T variance(const T& v) const {
    return select(v < T(0), T(NAN), select(v < T(epsilon), T(epsilon), v));
  }
  template <class T> T value(const T& p, const T& y, const T& given) const {
    const T v = variance(given), d = p - y;
    return (log(v) + d * d / v) / 2 + T(constant);
  }
  template <class T> Slopes<T, 3> slopes(Input<T> p, Input<T> y, Input<T> given) const {
    const T v = variance<T>(given), z = (p - y) / v;
    return {z, -z, (1 / v - z * z) / 2};
  }
};

// clang-format on
}  // namespace rule

/// ℓ = (p − y)².      ∂ℓ/∂p = 2 (p − y).
template <RealTensorLike P, RealTensorLike Y>
auto mse_loss(P&& prediction, Y&& target, Reduction reduction = Reduction::mean,
              Location where = Location::current()) {
  return detail::elementwise_loss(rule::MseLoss{}, reduction, where, std::forward<P>(prediction),
                                  std::forward<Y>(target));
}

/// ℓ = |p − y|.       ∂ℓ/∂p = sign(p − y);  0 at p = y.
template <RealTensorLike P, RealTensorLike Y>
auto l1_loss(P&& prediction, Y&& target, Reduction reduction = Reduction::mean,
             Location where = Location::current()) {
  return detail::elementwise_loss(rule::L1Loss{}, reduction, where, std::forward<P>(prediction),
                                  std::forward<Y>(target));
}

struct HuberOptions {
  double delta = 1;  // δ > 0
  Reduction reduction = Reduction::mean;
};

/// ℓ = ½ d² for |d| ≤ δ, otherwise δ (|d| − ½ δ),  d = p − y.     ∂ℓ/∂p = d, limited to ±δ.
template <RealTensorLike P, RealTensorLike Y>
auto huber_loss(P&& prediction, Y&& target, HuberOptions options = {},
                Location where = Location::current()) {
  detail::expect_positive("huber_loss", "delta", options.delta);
  return detail::elementwise_loss(rule::Huber{options.delta}, options.reduction, where,
                                  std::forward<P>(prediction), std::forward<Y>(target));
}

struct SmoothL1Options {
  double beta = 1;  // β > 0; l1_loss is the limit for β → 0
  Reduction reduction = Reduction::mean;
};

/// ℓ = d² / 2β for |d| ≤ β, otherwise |d| − ½ β,  d = p − y.     ∂ℓ/∂p = d/β, limited to ±1.
template <RealTensorLike P, RealTensorLike Y>
auto smooth_l1_loss(P&& prediction, Y&& target, SmoothL1Options options = {},
                    Location where = Location::current()) {
  detail::expect_positive("smooth_l1_loss", "beta", options.beta);
  return detail::elementwise_loss(rule::SmoothL1{{options.beta, 1 / options.beta}},
                                  options.reduction, where, std::forward<P>(prediction),
                                  std::forward<Y>(target));
}

struct PoissonNllOptions {
  bool log_input = true;  // the prediction is the logarithm of the rate
  bool full = false;      // with Stirling's approximation of log y! for y > 1
  double epsilon = 1e-8;  // keeps the logarithm of a rate of 0 finite
  Reduction reduction = Reduction::mean;
};

/// −log of the probability of the count y at a Poisson rate λ, but for log y!:
///
///     ℓ = eᵖ − y p, p = log λ;  ∂ℓ/∂p = eᵖ − y.     Or, without log_input, p = λ:
///     ℓ = p − y log(p + ε);     ∂ℓ/∂p = 1 − y / (p + ε);  NaN for a negative rate.
template <RealTensorLike P, RealTensorLike Y>
auto poisson_nll_loss(P&& prediction, Y&& target, PoissonNllOptions options = {},
                      Location where = Location::current()) {
  detail::expect_positive("poisson_nll_loss", "epsilon", options.epsilon);
  const auto with = [&](const auto& rule) {
    return detail::elementwise_loss(rule, options.reduction, where, std::forward<P>(prediction),
                                    std::forward<Y>(target));
  };
  if (options.log_input && options.full) return with(rule::WithStirling<rule::PoissonLogNll>{});
  if (options.log_input) return with(rule::PoissonLogNll{});
  if (options.full) return with(rule::WithStirling<rule::PoissonNll>{{options.epsilon}});
  return with(rule::PoissonNll{options.epsilon});
}

struct GaussianNllOptions {
  bool full = false;      // with ½ log 2π
  double epsilon = 1e-6;  // ε, the least variance
  Reduction reduction = Reduction::mean;
};

/// −log of the density at y of a normal distribution with mean p and the variance given, all […]:
///
///     ℓ = ½ (log v + (p − y)² / v),  v = max(variance, ε)
///     ∂ℓ/∂p = (p − y) / v,  ∂ℓ/∂v = ½ (1/v − (p − y)² / v²), below ε too, as in PyTorch
///
/// NaN for a negative variance.
template <RealTensorLike P, RealTensorLike Y, RealTensorLike V>
auto gaussian_nll_loss(P&& prediction, Y&& target, V&& variance, GaussianNllOptions options = {},
                       Location where = Location::current()) {
  detail::expect_positive("gaussian_nll_loss", "epsilon", options.epsilon);
  const double half_log_2pi = 0.91893853320467274178;
  return detail::elementwise_loss(
      rule::GaussianNll{options.epsilon, options.full ? half_log_2pi : 0}, options.reduction, where,
      std::forward<P>(prediction), std::forward<Y>(target), std::forward<V>(variance));
}

}  // namespace thalweg::nn
