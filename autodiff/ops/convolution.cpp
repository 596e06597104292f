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

// One axis of a convolution: of the image, or of the result if it is the adjoint.
struct Axis {
  Index size, kernel, stride, padding, output_padding, dilation;

  Index reach() const { return dilation * (kernel - 1) + 1; }
};

// ⌊(size + 2 padding − reach) / stride⌋ + 1
Index reduced(const char* op, const Axis& a) {
  if (a.size + 2 * a.padding < a.reach() || a.kernel < 1)
    throw ShapeError(
        fmt::format("{}: a window that reaches over {} does not fit into {} with a "
                    "padding of {}",
                    op, a.reach(), a.size, a.padding));
  if (a.output_padding != 0)
    throw ValueError(fmt::format("{}: output_padding {}; expected 0, it is of conv_transpose2d", op,
                                 a.output_padding));
  return (a.size + 2 * a.padding - a.reach()) / a.stride + 1;
}

// (size − 1) stride − 2 padding + reach + output_padding: one of the sizes that `reduced` takes to
// `size`.
Index enlarged(const char* op, const Axis& a) {
  const Index extra = a.output_padding;
  const Index result = (a.size - 1) * a.stride - 2 * a.padding + a.reach() + extra;
  if (a.kernel < 1 || extra < 0 || (extra >= a.stride && extra >= a.dilation) || result < 1)
    throw ValueError(
        fmt::format("{}: output_padding {} with stride {} and padding {} makes {} of {}; expected "
                    "a window, an output_padding of at least 0 and below the stride, and a result",
                    op, extra, a.stride, a.padding, result, a.size));
  return result;
}

// Shape::size() must not overflow, nor the search for memory begin.
void expect_room(const char* op, const Shape& y) {
  double size = 1;
  for (const Index side : y) size *= static_cast<double>(side);
  if (size > 0x1p48)
    throw ValueError(fmt::format("{}: the result of shape {} is too large", op, y));
}

Pair pair_of(Extent e) { return {e.height, e.width}; }

// From the image to the smaller result, or, as the adjoint, from there to the image.
enum class Way { down, up };

// The convolution whose image (down) or result (up) is x.
Convolution checked(const char* op, Way way, const Shape& x, const Shape& w, const Shape* bias,
                    const ConvOptions& o) {
  expect_rank(op, x, w, 4);
  expect_options(op, o.stride, o.padding, o.dilation, o.groups);
  const Index first = w[0], second = w[1] * o.groups, out = way == Way::down ? first : second;
  expect_channels(op, x, w, o.groups, way == Way::down ? second : first, out);
  expect_bias(op, bias, out);
  const auto other = way == Way::down ? reduced : enlarged;
  const Pair size{x[2], x[3]};
  const Pair result{other(op, {size.height, w[2], o.stride.height, o.padding.height,
                               o.output_padding.height, o.dilation.height}),
                    other(op, {size.width, w[3], o.stride.width, o.padding.width,
                               o.output_padding.width, o.dilation.width})};
  expect_room(op, {x[0], out, result.height, result.width});
  return {.images = x[0],
          .in = second,
          .out = first,
          .groups = o.groups,
          .size = way == Way::down ? size : result,
          .kernel = {w[2], w[3]},
          .stride = pair_of(o.stride),
          .padding = pair_of(o.padding),
          .dilation = pair_of(o.dilation),
          .out_size = way == Way::down ? result : size};
}

// Its image, and its result.
Shape image(const Convolution& c) { return {c.images, c.in, c.size.height, c.size.width}; }
Shape result(const Convolution& c) {
  return {c.images, c.out, c.out_size.height, c.out_size.width};
}

// y = b + w ∗ x, or y = b + the adjoint of w ∗ at x; channels-last.
template <class Real>
void apply(const Convolution& c, Way way, const Real* x, const Real* weight, const Real* bias,
           Real* y) {
  if (way == Way::down) return kernels::convolve(c, x, weight, bias, y);
  kernels::convolve_to_image(c, x, weight, y);
  if (bias) kernels::add_bias(c.images * c.size.height * c.size.width, c.in, bias, y);
}

