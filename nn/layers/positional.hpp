#pragma once
/// Where a row stands in its text, as a vector added to it. (Rotary positions turn queries and keys
/// instead: MultiHeadAttentionOptions::rotary.)
///
///     nn::SinusoidalEncoding<float> position{128};       // or LearnedPositions{64, 128, random}
///     Tensor x = position(embed(words));                 // [b, t, 128]
///     Tensor y = position(embed(word), cache.length());  // the row after those

#include "thalweg/autodiff/ops/operand.hpp"
#include "thalweg/nn/model/module.hpp"

namespace thalweg::nn {

/// y_t = x_t + p_{first + t},  p_{i, 2c} = sin(i · 10000^(−2c/e)),  p_{i, 2c+1} = cos(the same).
/// Of any length. Source: A. Vaswani et al., 2017.
template <class RealType>
struct SinusoidalEncoding {
  using Real = RealType;

  /// Throws ShapeError unless x is [b, t, e] with `size` = e, ValueError for first < 0.
  Tensor<Real> operator()(const Tensor<Real>& x, Index first = 0,
                          Location where = Location::current()) const;
  /// p [t, e]
  static Tensor<Real> table(Index t, Index e, Index first = 0);

  Index size = 0;
  template <class Self, class F>
  static void visit_parts(Self&, F&&) {}
};

/// y_t = x_t + W_{first + t}.     W [length, e], standard normal times 0.02 at first.
template <class RealType>
class LearnedPositions {
 public:
  using Real = RealType;

  /// Throws ValueError unless both sizes are at least 1.
  LearnedPositions(Index length, Index e, Random& random);

  /// Throws ShapeError unless x is [b, t, e], IndexError beyond position `length` − 1.
  Tensor<Real> operator()(const Tensor<Real>& x, Index first = 0,
                          Location where = Location::current()) const;

  Index length() const { return weight.shape()[0]; }

  Parameter<Real> weight;
  static constexpr auto fields = named("weight", &LearnedPositions::weight);
};

#define THALWEG_DECLARE(Real)                      \
  extern template struct SinusoidalEncoding<Real>; \
  extern template class LearnedPositions<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace thalweg::nn
