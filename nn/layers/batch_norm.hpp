#pragma once
/// Batch normalisation.

#include <optional>

#include "thalweg/autodiff/ops/normalise.hpp"
#include "thalweg/nn/model/module.hpp"

namespace thalweg::nn {

struct BatchNormOptions {
  double epsilon = 1e-5;
  std::optional<double> momentum = 0.1;  ///< μ; nothing: the average over all batches so far
  bool affine = true;                    ///< has weight and bias
};

/// BatchNorm1d and BatchNorm2d; formulas in autodiff/ops/normalise.hpp.
///
///     nn::BatchNorm2d<float> norm{64};             // or {64, {.momentum = 0.01}}
///     norm(x, nn::training(random));
///
///     BatchNorm1d    x, y [n, c] or [n, c, l]
///     BatchNorm2d    x, y [n, c, h, w]
///
/// In training each channel of the batch gets mean 0 and variance 1, then weight and bias, and the
/// running statistics follow (unless the mode says not to),
///
///     running_mean ← (1 − μ) running_mean + μ mean,
///     running_var  ← (1 − μ) running_var  + μ variance N / (N − 1),
///
/// with the batch's biased variance and N numbers per channel; without μ, with μ = 1 / (number of
/// batches). A mean or variance that is not finite leaves them as they are. In evaluation the
/// running statistics take the place of the batch's.
template <class RealType, int axes>
class BatchNorm {
 public:
  using Real = RealType;
  static constexpr std::string_view type_name = axes == 1 ? "BatchNorm1d" : "BatchNorm2d";

  /// Throws ValueError for less than one channel, ε ≤ 0, or μ not in 0 to 1.
  explicit BatchNorm(Index channels, const BatchNormOptions& options = {});
  /// From given values. Throws ShapeError unless all are [c].
  BatchNorm(Tensor<Real> weight, Tensor<Real> bias, Tensor<Real> running_mean,
            Tensor<Real> running_var, const BatchNormOptions& options = {});

  /// Throws ShapeError for another shape, and in training for less than two numbers per channel:
  /// one row, such as an epoch's last batch may be.
  template <RealTensorLike X>
  Tensor<Real> operator()(X&& x, Mode mode, Location where = Location::current()) const {
    return normalised(as_tensor(std::forward<X>(x), where), mode, where);
  }
  template <class X>
  void operator()(const X&) const = delete;  // in training or not? norm(x, mode)

  Index channels() const { return running_mean.size(); }
  const BatchNormOptions& options() const { return options_; }

  Parameter<Real> weight;  ///< [c], at first ones
  Parameter<Real> bias;    ///< [c], at first zeros
  Buffer<Real> running_mean;
  Buffer<Real> running_var;
  Buffer<Index> num_batches_tracked;

  template <class Self, class F>
  static void visit_parts(Self& self, F&& f) {
    if (self.options_.affine) f("weight", self.weight), f("bias", self.bias);
    f("running_mean", self.running_mean), f("running_var", self.running_var);
    f("num_batches_tracked", self.num_batches_tracked);
  }

 private:
  void expect_fitting(const Shape& x) const;
  Tensor<Real> normalised(const Tensor<Real>& x, Mode mode, Location where) const;
  void follow(const NormalisedBatch<Real>& batch, Index numbers) const;

  BatchNormOptions options_;
};

template <class Real>
using BatchNorm1d = BatchNorm<Real, 1>;
template <class Real>
using BatchNorm2d = BatchNorm<Real, 2>;

#define THALWEG_DECLARE(Real)               \
  extern template class BatchNorm<Real, 1>; \
  extern template class BatchNorm<Real, 2>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace thalweg::nn
