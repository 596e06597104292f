#include "thalweg/autodiff/ops/pooling.hpp"

#include "thalweg/autodiff/kernels/pooling.hpp"
#include "thalweg/autodiff/ops/views.hpp"
#include "thalweg/autodiff/tensor/channels_last.hpp"

namespace thalweg::detail {
namespace {

using kernels::Pooling;

Extent stride_of(Extent stride, Extent kernel) { return stride == Extent(0) ? kernel : stride; }

Index result_size(Index size, Index kernel, Index stride, Index padding) {
  return (size + 2 * padding - kernel) / stride + 1;
}

Pooling pooling(const char* op, const Shape& x, Extent kernel, Extent stride, Extent padding) {
  if (x.rank() != 4)
    throw ShapeError(
        fmt::format("{}: x has shape {}; expected [n, channels, height, width]", op, x));
  const auto fits = [](Index size, Index window, Index step, Index border) {
    constexpr Index most = Index{1} << 31;
    return size >= 1 && window >= 1 && window <= most && step >= 1 && step <= most && border >= 0 &&
           border <= window / 2 && size + 2 * border >= window;
  };
  if (!fits(x[2], kernel.height, stride.height, padding.height) ||
      !fits(x[3], kernel.width, stride.width, padding.width))
    throw ValueError(fmt::format(
        "{}: kernel [{}, {}], stride [{}, {}], padding [{}, {}] for images of {} x {}; expected a "
        "kernel and stride of at least 1, a padding of at most half the kernel, and a kernel no "
        "larger than the padded image",
        op, kernel.height, kernel.width, stride.height, stride.width, padding.height, padding.width,
        x[2], x[3]));
  return {x[0],
          x[1],
          {x[2], x[3]},
          {kernel.height, kernel.width},
          {stride.height, stride.width},
          {padding.height, padding.width},
          {result_size(x[2], kernel.height, stride.height, padding.height),
           result_size(x[3], kernel.width, stride.width, padding.width)}};
}

template <class Real>
Tensor<Real> make_result(const Pooling& p) {
  return make_channels_last<Real>({p.images, p.channels, p.out_size.height, p.out_size.width});
}

ChannelsLast order_of(const Pooling& p) {
  return {p.images, p.channels, p.size.height * p.size.width};
}
ChannelsLast result_order(const Pooling& p) {
  return {p.images, p.channels, p.out_size.height * p.out_size.width};
}

}  // namespace

// y = x at the place of each window where it is largest;  x̄ there += ȳ. The place is what is kept:
// a byte per result, or four.
template <class Place, class Real>
static Tensor<Real> max_pool_with(const Pooling& p, const Tensor<Real>& x, Location where) {
  Tensor<Real> y = make_result<Real>(p);
  Storage buffer, places;
  if (active(x)) places = Storage(static_cast<std::size_t>(p.result_size()) * sizeof(Place));
  kernels::max_pool(p, channels_last(x, buffer), channels_last_data(y),
                    static_cast<Place*>(places.data()));
  return record(
      "max_pool2d", y, {x},
      [places, p](Backward<Real>& back) {
        const Real* const dy = back.adjoint(result_order(p));
        const auto to = back.into(0, order_of(p));
        kernels::max_pool_backward(p, static_cast<const Place*>(places.data()), dy, to.accumulate,
                                   to.data);
      },
      where);
}

template <class Real>
Tensor<Real> max_pool2d(const Tensor<Real>& x, Extent kernel, const PoolOptions& options,
                        Location where) {
  const Pooling p =
      pooling("max_pool2d", x.shape(), kernel, stride_of(options.stride, kernel), options.padding);
  const Index window = kernel.height * kernel.width;
  if (window > Index{1} << 24)
    throw ValueError(
        fmt::format("max_pool2d: a window of {} places; expected at most 2^24", window));
  if (window <= 256) return max_pool_with<std::uint8_t>(p, x, where);
  return max_pool_with<std::int32_t>(p, x, where);
}

// y = Σ x / k over each window, k its divisor;  x̄ += ȳ / k all over the window.
template <class Real>
Tensor<Real> avg_pool2d(const Tensor<Real>& x, Extent kernel, const AvgPoolOptions& options,
                        Location where) {
  Pooling p =
      pooling("avg_pool2d", x.shape(), kernel, stride_of(options.stride, kernel), options.padding);
  p.count_padding = options.count_include_pad;
  Tensor<Real> y = make_result<Real>(p);
  Storage buffer;
  kernels::average_pool(p, channels_last(x, buffer), channels_last_data(y));
  return record(
      "avg_pool2d", y, {x},
      [p](Backward<Real>& back) {
        const Real* const dy = back.adjoint(result_order(p));
        contribute(back.into(0, order_of(p)), p.in_size(),
                   [&](Real* dx) { kernels::average_pool_backward(p, dy, dx); });
      },
      where);
}

// Images of height 1.
template <class Options>
static Options along_width(const char* op, const Shape& x, Index kernel, const Options& options) {
  if (x.rank() != 3)
    throw ShapeError(fmt::format("{}: x has shape {}; expected [n, channels, length]", op, x));
  Options result = options;
  result.stride = Extent(1, stride_of(options.stride, kernel).width);
  result.padding = Extent(0, options.padding.width);
  return result;
}

template <class Real>
Tensor<Real> max_pool1d(const Tensor<Real>& x, Index kernel, const PoolOptions& options,
                        Location where) {
  const auto flat = along_width("max_pool1d", x.shape(), kernel, options);
  return squeeze(max_pool2d(unsqueeze(x, 2, where), {1, kernel}, flat, where), {2}, where);
}

template <class Real>
Tensor<Real> avg_pool1d(const Tensor<Real>& x, Index kernel, const AvgPoolOptions& options,
                        Location where) {
  const auto flat = along_width("avg_pool1d", x.shape(), kernel, options);
  return squeeze(avg_pool2d(unsqueeze(x, 2, where), {1, kernel}, flat, where), {2}, where);
}

#define THALWEG_INSTANTIATE(Real)                                                                 \
  template Tensor<Real> max_pool2d(const Tensor<Real>&, Extent, const PoolOptions&, Location);    \
  template Tensor<Real> avg_pool2d(const Tensor<Real>&, Extent, const AvgPoolOptions&, Location); \
  template Tensor<Real> max_pool1d(const Tensor<Real>&, Index, const PoolOptions&, Location);     \
  template Tensor<Real> avg_pool1d(const Tensor<Real>&, Index, const AvgPoolOptions&, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::detail
