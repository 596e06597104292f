#include "thalweg/nn/layers/conv.hpp"

#include <fmt/format.h>

#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/model/init.hpp"

namespace thalweg::nn {
namespace {

// [out, in / groups, window…]
Shape weight_shape(const char* layer, Index in, Index out, std::initializer_list<Index> window,
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
std::optional<Parameter<Real>> bias_of(bool wanted, const Shape& weight, Index out,
                                       Random& random) {
  if (!wanted) return {};
  const double reach = 1 / std::sqrt(static_cast<double>(weight.size() / weight[0]));
  return Parameter<Real>(init::uniform<Real>({out}, -reach, reach, random));
}

template <class Real>
std::optional<Parameter<Real>> given_bias(const char* layer, const Tensor<Real>& weight, int rank,
                                          Tensor<Real> bias, Index out) {
  if (weight.rank() != rank || (bias.size() != 0 && bias.shape() != Shape{out}))
    throw ShapeError(
        fmt::format("{}: weight {} and bias {}; expected a weight of {} axes and one bias per "
                    "channel out, or none",
                    layer, weight.shape(), bias.shape(), rank));
  if (bias.size() == 0) return {};
  return Parameter<Real>(std::move(bias));
}

template <class Real>
const Tensor<Real>* pointer(const std::optional<Tensor<Real>>& bias) {
  return bias ? &*bias : nullptr;
}
template <class Real>
std::optional<Tensor<Real>> on_tape(const std::optional<Parameter<Real>>& bias) {
  if (bias) return Tensor<Real>(*bias);
  return {};
}

}  // namespace

template <class Real>
Conv2d<Real>::Conv2d(Index in, Index out, Extent kernel, const Options& o, Random& random)
    : weight(init::fan_in_uniform<Real>(
          weight_shape("Conv2d", in, out, {kernel.height, kernel.width}, o.groups), random)),
      bias(bias_of<Real>(o.bias, weight.shape(), out, random)),
      options(o) {}

template <class Real>
Conv2d<Real>::Conv2d(Tensor<Real> w, Tensor<Real> b, const Options& o)
    : bias(given_bias("Conv2d", w, 4, std::move(b), w.rank() == 4 ? w.size(0) : 0)), options(o) {
  weight = Parameter<Real>(std::move(w));
}

template <class Real>
Tensor<Real> Conv2d<Real>::forward(const Tensor<Real>& x, Location where) const {
  const auto b = on_tape(bias);
  return thalweg::detail::conv2d(
      x, Tensor<Real>(weight), pointer(b),
      {options.stride, options.padding, options.dilation, options.groups}, where);
}

template <class Real>
Conv1d<Real>::Conv1d(Index in, Index out, Index kernel, const Options& o, Random& random)
    : weight(
          init::fan_in_uniform<Real>(weight_shape("Conv1d", in, out, {kernel}, o.groups), random)),
      bias(bias_of<Real>(o.bias, weight.shape(), out, random)),
      options(o) {}

template <class Real>
Conv1d<Real>::Conv1d(Tensor<Real> w, Tensor<Real> b, const Options& o)
    : bias(given_bias("Conv1d", w, 3, std::move(b), w.rank() == 3 ? w.size(0) : 0)), options(o) {
  weight = Parameter<Real>(std::move(w));
}

template <class Real>
Tensor<Real> Conv1d<Real>::forward(const Tensor<Real>& x, Location where) const {
  const auto b = on_tape(bias);
  return thalweg::detail::conv1d(
      x, Tensor<Real>(weight), pointer(b),
      {options.stride, options.padding, options.dilation, options.groups}, where);
}

template <class Real>
ConvTranspose2d<Real>::ConvTranspose2d(Index in, Index out, Extent kernel, const Options& o,
                                       Random& random)
    : weight(init::fan_in_uniform<Real>(
          weight_shape("ConvTranspose2d", out, in, {kernel.height, kernel.width}, o.groups),
          random)),
      bias(bias_of<Real>(o.bias, weight.shape(), out, random)),
      options(o) {}

template <class Real>
ConvTranspose2d<Real>::ConvTranspose2d(Tensor<Real> w, Tensor<Real> b, const Options& o)
    : bias(given_bias("ConvTranspose2d", w, 4, std::move(b),
                      w.rank() == 4 ? w.size(1) * o.groups : 0)),
      options(o) {
  weight = Parameter<Real>(std::move(w));
}

template <class Real>
Tensor<Real> ConvTranspose2d<Real>::forward(const Tensor<Real>& x, Location where) const {
  const auto b = on_tape(bias);
  return thalweg::detail::conv_transpose2d(
      x, Tensor<Real>(weight), pointer(b),
      {options.stride, options.padding, options.output_padding, options.dilation, options.groups},
      where);
}

template struct Conv1d<float>;
template struct Conv1d<double>;
template struct Conv2d<float>;
template struct Conv2d<double>;
template struct ConvTranspose2d<float>;
template struct ConvTranspose2d<double>;

}  // namespace thalweg::nn
