#pragma once
/// Convolution layers.

#include <optional>

#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/ops/convolution.hpp"
#include "thalweg/nn/model/module.hpp"

namespace thalweg::nn {

struct Conv2dOptions {
  Extent stride = 1;
  Extent padding = 0;  ///< (kernel − 1) / 2 keeps the image's size, for odd kernels and stride 1
  Extent dilation = 1;
  Index groups = 1;
  bool bias = true;
};

/// y = w ∗ x + b: a window of weights moved over images.
///
///     x [n, in, height, width]    w [out, in / groups, kernel, kernel]    b [out]
///     y [n, out, height', width'],   height' = ⌊(height + 2 padding − reach) / stride⌋ + 1,
///                                    reach = dilation (kernel − 1) + 1
///
///     nn::Conv2d<float> conv{1, 32, 3, {.padding = 1}, random};
///     Tensor y = relu(conv(x));
///
/// PyTorch's names, layout and start: w and b uniform on ±1/√(in / groups · kernel²). Cost: see
/// conv2d (autodiff/ops/convolution.hpp), whose errors these are.
template <class RealType>
struct Conv2d {
  using Real = RealType;
  using Options = Conv2dOptions;

  /// Throws ValueError unless sizes are at least 1 and the groups divide both.
  Conv2d(Index in, Index out, Extent kernel, const Options& options, Random& random);
  Conv2d(Index in, Index out, Extent kernel, Random& random)
      : Conv2d(in, out, kernel, Options{}, random) {}
  /// From given values; an empty bias for none. Throws ShapeError unless w has four axes and b
  /// fits.
  Conv2d(Tensor<Real> weight, Tensor<Real> bias, const Options& options = {});

  template <TensorLike X>
  Tensor<Real> operator()(X&& x, Location where = Location::current()) const {
    return forward(as_tensor(std::forward<X>(x), where), where);
  }

  Index in() const { return weight.shape()[1] * options.groups; }
  Index out() const { return weight.shape()[0]; }

  Parameter<Real> weight;
  std::optional<Parameter<Real>> bias;
  Options options;

  static constexpr auto fields = named("weight", &Conv2d::weight, "bias", &Conv2d::bias);

 private:
  Tensor<Real> forward(const Tensor<Real>& x, Location where) const;
};

struct Conv1dLayerOptions {
  Index stride = 1;
  Index padding = 0;
  Index dilation = 1;
  Index groups = 1;
  bool bias = true;
};

/// The same along one axis: x [n, in, length], w [out, in / groups, kernel], y [n, out, length'].
template <class RealType>
struct Conv1d {
  using Real = RealType;
  using Options = Conv1dLayerOptions;

  Conv1d(Index in, Index out, Index kernel, const Options& options, Random& random);
  Conv1d(Index in, Index out, Index kernel, Random& random)
      : Conv1d(in, out, kernel, Options{}, random) {}
  Conv1d(Tensor<Real> weight, Tensor<Real> bias, const Options& options = {});

  template <TensorLike X>
  Tensor<Real> operator()(X&& x, Location where = Location::current()) const {
    return forward(as_tensor(std::forward<X>(x), where), where);
  }

  Index in() const { return weight.shape()[1] * options.groups; }
  Index out() const { return weight.shape()[0]; }

  Parameter<Real> weight;
  std::optional<Parameter<Real>> bias;
  Options options;

  static constexpr auto fields = named("weight", &Conv1d::weight, "bias", &Conv1d::bias);

 private:
  Tensor<Real> forward(const Tensor<Real>& x, Location where) const;
};

struct ConvTranspose2dOptions {
  Extent stride = 1;
  Extent padding = 0;
  Extent output_padding = 0;
  Extent dilation = 1;
  Index groups = 1;
  bool bias = true;
};

/// The adjoint of a convolution, which enlarges images; conv_transpose2d with learned weights.
///
///     x [n, in, height, width]    w [in, out / groups, kernel, kernel]    b [out]
///     y [n, out, height', width'],
///         height' = (height − 1) stride − 2 padding + dilation (kernel − 1) + output_padding + 1
template <class RealType>
struct ConvTranspose2d {
  using Real = RealType;
  using Options = ConvTranspose2dOptions;

  ConvTranspose2d(Index in, Index out, Extent kernel, const Options& options, Random& random);
  ConvTranspose2d(Index in, Index out, Extent kernel, Random& random)
      : ConvTranspose2d(in, out, kernel, Options{}, random) {}
  ConvTranspose2d(Tensor<Real> weight, Tensor<Real> bias, const Options& options = {});

  template <TensorLike X>
  Tensor<Real> operator()(X&& x, Location where = Location::current()) const {
    return forward(as_tensor(std::forward<X>(x), where), where);
  }

  Index in() const { return weight.shape()[0]; }
  Index out() const { return weight.shape()[1] * options.groups; }

  Parameter<Real> weight;
  std::optional<Parameter<Real>> bias;
  Options options;

  static constexpr auto fields =
      named("weight", &ConvTranspose2d::weight, "bias", &ConvTranspose2d::bias);

 private:
  Tensor<Real> forward(const Tensor<Real>& x, Location where) const;
};

extern template struct Conv1d<float>;
extern template struct Conv1d<double>;
extern template struct Conv2d<float>;
extern template struct Conv2d<double>;
extern template struct ConvTranspose2d<float>;
extern template struct ConvTranspose2d<double>;

}  // namespace thalweg::nn
