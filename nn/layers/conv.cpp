#include "thalweg/nn/layers/conv.hpp"

#include <fmt/format.h>

#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/model/init.hpp"

namespace thalweg::nn {
namespace {

// [out, in / groups, window…]; the adjoint's weight has in and out exchanged.
Shape weight_shape(std::string_view layer, Index in, Index out, std::span<const Index> window,
                   Index groups) {
  bool fits = in >= 1 && out >= 1 && groups >= 1 && in % groups == 0 && out % groups == 0;
  for (const Index size : window) fits = fits && size >= 1;
  if (!fits)
    throw ValueError(fmt::format(
        "{}: {} channels in, {} out, {} groups, a kernel of [{}]; expected at least one "
        "of each, and groups that divide both",
        layer, in, out, groups, fmt::join(window, ", ")));
  Shape shape{out, in / groups};
  for (const Index size : window) shape.push_back(size);
  return shape;
}

template <class Real>
Parameter<Real> drawn_bias(const Shape& weight, Index out, Random& random) {
  const double reach = 1 / std::sqrt(static_cast<double>(weight.size() / weight[0]));
  return Parameter<Real>(init::uniform<Real>({out}, -reach, reach, random));
}

}  // namespace

template <class Real, int axes, bool transposed>
Conv<Real, axes, transposed>::Conv(Index in, Index out, Extent kernel, const Options& o,
                                   Random& random)
    : options(o) {
  const Index window[] = {kernel.height, kernel.width};
  weight = Parameter<Real>(init::fan_in_uniform<Real>(
      weight_shape(type_name, transposed ? out : in, transposed ? in : out,
                   std::span(window).last(axes), o.groups),
      random));
  if (o.bias) bias = drawn_bias<Real>(weight.shape(), out, random);
}

template <class Real, int axes, bool transposed>
Conv<Real, axes, transposed>::Conv(Tensor<Real> w, Tensor<Real> b, const Options& o) : options(o) {
  const bool fits = w.rank() == axes + 2;
  if (fits) weight = Parameter<Real>(w);
  if (!fits || (b.size() != 0 && b.shape() != Shape{out()}))
    throw ShapeError(
        fmt::format("{}: weight {} and bias {}; expected a weight of {} axes and one bias per "
                    "channel out, or none",
                    type_name, w.shape(), b.shape(), axes + 2));
  if (b.size() != 0) bias = Parameter<Real>(std::move(b));
}

template <class Real, int axes, bool transposed>
Tensor<Real> Conv<Real, axes, transposed>::forward(const Tensor<Real>& x, Location where) const {
  const Tensor<Real> w = weight, b = bias ? Tensor<Real>(*bias) : Tensor<Real>();
  constexpr auto convolve = transposed  ? op::conv_transpose2d<Real>
                            : axes == 1 ? op::conv1d<Real>
                                        : op::conv2d<Real>;
  return convolve(x, w, bias ? &b : nullptr, options, where);
}

#define THALWEG_INSTANTIATE(Real) \
  template struct Conv<Real, 1>;  \
  template struct Conv<Real, 2>;  \
  template struct Conv<Real, 2, true>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn
