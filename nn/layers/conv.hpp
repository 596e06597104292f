#pragma once
/// Convolution layers: Conv1d, Conv2d, ConvTranspose2d.
///
///     nn::Conv2d<float> conv{1, 32, 3, {.padding = 1}, random};
///     Tensor y = relu(conv(x));

#include <optional>

#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/ops/convolution.hpp"
#include "thalweg/nn/model/module.hpp"

namespace thalweg::nn {

/// ConvOptions and whether there is a bias. Along one axis the widths count.
struct ConvLayerOptions {
  Extent stride = 1;
  Extent padding = 0;  ///< (kernel − 1) / 2 keeps the image's size, for odd kernels and stride 1
  Extent output_padding = 0;  ///< ConvTranspose2d only
  Extent dilation = 1;
  Index groups = 1;
  bool bias = true;

  operator ConvOptions() const { return {stride, padding, output_padding, dilation, groups}; }
};

/// A window of weights moved over images, or the adjoint of that.
///
/// PyTorch's names, layout and start: w and b uniform on ±1/√n, n numbers of w per bias. Cost and
/// errors of a call: autodiff/ops/convolution.hpp.
template <class RealType, int axes, bool transposed = false>
struct Conv {
  using Real = RealType;
  using Options = ConvLayerOptions;
  static constexpr std::string_view type_name = transposed  ? "ConvTranspose2d"
                                                : axes == 1 ? "Conv1d"
                                                            : "Conv2d";

  /// Throws ValueError unless sizes are at least 1 and the groups divide both.
  Conv(Index in, Index out, Extent kernel, const Options& options, Random& random);
  Conv(Index in, Index out, Extent kernel, Random& random)
      : Conv(in, out, kernel, Options{}, random) {}
  /// From given values; an empty bias for none. Throws ShapeError unless w has axes + 2 of them and
  /// b fits.
  Conv(Tensor<Real> weight, Tensor<Real> bias, const Options& options = {});

  template <TensorLike X>
  Tensor<Real> operator()(X&& x, Location where = Location::current()) const {
    return forward(as_tensor(std::forward<X>(x), where), where);
  }

  Index in() const { return transposed ? weight.shape()[0] : weight.shape()[1] * options.groups; }
  Index out() const { return transposed ? weight.shape()[1] * options.groups : weight.shape()[0]; }

  Parameter<Real> weight;
  std::optional<Parameter<Real>> bias;
  Options options;

  static constexpr auto fields = named("weight", &Conv::weight, "bias", &Conv::bias);

 private:
  Tensor<Real> forward(const Tensor<Real>& x, Location where) const;
};

/// y = b + w ∗ x.
///
///     x [n, in, height, width]    w [out, in / groups, kernel, kernel]    b [out]
///     y [n, out, height', width'],   height' = ⌊(height + 2 padding − reach) / stride⌋ + 1,
///                                    reach = dilation (kernel − 1) + 1
template <class Real>
using Conv2d = Conv<Real, 2>;

/// The same along one axis: x [n, in, length], w [out, in / groups, kernel], y [n, out, length'].
template <class Real>
using Conv1d = Conv<Real, 1>;

/// The adjoint of a convolution, which enlarges images; conv_transpose2d with learned weights.
///
///     x [n, in, height, width]    w [in, out / groups, kernel, kernel]    b [out]
///     y [n, out, height', width'],
///         height' = (height − 1) stride − 2 padding + dilation (kernel − 1) + output_padding + 1
template <class Real>
using ConvTranspose2d = Conv<Real, 2, true>;

#define THALWEG_DECLARE(Real)           \
  extern template struct Conv<Real, 1>; \
  extern template struct Conv<Real, 2>; \
  extern template struct Conv<Real, 2, true>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace thalweg::nn
