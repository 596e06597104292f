#include "thalweg/nn/layers/batch_norm.hpp"

#include <fmt/format.h>

#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/model/init.hpp"

namespace thalweg::nn {
namespace {

void expect_valid(std::string_view layer, const BatchNormOptions& options) {
  if (!(options.epsilon > 0))
    throw ValueError(
        fmt::format("{}: epsilon is {}; expected more than 0", layer, options.epsilon));
  const double momentum = options.momentum.value_or(0);
  if (!(momentum >= 0 && momentum <= 1))
    throw ValueError(fmt::format("{}: momentum is {}; expected 0 to 1", layer, momentum));
}

Index expect_channels(std::string_view layer, Index channels) {
  if (channels >= 1) return channels;
  throw ValueError(fmt::format("{}: {} channels; expected at least one", layer, channels));
}

template <class Real>
Tensor<Real> filled(Index channels, double value) {
  return init::constant<Real>({channels}, value);
}

/// old ← (1 − μ) old + μ factor fresh; where fresh is not finite old stays.
template <class Real>
void blend(const Buffer<Real>& old, const Tensor<Real>& fresh, double momentum, double factor) {
  Tensor<Real> value = Tensor<Real>::uninitialised(old.shape());
  for (Index c = 0; c < value.size(); ++c) {
    const Real before = old.value().data()[c], now = fresh.data()[c];
    value.unshared_data()[c] =
        std::isfinite(now) ? static_cast<Real>((1 - momentum) * static_cast<double>(before) +
                                               momentum * factor * static_cast<double>(now))
                           : before;
  }
  old.set(std::move(value));
}

}  // namespace

template <class Real, int axes>
BatchNorm<Real, axes>::BatchNorm(Index channels, const BatchNormOptions& options)
    : weight(filled<Real>(expect_channels(type_name, channels), 1)),
      bias(filled<Real>(channels, 0)),
      running_mean(filled<Real>(channels, 0)),
      running_var(filled<Real>(channels, 1)),
      num_batches_tracked(IndexTensor(Shape{}, {Index{0}})),
      options_(options) {
  expect_valid(type_name, options);
}

template <class Real, int axes>
BatchNorm<Real, axes>::BatchNorm(Tensor<Real> w, Tensor<Real> b, Tensor<Real> mean,
                                 Tensor<Real> variance, const BatchNormOptions& options)
    : weight(std::move(w)),
      bias(std::move(b)),
      running_mean(std::move(mean)),
      running_var(std::move(variance)),
      num_batches_tracked(IndexTensor(Shape{}, {Index{0}})),
      options_(options) {
  expect_valid(type_name, options);
  const Shape& shape = weight.shape();
  if (shape.rank() == 1 && bias.shape() == shape && running_mean.shape() == shape &&
      running_var.shape() == shape)
    return;
  throw ShapeError(fmt::format(
      "{}: weight {}, bias {}, running_mean {} and running_var {}; expected [channels] of each",
      type_name, shape, bias.shape(), running_mean.shape(), running_var.shape()));
}

template <class Real, int axes>
void BatchNorm<Real, axes>::expect_fitting(const Shape& x) const {
  const bool ranks = axes == 1 ? x.rank() == 2 || x.rank() == 3 : x.rank() == 2 + axes;
  if (ranks && x[1] == channels()) return;
  const Index c = channels();
  const std::string expected = axes == 1 ? fmt::format("[n, {}] or [n, {}, length]", c, c)
                                         : fmt::format("[n, {}, height, width]", c);
  throw ShapeError(fmt::format("{}: x has shape {}; expected {}", type_name, x, expected));
}

template <class Real, int axes>
Tensor<Real> BatchNorm<Real, axes>::normalised(const Tensor<Real>& x, Mode mode,
                                               Location where) const {
  expect_fitting(x.shape());
  const Tensor<Real> w = options_.affine ? Tensor<Real>(weight) : Tensor<Real>();
  const Tensor<Real> b = options_.affine ? Tensor<Real>(bias) : Tensor<Real>();
  if (!mode.training())
    return batch_norm_with(x, running_mean.value(), running_var.value(), w, b, options_.epsilon,
                           where);
  if (x.size() / channels() < 2)
    throw ShapeError(fmt::format(
        "{}: the batch has shape {}: of {} per channel there is no variance; in training expected "
        "two at least. If it is an epoch's last one, leave it out with drop_last = true; with "
        "threads each of them has a part of the batch",
        type_name, x.shape(), x.size() / channels() == 1 ? "one number" : "no number"));
  NormalisedBatch<Real> batch = batch_norm(x, w, b, options_.epsilon, where);
  if (mode.updates_statistics()) follow(batch, x.size() / channels());
  return std::move(batch.y);
}

template <class Real, int axes>
void BatchNorm<Real, axes>::follow(const NormalisedBatch<Real>& batch, Index numbers) const {
  const Index seen = num_batches_tracked.value().item() + 1;
  num_batches_tracked.set(IndexTensor(Shape{}, {seen}));
  const double momentum = options_.momentum.value_or(1 / static_cast<double>(seen));
  const double n = static_cast<double>(numbers);
  blend(running_mean, batch.mean, momentum, 1);
  blend(running_var, batch.variance, momentum, n / (n - 1));
}

#define THALWEG_INSTANTIATE(Real)    \
  template class BatchNorm<Real, 1>; \
  template class BatchNorm<Real, 2>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn
