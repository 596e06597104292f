#include "thalweg/autodiff/tensor/channels_last.hpp"

#include <mutex>

#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/kernels/layout.hpp"

namespace thalweg::detail {
namespace {

template <class Real>
void transpose_images(Index images, Index rows, Index columns, const Real* x, Real* y) {
  const Index size = rows * columns;
  kernels::parallel_for(images, kernels::grain_of(size), [&](Index begin, Index end, Index) {
    for (Index k = begin; k < end; ++k)
      kernels::transpose(rows, columns, x + k * size, false, y + k * size);
  });
}

template <class Real>
void make_row_major_of(Body* body) {
  Storage buffer(static_cast<std::size_t>(body->shape.size()) * sizeof(Real));
  to_row_major(channels_last_of(body->shape), static_cast<const Real*>(body->channels_last.data()),
               static_cast<Real*>(buffer.data()));
  body->buffer = std::move(buffer);
  body->data.store(body->buffer.data(), std::memory_order_release);
}

// Asked for by several threads at a time, elements are put in order by the first.
std::mutex& ordering() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace

void* make_row_major(Body* body, const NumberType& type) {
  const std::lock_guard lock(ordering());
  if (!body->channels_last || body->data.load(std::memory_order_relaxed))
    return body->data.load(std::memory_order_relaxed);
  visit(type, [&]<class Real>(std::type_identity<Real>) { make_row_major_of<Real>(body); });
  return body->data.load(std::memory_order_relaxed);
}

template <class Real>
void to_channels_last(ChannelsLast layout, const Real* x, Real* y) {
  transpose_images(layout.images, layout.channels, layout.pixels, x, y);
}
template <class Real>
void to_row_major(ChannelsLast layout, const Real* x, Real* y) {
  transpose_images(layout.images, layout.pixels, layout.channels, x, y);
}

template <class Real>
const Real* channels_last(const Tensor<Real>& x, Storage& buffer) {
  if (is_channels_last(x)) return static_cast<const Real*>(x.body()->channels_last.data());
  const ChannelsLast layout = channels_last_of(x.shape());
  if (layout.channels == 1 || layout.pixels == 1) return x.data();  // the orders are the same
  buffer = Storage(static_cast<std::size_t>(x.size()) * sizeof(Real));
  to_channels_last(layout, x.data(), static_cast<Real*>(buffer.data()));
  return static_cast<const Real*>(buffer.data());
}

#define THALWEG_INSTANTIATE(Real)                                   \
  template void to_channels_last(ChannelsLast, const Real*, Real*); \
  template void to_row_major(ChannelsLast, const Real*, Real*);     \
  template const Real* channels_last(const Tensor<Real>&, Storage&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::detail
