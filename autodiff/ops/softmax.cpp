#include "thalweg/autodiff/ops/softmax.hpp"

#include "thalweg/autodiff/kernels/softmax.hpp"

namespace thalweg::detail {

// ∂y_i/∂x_j = y_i ([i = j] − y_j), so  x̄_j = y_j (ȳ_j − Σ y_i ȳ_i): y is all that is kept.
template <class Real>
Tensor<Real> softmax(const Tensor<Real>& x, int axis, Location where) {
  const auto view = kernels::view_axis(x.shape(), normalise_axis("softmax", axis, x.shape()));
  Tensor<Real> y = Tensor<Real>::uninitialised(x.shape());
  if (y.size() > 0) kernels::softmax(view, x.data(), y.unshared_data());
  return record(
      "softmax", y, {x},
      [y = saved_if(active(x), y), view](Backward<Real>& back) {
        const auto to = back.into(0);
        if (view.size() == 0) return;
        kernels::softmax_backward(view, y.data(), back.adjoint(), to.accumulate, to.data);
      },
      where);
}

// ∂y_i/∂x_j = [i = j] − exp y_j, so  x̄_j = ȳ_j − exp(y_j) Σ ȳ_i.
template <class Real>
Tensor<Real> log_softmax(const Tensor<Real>& x, int axis, Location where) {
  const auto view = kernels::view_axis(x.shape(), normalise_axis("log_softmax", axis, x.shape()));
  Tensor<Real> y = Tensor<Real>::uninitialised(x.shape());
  if (y.size() > 0) kernels::log_softmax(view, x.data(), y.unshared_data());
  return record(
      "log_softmax", y, {x},
      [y = saved_if(active(x), y), view](Backward<Real>& back) {
        const auto to = back.into(0);
        if (view.size() == 0) return;
        kernels::log_softmax_backward(view, y.data(), back.adjoint(), to.accumulate, to.data);
      },
      where);
}

#define THALWEG_INSTANTIATE(Real)                                    \
  template Tensor<Real> softmax(const Tensor<Real>&, int, Location); \
  template Tensor<Real> log_softmax(const Tensor<Real>&, int, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::detail
