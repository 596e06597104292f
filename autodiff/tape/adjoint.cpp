#include "thalweg/autodiff/tape/adjoint.hpp"

#include <cstring>

namespace thalweg::detail {

void unshare(Adjoint& adjoint) {
  if (!adjoint.buffer.shared()) return;
  Storage copy(adjoint.bytes());
  std::memcpy(copy.data(), adjoint.buffer.data(), adjoint.bytes());
  adjoint.buffer = std::move(copy);
}

void add(Adjoint& to, const Adjoint& from) {
  to.type->add(to.buffer.data(), from.buffer.data(), from.size);
}

void scale(Adjoint& adjoint, double factor) {
  if (!adjoint.buffer) return;
  unshare(adjoint);
  adjoint.type->scale(adjoint.buffer.data(), factor, adjoint.size);
}

// Between two orders of channels the way is by rows: they are those of two shapes.
void reorder(Adjoint& adjoint, const ChannelsLast& order) {
  if (adjoint.order.channels != 0 && order.channels != 0) reorder(adjoint, {});
  if (adjoint.order == order) return;
  visit(*adjoint.type, [&]<class Real>(std::type_identity<Real>) {
    Storage buffer(adjoint.bytes());
    const Real* const from = static_cast<const Real*>(adjoint.buffer.data());
    Real* const to = static_cast<Real*>(buffer.data());
    if (order.channels != 0)
      to_channels_last(order, from, to);
    else
      to_row_major(adjoint.order, from, to);
    adjoint.buffer = std::move(buffer);
  });
  adjoint.order = order;
}

}  // namespace thalweg::detail
