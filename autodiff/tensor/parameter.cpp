#include "thalweg/autodiff/tensor/parameter.hpp"

#include <atomic>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg {

namespace detail {
/// The parameter's node on the tape that records; where none does, `value`.
Body* parameter_leaf(std::uint64_t identity, Body* value);

/// One counter for all number types: a tape knows parameters by it.
std::uint64_t fresh_identity() {
  static std::atomic<std::uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}
}  // namespace detail

template <class Real>
Tensor<Real>::Tensor(const Parameter<Real>& parameter) requires std::is_floating_point_v<Real>
    : Tensor(parameter.value()) {
  if (!body_ || parameter.frozen()) return;
  *this = adopt(detail::parameter_leaf(parameter.identity(), body_));
}

template <class Real>
bool Parameter<Real>::shared() const {
  const detail::Body* const body = value_.body();
  return body && (body->buffer.shared() || body->handles.acquire() > 1);
}

template <class Real>
void Parameter<Real>::assign(Tensor<Real> value) {
  if (value_.body() && value.shape() != value_.shape())
    throw ShapeError(fmt::format("Parameter: the new value has shape {}, expected {}",
                                 value.shape(), value_.shape()));
  value_ = value.detach();
}

#define THALWEG_INSTANTIATE(Real)                        \
  template Tensor<Real>::Tensor(const Parameter<Real>&); \
  template class Parameter<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg
