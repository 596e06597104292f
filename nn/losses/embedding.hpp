#pragma once
/// Losses that put like things near each other, and unlike ones apart.
///
///     Tensor loss = nn::triplet_margin_loss(f(anchor), f(positive), f(negative), {.margin = 0.5});
///
/// Nothing is broadcast: ShapeError if shapes differ. Targets are 1 for "alike" and −1 for "not":
/// any other, such as 0, makes the loss NaN.

#include "thalweg/nn/losses/elementwise.hpp"

namespace thalweg::nn {
namespace rule {
using std::abs;
using thalweg::op::select;
using thalweg::op::Slopes;
// clang-format off

/// ℓ = a for y = 1,  max(0, m − a) for y = −1.      ∂ℓ/∂a = 1 or, where m > a, −1.
struct HingeEmbedding {
  static constexpr auto name = "hinge_embedding_loss";
  static constexpr bool chooses = true;
  double margin = 1;
  template <class T> T value(const T& a, const T& y) const {
    const T gap = T(margin) - a;
    return select(y == T(1), a, select(y == T(-1), select(gap <= T(0), T(0), gap), T(NAN)));
  }
  template <class T> Slopes<T, 2> slopes(Input<T> a, Input<T> y) const {
    const T apart = select(T(margin) - a <= T(0), T(0), T(-1));
    return {select(y == T(1), T(1), apart), T(0)};
  }
};

/// ℓ = max(0, m − y (a − b)).     ∂ℓ/∂a = −y = −∂ℓ/∂b where that is positive, otherwise 0.
struct MarginRanking {
  static constexpr auto name = "margin_ranking_loss";
  static constexpr bool chooses = true;
  static constexpr std::array<const char*, 3> operands{"first", "second", "target"};
  double margin = 0;
  template <class T> T gap(const T& a, const T& b, const T& y) const {
    return T(margin) - y * (a - b);
  }
  template <class T> T value(const T& a, const T& b, const T& y) const {
    const T g = gap(a, b, select(abs(y) == T(1), y, T(NAN)));
    return select(g <= T(0), T(0), g);
  }
  template <class T> Slopes<T, 3> slopes(Input<T> a, Input<T> b, Input<T> y) const {
    const auto apart = gap<T>(a, b, y) <= T(0);
    const T s = select(apart, T(0), T(y));
    return {-s, s, select(apart, T(0), b - a)};
  }
};

/// ℓ = 1 − c for y = 1,  max(0, c − m) for y = −1.
struct CosineEmbedding {
  static constexpr auto name = "cosine_embedding_loss";
  static constexpr bool chooses = true;
  static constexpr std::array<const char*, 2> operands{"similarity", "target"};
  double margin = 0;
  template <class T> T value(const T& c, const T& y) const {
    const T over = c - T(margin);
    return select(y == T(1), 1 - c, select(y == T(-1), select(over <= T(0), T(0), over), T(NAN)));
  }
  template <class T> Slopes<T, 2> slopes(Input<T> c, Input<T> y) const {
    const T apart = select(c - T(margin) <= T(0), T(0), T(1));
    return {select(y == T(1), T(-1), apart), T(0)};
  }
};

/// ℓ = max(0, m + a − b) for distances a, b.
struct TripletMargin {
  static constexpr auto name = "triplet_margin_loss";
  static constexpr bool chooses = true;
  double margin = 1;
  template <class T> T value(const T& a, const T& b) const {
    const T gap = T(margin) + a - b;
    return select(gap <= T(0), T(0), gap);
  }
  template <class T> Slopes<T, 2> slopes(Input<T> a, Input<T> b) const {
    const T s = select(T(margin) + a - b <= T(0), T(0), T(1));
    return {s, -s};
  }
};

// clang-format on
}  // namespace rule

struct HingeEmbeddingOptions {
  double margin = 1;  // m
  Reduction reduction = Reduction::mean;
};

/// Of distances a and targets y, both […]:
///
///     ℓ = a for y = 1,  max(0, m − a) for y = −1
template <RealTensorLike A, RealTensorLike Y>
auto hinge_embedding_loss(A&& a, Y&& target, HingeEmbeddingOptions options = {},
                          Location where = Location::current()) {
  return detail::elementwise_loss(rule::HingeEmbedding{options.margin}, options.reduction, where,
                                  std::forward<A>(a), std::forward<Y>(target));
}

struct MarginOptions {
  double margin = 0;  // m
  Reduction reduction = Reduction::mean;
};

/// Of scores a, b and targets y, all […]; y = 1 if a should be the larger one:
///
///     ℓ = max(0, m − y (a − b))
template <RealTensorLike A, RealTensorLike B, RealTensorLike Y>
auto margin_ranking_loss(A&& a, B&& b, Y&& target, MarginOptions options = {},
                         Location where = Location::current()) {
  return detail::elementwise_loss(rule::MarginRanking{options.margin}, options.reduction, where,
                                  std::forward<A>(a), std::forward<B>(b), std::forward<Y>(target));
}

namespace detail {
template <class Real>
Tensor<Real> cosine_similarity(const Tensor<Real>& a, const Tensor<Real>& b, int axis,
                               double epsilon, Location where);
template <class Real>
Tensor<Real> triplet_distance(const Tensor<Real>& a, const Tensor<Real>& b, double epsilon,
                              Location where);
}  // namespace detail

/// c = Σ a b / (max(‖a‖, ε) max(‖b‖, ε)) along `axis`, which the result has no more.
///
///     a, b […, n]     c […]
///
/// 0 where a or b is 0.
template <RealTensorLike A, RealTensorLike B>
auto cosine_similarity(A&& a, B&& b, int axis = -1, double epsilon = 1e-8,
                       Location where = Location::current()) {
  using Real = op::ElementOf<A, B>;
  return detail::cosine_similarity(Tensor<Real>(std::forward<A>(a)),
                                   Tensor<Real>(std::forward<B>(b)), axis, epsilon, where);
}

/// Of vectors a, b […, n] and targets y […], with c their cosine similarity:
///
///     ℓ = 1 − c for y = 1,  max(0, c − m) for y = −1
template <RealTensorLike A, RealTensorLike B, RealTensorLike Y>
auto cosine_embedding_loss(A&& a, B&& b, Y&& target, MarginOptions options = {},
                           Location where = Location::current()) {
  return detail::elementwise_loss(
      rule::CosineEmbedding{options.margin}, options.reduction, where,
      cosine_similarity(std::forward<A>(a), std::forward<B>(b), -1, 1e-8, where),
      std::forward<Y>(target));
}

struct TripletMarginOptions {
  double margin = 1;      // m
  bool swap = false;      // the nearer one of anchor and positive counts for the negative
  double epsilon = 1e-6;  // added to differences, as in PyTorch
  Reduction reduction = Reduction::mean;
};

/// Of anchors a, examples p like them and n unlike them, all […, size], one ℓ for each […]:
///
///     ℓ = max(0, m + ‖a − p + ε‖ − ‖a − n + ε‖)
///
/// `swap`: min(‖a − n + ε‖, ‖p − n + ε‖) in the place of the last (Balntas et al. 2016).
template <RealTensorLike A, RealTensorLike P, RealTensorLike N>
auto triplet_margin_loss(A&& anchor, P&& positive, N&& negative, TripletMarginOptions options = {},
                         Location where = Location::current()) {
  using Real = op::ElementOf<A, P, N>;
  const Tensor<Real> a(std::forward<A>(anchor)), p(std::forward<P>(positive)),
      n(std::forward<N>(negative));
  Tensor<Real> far = detail::triplet_distance(a, n, options.epsilon, where);
  if (options.swap)
    far = minimum(std::move(far), detail::triplet_distance(p, n, options.epsilon, where));
  return detail::elementwise_loss(rule::TripletMargin{options.margin}, options.reduction, where,
                                  detail::triplet_distance(a, p, options.epsilon, where), far);
}

}  // namespace thalweg::nn