// Let y = b + A x, with A linear in w.  x̄ = Aᵀ ȳ: the other way.  b̄: the sums of ȳ over all pixels.
// w̄ is the same function of image and result for both ways, bilinear: the one of (x, ȳ), the other
// of (ȳ, x).
template <class Real>
Tensor<Real> convolution(const char* op, Way way, const Tensor<Real>& x, const Tensor<Real>& weight,
                         const Tensor<Real>* bias, const ConvOptions& o, Location where) {
  const Convolution c =
      checked(op, way, x.shape(), weight.shape(), bias ? &bias->shape() : nullptr, o);
  Tensor<Real> y = make_channels_last<Real>(way == Way::down ? result(c) : image(c));
  Storage buffer;
  apply(c, way, channels_last(x, buffer), weight.data(), bias ? bias->data() : nullptr,
        channels_last_data(y));
  return record(
      op, y, {x, weight, bias ? Operand(*bias) : Operand()},
      [x = saved_if(active(weight), x), weight = saved_if(active(x), weight), c, way,
       from = channels_last_of(x.shape()), to = channels_last_of(y.shape())](Backward<Real>& back) {
        const Real* const dy = back.adjoint(to);
        const Way other = way == Way::down ? Way::up : Way::down;
        contribute(back.into(0, from), back.size(0), [&](Real* dx) {
          apply(c, other, dy, weight.data(), static_cast<const Real*>(nullptr), dx);
        });
        contribute(back.into(1), c.weight_size(), [&](Real* dw) {
          Storage again;
          const Real* const data = channels_last(*x, again);
          if (way == Way::down)
            kernels::convolve_to_weight(c, data, dy, dw);
          else
            kernels::convolve_to_weight(c, dy, data, dw);
        });
        if (const auto db = back.into(2))
          kernels::sum_to(Shape{to.channels}, Shape{to.images * to.pixels, to.channels}, dy,
                          db.accumulate, db.data);
      },
      where);
}

}  // namespace
}  // namespace thalweg::detail

namespace thalweg::op {

using namespace detail;

template <class Real>
Tensor<Real> conv2d(const Tensor<Real>& x, const Tensor<Real>& weight, const Tensor<Real>* bias,
                    const ConvOptions& options, Location where) {
  return convolution("conv2d", Way::down, x, weight, bias, options, where);
}

template <class Real>
Tensor<Real> conv_transpose2d(const Tensor<Real>& x, const Tensor<Real>& weight,
                              const Tensor<Real>* bias, const ConvOptions& options,
                              Location where) {
  return convolution("conv_transpose2d", Way::up, x, weight, bias, options, where);
}

// An image of height 1.
template <class Real>
Tensor<Real> conv1d(const Tensor<Real>& x, const Tensor<Real>& weight, const Tensor<Real>* bias,
                    const ConvOptions& o, Location where) {
  expect_rank("conv1d", x.shape(), weight.shape(), 3);
  const Tensor y = conv2d(unsqueeze(x, 2, where), unsqueeze(weight, 2, where), bias,
                          {.stride = {1, o.stride.width},
                           .padding = {0, o.padding.width},
                           .output_padding = o.output_padding,
                           .dilation = {1, o.dilation.width},
                           .groups = o.groups},
                          where);
  return squeeze(y, {2}, where);
}

#define THALWEG_INSTANTIATE(Real)                                                             \
  template Tensor<Real> conv2d(const Tensor<Real>&, const Tensor<Real>&, const Tensor<Real>*, \
                               const ConvOptions&, Location);                                 \
  template Tensor<Real> conv1d(const Tensor<Real>&, const Tensor<Real>&, const Tensor<Real>*, \
                               const ConvOptions&, Location);                                 \
  template Tensor<Real> conv_transpose2d(const Tensor<Real>&, const Tensor<Real>&,            \
                                         const Tensor<Real>*, const ConvOptions&, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::op
