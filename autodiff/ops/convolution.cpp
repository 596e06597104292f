#include "thalweg/autodiff/ops/convolution.hpp"

#include <vector>

#include "thalweg/autodiff/kernels/convolution.hpp"
#include "thalweg/autodiff/kernels/layout.hpp"
#include "thalweg/autodiff/ops/views.hpp"
#include "thalweg/autodiff/tensor/channels_last.hpp"

namespace thalweg::detail {
namespace {

using kernels::Convolution;
using kernels::Pair;

void expect_rank(const char* op, const Shape& x, const Shape& weight, int rank) {
  const char* const form = rank == 4 ? "x [n, in, height, width] and a weight of four axes"
                                     : "x [n, in, length] and a weight of three axes";
  if (x.rank() != rank || weight.rank() != rank)
    throw ShapeError(fmt::format("{}: x {} and weight {}; expected {}{}", op, x, weight, form,
                                 x.rank() == rank - 1 ? ": unsqueeze(x, 0) makes one example a "
                                                        "batch"
                                                      : ""));
}

// Up to here products of two of them, and of a size, stay within an Index.
constexpr Index most = Index{1} << 30;

bool within(Extent e, Index least) {
  return e.height >= least && e.height <= most && e.width >= least && e.width <= most;
}

void expect_options(const char* op, Extent stride, Extent padding, Extent dilation, Index groups) {
  const bool fit = within(stride, 1) && within(padding, 0) && within(dilation, 1) && groups >= 1 &&
                   groups <= most;
  if (!fit)
    throw ValueError(fmt::format(
        "{}: stride [{}, {}], padding [{}, {}], dilation [{}, {}], groups {}; expected a padding "
        "of at least 0, the others at least 1, and none above 2^30",
        op, stride.height, stride.width, padding.height, padding.width, dilation.height,
        dilation.width, groups));
}

// `in`: the channels that the weight is for; `first`: those on its other side.
void expect_channels(const char* op, const Shape& x, const Shape& weight, Index groups, Index in,
                     Index first) {
  if (x[1] == in && first % groups == 0 && in % groups == 0) return;
  throw ShapeError(
      fmt::format("{}: x {} has {} channels, the weight {} with {} groups is for {}, and the "
                  "groups must divide the channels in and out",
                  op, x, x[1], weight, groups, in));
}

void expect_bias(const char* op, const Shape* bias, Index out) {
  if (bias && *bias != Shape{out})
    throw ShapeError(fmt::format("{}: the bias has shape {}; expected [{}]", op, *bias, out));
}

Index result_size(const char* op, Index size, Index kernel, Index stride, Index padding,
                  Index dilation) {
  const Index reach = dilation * (kernel - 1) + 1;
  if (size + 2 * padding < reach || kernel < 1)
    throw ShapeError(
        fmt::format("{}: a window that reaches over {} does not fit into {} with a "
                    "padding of {}",
                    op, reach, size, padding));
  return (size + 2 * padding - reach) / stride + 1;
}

// Shape::size() must not overflow, nor the search for memory begin.
void expect_room(const char* op, const Shape& y) {
  double size = 1;
  for (const Index side : y) size *= static_cast<double>(side);
  if (size > 0x1p48)
    throw ValueError(fmt::format("{}: the result of shape {} is too large", op, y));
}

Pair pair_of(Extent e) { return {e.height, e.width}; }

// ŵ [out], b̄: the sums of ȳ over all pixels.
template <class Real>
void pull_bias(Backward<Real>& back, std::size_t k, const Real* dy, Index rows, Index out) {
  if (const auto to = back.into(k))
    kernels::sum_to(Shape{out}, Shape{rows, out}, dy, to.accumulate, to.data);
}

template <class Real>
const Real* data_or_null(const Tensor<Real>* tensor) {
  return tensor ? tensor->data() : nullptr;
}

template <class Real>
Operand operand_or_none(const Tensor<Real>* tensor) {
  return tensor ? Operand(*tensor) : Operand();
}

}  // namespace

template <class Real>
Tensor<Real> conv2d(const Tensor<Real>& x, const Tensor<Real>& weight, const Tensor<Real>* bias,
                    const ConvOptions& o, Location where) {
  constexpr auto op = "conv2d";
  expect_rank(op, x.shape(), weight.shape(), 4);
  expect_options(op, o.stride, o.padding, o.dilation, o.groups);
  const Index out = weight.size(0);
  expect_channels(op, x.shape(), weight.shape(), o.groups, weight.size(1) * o.groups, out);
  expect_bias(op, bias ? &bias->shape() : nullptr, out);
  const Pair kernel{weight.size(2), weight.size(3)};
  const Convolution c{x.size(0),
                      x.size(1),
                      out,
                      o.groups,
                      {x.size(2), x.size(3)},
                      kernel,
                      pair_of(o.stride),
                      pair_of(o.padding),
                      pair_of(o.dilation),
                      {result_size(op, x.size(2), kernel.height, o.stride.height, o.padding.height,
                                   o.dilation.height),
                       result_size(op, x.size(3), kernel.width, o.stride.width, o.padding.width,
                                   o.dilation.width)}};

  const Shape shape{c.images, out, c.out_size.height, c.out_size.width};
  expect_room(op, shape);
  Tensor<Real> y = make_channels_last<Real>(shape);
  Buffer buffer;
  kernels::convolve(c, channels_last(x, buffer), weight.data(), data_or_null(bias),
                    channels_last_data(y));
  return record(
      op, y, {x, weight, operand_or_none(bias)},
      [x = saved_if(active(weight), x), weight = saved_if(active(x), weight), c,
       biased = bias != nullptr](Backward<Real>& back) {
        const ChannelsLast order{c.images, c.out, c.out_size.height * c.out_size.width};
        const Real* const dy = back.adjoint(order);
        contribute(back.into(0, {c.images, c.in, c.size.height * c.size.width}), c.in_size(),
                   [&](Real* dx) { kernels::convolve_to_image(c, dy, weight.data(), dx); });
        contribute(back.into(1), c.weight_size(), [&](Real* dw) {
          Buffer other;
          kernels::convolve_to_weight(c, channels_last(*x, other), dy, dw);
        });
        if (biased) pull_bias(back, 2, dy, order.images * order.pixels, c.out);
      },
      where);
}

template <class Real>
Tensor<Real> conv1d(const Tensor<Real>& x, const Tensor<Real>& weight, const Tensor<Real>* bias,
                    const Conv1dOptions& o, Location where) {
  expect_rank("conv1d", x.shape(), weight.shape(), 3);
  const Tensor y = conv2d(unsqueeze(x, 2, where), unsqueeze(weight, 2, where), bias,
                          {.stride = {1, o.stride},
                           .padding = {0, o.padding},
                           .dilation = {1, o.dilation},
                           .groups = o.groups},
                          where);
  return squeeze(y, {2}, where);
}

template <class Real>
Tensor<Real> conv_transpose2d(const Tensor<Real>& x, const Tensor<Real>& weight,
                              const Tensor<Real>* bias, const ConvTransposeOptions& o,
                              Location where) {
  constexpr auto op = "conv_transpose2d";
  expect_rank(op, x.shape(), weight.shape(), 4);
  expect_options(op, o.stride, o.padding, o.dilation, o.groups);
  const Index out = weight.size(1) * o.groups;
  expect_channels(op, x.shape(), weight.shape(), o.groups, weight.size(0), out);
  expect_bias(op, bias ? &bias->shape() : nullptr, out);
  const Pair kernel{weight.size(2), weight.size(3)};
  const auto enlarged = [&](Index size, Index window, Index stride, Index padding, Index dilation,
                            Index extra) {
    const Index result = (size - 1) * stride - 2 * padding + dilation * (window - 1) + extra + 1;
    if (window < 1 || extra < 0 || (extra >= stride && extra >= dilation) || result < 1)
      throw ValueError(fmt::format(
          "{}: output_padding {} with stride {} and padding {} makes {} of {}; expected "
          "a window, an output_padding of at least 0 and below the stride, and a result",
          op, extra, stride, padding, result, size));
    return result;
  };
  // As the convolution whose adjoint it is: from the larger image y to the smaller one x.
  const Convolution c{x.size(0),
                      out,
                      x.size(1),
                      o.groups,
                      {enlarged(x.size(2), kernel.height, o.stride.height, o.padding.height,
                                o.dilation.height, o.output_padding.height),
                       enlarged(x.size(3), kernel.width, o.stride.width, o.padding.width,
                                o.dilation.width, o.output_padding.width)},
                      kernel,
                      pair_of(o.stride),
                      pair_of(o.padding),
                      pair_of(o.dilation),
                      {x.size(2), x.size(3)}};
  const Shape shape{c.images, out, c.size.height, c.size.width};
  expect_room(op, shape);
  Tensor<Real> y = make_channels_last<Real>(shape);
  Buffer buffer;
  Real* const to = channels_last_data(y);
  kernels::convolve_to_image(c, channels_last(x, buffer), weight.data(), to);
  if (bias) kernels::add_bias(c.images * c.size.height * c.size.width, out, bias->data(), to);
  return record(
      op, y, {x, weight, operand_or_none(bias)},
      [x = saved_if(active(weight), x), weight = saved_if(active(x), weight), c,
       biased = bias != nullptr](Backward<Real>& back) {
        const ChannelsLast order{c.images, c.in, c.size.height * c.size.width};
        const Real* const dy = back.adjoint(order);
        contribute(back.into(0, {c.images, c.out, c.out_size.height * c.out_size.width}),
                   c.result_size(), [&](Real* dx) {
                     kernels::convolve(c, dy, weight.data(), static_cast<const Real*>(nullptr), dx);
                   });
        contribute(back.into(1), c.weight_size(), [&](Real* dw) {
          Buffer other;
          kernels::convolve_to_weight(c, dy, channels_last(*x, other), dw);
        });
        if (biased) pull_bias(back, 2, dy, order.images * order.pixels, c.in);
      },
      where);
}

template Tensor<float> conv2d(const Tensor<float>&, const Tensor<float>&, const Tensor<float>*,
                              const ConvOptions&, Location);
template Tensor<double> conv2d(const Tensor<double>&, const Tensor<double>&, const Tensor<double>*,
                               const ConvOptions&, Location);
template Tensor<float> conv1d(const Tensor<float>&, const Tensor<float>&, const Tensor<float>*,
                              const Conv1dOptions&, Location);
template Tensor<double> conv1d(const Tensor<double>&, const Tensor<double>&, const Tensor<double>*,
                               const Conv1dOptions&, Location);
template Tensor<float> conv_transpose2d(const Tensor<float>&, const Tensor<float>&,
                                        const Tensor<float>*, const ConvTransposeOptions&,
                                        Location);
template Tensor<double> conv_transpose2d(const Tensor<double>&, const Tensor<double>&,
                                         const Tensor<double>*, const ConvTransposeOptions&,
                                         Location);

}  // namespace thalweg::detail
