#pragma once
/// Losses of classifiers.
///
///     Tensor loss = nn::cross_entropy(model(x), labels);                       // many classes
///     Tensor yes_or_no = nn::binary_cross_entropy_with_logits(model(x), y);
///
/// Of cross_entropy and nll_loss see autodiff/ops/cross_entropy.hpp. The others compare element by
/// element, prediction and target […] in one shape (ShapeError), loss [] or, with
/// Reduction::none, […]; the mean of no elements is NaN.

#include "thalweg/nn/losses/elementwise.hpp"

namespace thalweg::nn {

using thalweg::cross_entropy;
using thalweg::CrossEntropyOptions;
using thalweg::nll_loss;
using thalweg::NllOptions;

namespace rule {
using std::abs, std::exp, std::expm1, std::log, std::log1p;
using thalweg::op::fade;
using thalweg::op::select;
using thalweg::op::Slopes;
// clang-format off

/// ℓ = −w (y log p + (1 − y) log(1 − p)), the logarithms at least −100.
/// ∂ℓ/∂p = w (p − y) / max(p (1 − p), 10⁻¹²),  ∂ℓ/∂y = w (log(1 − p) − log p).
struct BinaryCrossEntropy {
  static constexpr auto name = "binary_cross_entropy";
  template <class T> static T bounded(const T& l) { return select(l < T(-100), T(-100), l); }
  template <class T> static T value(const T& p, const T& y, const T& w) {
    const T log_likelihood = y * bounded<T>(log(p)) + (1 - y) * bounded<T>(log1p(-p));
    return select(w == T(0), T(0), -w * log_likelihood);
  }
  template <class T> static Slopes<T, 3> slopes(Input<T> p, Input<T> y, Input<T> w) {
    const T spread = p * (1 - p);
    const T of_y = bounded<T>(log1p(-T(p))) - bounded<T>(log(T(p)));
    const T of_p = (p - y) / select(spread < T(1e-12), T(1e-12), spread);
    return {select(w == T(0), T(0), w * of_p), select(w == T(0), T(0), w * of_y), T(0)};
  }
};

/// ℓ = w (−q y log σ(x) − (1 − y) log(1 − σ(x))).   With e = e^(−|x|), k = 1 − y + q y:
///
///     ℓ = w ((x > 0 ? (1 − y) x : −q y x) + k log(1 + e))
///     ∂ℓ/∂x = w (x > 0 ? 1 − y − k s : k s − q y),   s = e / (1 + e)
///
/// Nothing cancels: both tails keep all digits. What has no weight, w = 0 or k = 0, is not looked
/// at.
struct BinaryCrossEntropyWithLogits {
  static constexpr auto name = "binary_cross_entropy_with_logits";
  template <class T> static T value(const T& x, const T& y, const T& w, const T& q) {
    const T k = 1 - y + q * y;
    const T loss = fade<T>(x, select(x > T(0), 1 - y, -q * y)) + k * log1p(exp(-abs(x)));
    return select(w * k == T(0), T(0), w * loss);
  }
  template <class T>
  static Slopes<T, 4> slopes(Input<T> x, Input<T> y, Input<T> w, Input<T> q) {
    const T k = 1 - y + q * y;
    const T e = exp(-abs(T(x)));
    const T ks = k * (e / (1 + e));
    const T of_y = select(x > T(0), -T(x), -q * x) + (q - 1) * log1p(e);
    const T of_x = select(x > T(0), 1 - y - ks, ks - q * y);
    return {select(w * k == T(0), T(0), w * of_x), select(w == T(0), T(0), w * of_y), T(0), T(0)};
  }
};

/// ℓ = t (log t − x), 0 at t = 0.    ∂ℓ/∂x = −t,  ∂ℓ/∂t = log t + 1 − x, 0 at t = 0.
struct KlDiv {
  static constexpr auto name = "kl_div";
  template <class T> static T value(const T& x, const T& t) {
    return select(t == T(0), T(0), t * (log(t) - x));
  }
  template <class T> static Slopes<T, 2> slopes(Input<T> x, Input<T> t) {
    return {-t, select(t == T(0), T(0), log(T(t)) + 1 - x)};
  }
};

/// ℓ = eᵗ (t − x), 0 at t = −∞.      ∂ℓ/∂x = −eᵗ,  ∂ℓ/∂t = eᵗ (t − x + 1).
struct KlDivOfLogs {
  static constexpr auto name = "kl_div";
  template <class T> static T value(const T& x, const T& t) {
    const T p = exp(t);
    return select(p == T(0), T(0), p * (t - x));
  }
  template <class T> static Slopes<T, 2> slopes(Input<T> x, Input<T> t) {
    const T p = exp(T(t));
    return {-p, select(p == T(0), T(0), p * (t - x + 1))};
  }
};

/// y if it is 1 or −1, otherwise NaN.
template <class T>
inline T sign_label(const T& y) { return select(abs(y) == T(1), y, T(NAN)); }

/// ℓ = max(0, m − y p).    ∂ℓ/∂p = −y where m > y p, otherwise 0.
struct Hinge {
  static constexpr auto name = "hinge_loss";
  static constexpr bool chooses = true;
  double margin = 1;
  template <class T> T value(const T& p, const T& y) const {
    const T gap = T(margin) - sign_label(y) * p;
    return select(gap <= T(0), T(0), gap);
  }
  template <class T> Slopes<T, 2> slopes(Input<T> p, Input<T> y) const {
    const auto inside = y * p >= T(margin);
    return {select(inside, T(0), -T(y)), select(inside, T(0), -T(p))};
  }
};

/// ℓ = log(1 + e^(−y x)).  ∂ℓ/∂x = −y / (1 + e^(y x)) = −y (1 − e^(−ℓ)).
struct SoftMargin {
  static constexpr auto name = "soft_margin_loss";
  template <class T> static T value(const T& x, const T& y) {
    return thalweg::op::Softplus::value<T>(-sign_label(y) * x);
  }
  template <class T> static Slopes<T, 2> slopes(Input<T> x, Input<T> y) {
    const T s = thalweg::op::Sigmoid::value<T>(-y * x);
    return {-y * s, -x * s};
  }
};

// clang-format on
}  // namespace rule

struct BinaryCrossEntropyOptions {
  Weights weight = {};  // w, in the prediction's shape; 1 if not given
  Reduction reduction = Reduction::mean;
};

/// ℓ = −w (y log p + (1 − y) log(1 − p)) for probabilities p and targets y in [0, 1].
///
/// As in PyTorch the logarithms are at least −100, and the slope is that of p moved inwards to
/// p (1 − p) ≥ 10⁻¹². NaN outside [0, 1]. Better give logits to the next function.
template <RealTensorLike P, RealTensorLike Y>
auto binary_cross_entropy(P&& prediction, Y&& target, const BinaryCrossEntropyOptions& options = {},
                          Location where = Location::current()) {
  using Real = op::ElementOf<P, Y>;
  const Shape shape = op::shape_of(prediction);
  return detail::elementwise_loss(
      rule::BinaryCrossEntropy{}, options.reduction, where, std::forward<P>(prediction),
      std::forward<Y>(target),
      detail::weight_operand<Real>("binary_cross_entropy", "weight", options.weight, shape, false));
}

struct BceWithLogitsOptions {
  Weights weight = {};      // w, in the prediction's shape; 1 if not given
  Weights pos_weight = {};  // q, in that shape or that of its last axis; 1 if not given
  Reduction reduction = Reduction::mean;
};

/// ℓ = −w (q y log σ(x) + (1 − y) log(1 − σ(x))),  σ(x) = 1 / (1 + e⁻ˣ).
///
///     ∂ℓ/∂x = w (1 − y) σ(x) − w q y (1 − σ(x))
///
/// q > 1 makes the examples with y = 1 count more. Finite and accurate for every finite x.
template <RealTensorLike X, RealTensorLike Y>
auto binary_cross_entropy_with_logits(X&& x, Y&& target, const BceWithLogitsOptions& options = {},
                                      Location where = Location::current()) {
  using Real = op::ElementOf<X, Y>;
  const auto* const name = "binary_cross_entropy_with_logits";
  const Shape shape = op::shape_of(x);
  return detail::elementwise_loss(
      rule::BinaryCrossEntropyWithLogits{}, options.reduction, where, std::forward<X>(x),
      std::forward<Y>(target),
      detail::weight_operand<Real>(name, "weight", options.weight, shape, false),
      detail::weight_operand<Real>(name, "pos_weight", options.pos_weight, shape, true));
}

/// `batchmean` divides by the size of the first axis: the divergence proper of [n, classes].
enum class KlReduction { mean, batchmean, sum, none };

struct KlDivOptions {
  bool log_target = false;  // the target is log t
  KlReduction reduction = KlReduction::mean;
};

/// The terms of the divergence of p = eˣ from t, x being log-probabilities:
///
///     ℓ = t (log t − x), 0 at t = 0.     ∂ℓ/∂x = −t
template <RealTensorLike X, RealTensorLike T>
auto kl_div(X&& x, T&& target, KlDivOptions options = {}, Location where = Location::current()) {
  const auto with = [&](const auto& rule) {
    auto terms = detail::loss_statement(rule, std::forward<X>(x), std::forward<T>(target));
    if (options.reduction != KlReduction::batchmean)
      return detail::reduced_loss(std::move(terms),
                                  options.reduction == KlReduction::mean  ? Reduction::mean
                                  : options.reduction == KlReduction::sum ? Reduction::sum
                                                                          : Reduction::none,
                                  where);
    const Shape shape = op::shape_of(terms);
    return op::scaled_sum(terms, 1 / static_cast<double>(shape.rank() > 0 ? shape[0] : 1), where);
  };
  return options.log_target ? with(rule::KlDivOfLogs{}) : with(rule::KlDiv{});
}

struct HingeOptions {
  double margin = 1;  // m
  Reduction reduction = Reduction::mean;
};

/// ℓ = max(0, m − y p) for targets y = ±1.     ∂ℓ/∂p = −y where m > y p, otherwise 0.
///
/// NaN for targets that are neither 1 nor −1, such as 0.
template <RealTensorLike P, RealTensorLike Y>
auto hinge_loss(P&& prediction, Y&& target, HingeOptions options = {},
                Location where = Location::current()) {
  return detail::elementwise_loss(rule::Hinge{options.margin}, options.reduction, where,
                                  std::forward<P>(prediction), std::forward<Y>(target));
}

/// ℓ = log(1 + e^(−y x)) for targets y = ±1.     ∂ℓ/∂x = −y / (1 + e^(y x)).
///
/// NaN for targets that are neither 1 nor −1.
template <RealTensorLike X, RealTensorLike Y>
auto soft_margin_loss(X&& x, Y&& target, Reduction reduction = Reduction::mean,
                      Location where = Location::current()) {
  return detail::elementwise_loss(rule::SoftMargin{}, reduction, where, std::forward<X>(x),
                                  std::forward<Y>(target));
}

}  // namespace thalweg::nn
