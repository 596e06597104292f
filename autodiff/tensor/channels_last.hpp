#pragma once
/// Images whose channels lie side by side: a second order of a tensor's elements.
///
///     logical shape      [n, c, …]     what everybody sees; `data()` is row-major
///     channels last      [n, …, c]     what convolutions compute in
///
/// A tensor made by an op that works channels-last holds its elements in that order only, until
/// somebody asks for `data()`: then they are put into row-major order, once. Ops that know the
/// order ask for it and spare themselves the way there and back: convolution, pooling, batch norm,
/// and elementwise statements of such tensors. Adjoints have it likewise.

#include "thalweg/autodiff/tensor/tensor.hpp"

namespace thalweg::detail {

/// The order of elements that lie channels-last; no channels: they lie row-major.
struct ChannelsLast {
  Index images = 0;
  Index channels = 0;
  Index pixels = 0;
  friend bool operator==(const ChannelsLast&, const ChannelsLast&) = default;
};

/// How the elements of images [n, c, …] lie.
inline ChannelsLast channels_last_of(const Shape& shape) {
  return {shape[0], shape[1], shape[0] * shape[1] == 0 ? 0 : shape.size() / (shape[0] * shape[1])};
}

/// Does x hold its elements channels-last (perhaps beside the row-major ones)?
template <class Real>
bool is_channels_last(const Tensor<Real>& x) {
  return x.body() && x.body()->channels_last;
}

/// Elements not yet set, channels-last only. The shape has at least two axes.
template <class Real>
Tensor<Real> make_channels_last(const Shape& shape) {
  Body* const body = make_body(shape, Storage(), nullptr);
  body->channels_last = Storage(static_cast<std::size_t>(shape.size()) * sizeof(Real));
  return Tensor<Real>::adopt(body);
}
/// Where they are set.
template <class Real>
Real* channels_last_data(Tensor<Real>& x) {
  return static_cast<Real*>(x.body()->channels_last.data());
}

/// x's elements channels-last, in x if it holds them so, else in `buffer`.
template <class Real>
const Real* channels_last(const Tensor<Real>& x, Storage& buffer);

/// y [n, …, c] = x [n, c, …], and back.
template <class Real>
void to_channels_last(ChannelsLast layout, const Real* x, Real* y);
template <class Real>
void to_row_major(ChannelsLast layout, const Real* x, Real* y);

#define THALWEG_DECLARE(Real) \
  extern template const Real* channels_last(const Tensor<Real>&, Storage&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace thalweg::detail
